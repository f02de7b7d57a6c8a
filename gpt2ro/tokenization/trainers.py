"""Two trainers of merges that must learn the same: the fast one, and the one it is held against.

`tokenizers` defines what the merges are. gigabpe learns the same ones in a fraction of the time
(bench/tokenizer.py), so it trains, and both train on a sample first.
"""

import json
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

import gigabpe
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from gpt2ro.tokenization.settings import TokenizerSettings

Merge = tuple[str, str]

# On so much both trainers take a second together, and merge some 5,000 pairs.
SAMPLE_BYTES = 300_000
SAMPLE_PIECES = 150

# gigabpe takes a line of a file for a text. A text of several lines is written as one, with the
# next byte in place of the line end: it is a blank too, and follows in the order of the byte
# alphabet, which decides between pairs of equal frequency. No cleaned text contains it.
LINE_END, STAND_IN = "\n", "\v"
# The two as GPT-2's byte alphabet writes them.
LINE_END_LETTER, STAND_IN_LETTER = "Ċ", "ċ"


class DifferentMergesError(Exception):
    """The fast trainer learns, or would learn, other merges than the library that defines them."""


def learned_merges(
    texts: Iterable[str], settings: TokenizerSettings, folder: Path
) -> tuple[list[Merge], str]:
    """Return the merges in order, and the name of the trainer that learned them.

    They are as many as the vocabulary has room for, or as the texts give.

    Args:
        texts: iterated over once more if gigabpe turns out not to give the merges of tokenizers.
        folder: where a temporary file as large as the texts may lie.
    """
    if settings.trainer == "gigabpe":
        try:
            return gigabpe_merges(texts, settings, folder), "gigabpe"
        except DifferentMergesError as error:
            print(f"tokenizer: {error}; learning by tokenizers.", file=sys.stderr)
    return tokenizers_merges(texts, settings), "tokenizers"


def tokenizers_merges(texts: Iterable[str], settings: TokenizerSettings) -> list[Merge]:
    """Return the merges that the Hugging Face library learns, right by definition."""
    learner = Tokenizer(models.BPE())
    learner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=_learned_tokens(settings),
        min_frequency=settings.min_frequency,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=[],
        show_progress=sys.stderr.isatty(),
    )
    learner.train_from_iterator(texts, trainer)
    return [(left, right) for left, right in json.loads(learner.to_str())["model"]["merges"]]


def gigabpe_merges(texts: Iterable[str], settings: TokenizerSettings, folder: Path) -> list[Merge]:
    """Return the merges that gigabpe learns; it reads the texts from a file without a name.

    Raises:
        DifferentMergesError: they differ from those of tokenizers on a sample, or would, because
            a text is not as the step clean leaves it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file, tempfile.TemporaryFile(dir=folder) as sample:
        file.writelines(map(text_line, texts))
        file.flush()
        sampled = sample_texts(file)
        sample.writelines(map(text_line, sampled))
        sample.flush()
        # The corpus is learned meanwhile, as for most of the time that keeps one core busy only.
        with ThreadPoolExecutor(1) as executor:
            expected = executor.submit(tokenizers_merges, sampled, settings)
            found = _merges_of_lines(sample, settings)
            merges = _merges_of_lines(file, settings)
            if found != expected.result():
                raise DifferentMergesError(
                    "gigabpe and tokenizers learn other merges from a sample"
                )
        return merges


def text_line(text: str) -> bytes:
    """Return a text as one line of a file for gigabpe.

    Raises:
        DifferentMergesError: it has what stands for its line ends, or ends with a blank, which
            would become one piece with the end of the line.
    """
    if STAND_IN in text or text[-1:].isspace():
        raise DifferentMergesError("a text has a vertical tab, or a blank at its end")
    return (text.replace(LINE_END, STAND_IN) + LINE_END).encode()


def sample_texts(file: BinaryIO) -> list[str]:
    """Return beginnings of the texts all over a file of lines, SAMPLE_BYTES together at most."""
    size = file.seek(0, 2)
    texts = []
    for piece in range(SAMPLE_PIECES):
        file.seek(piece * size // SAMPLE_PIECES)
        if piece:
            file.readline()
        line = file.readline(SAMPLE_BYTES // SAMPLE_PIECES).decode(errors="ignore")
        texts.append(line.rstrip().replace(STAND_IN, LINE_END))
    return texts


def _merges_of_lines(file: BinaryIO, settings: TokenizerSettings) -> list[Merge]:
    """Return the merges that gigabpe learns from a file of lines."""
    _, merges = gigabpe.train_bpe(
        [f"/dev/fd/{file.fileno()}"],
        # Only bytes that occur take room there, so it may learn more merges than are wanted.
        _learned_tokens(settings),
        special_tokens=[],
        min_frequency=settings.min_frequency,
        pretokenizer="bytelevel",
    )
    fitting = []
    vocabulary = byte_vocabulary()
    for left, right in merges:
        if len(vocabulary) == _learned_tokens(settings):
            break
        merge = _with_line_ends(left), _with_line_ends(right)
        fitting.append(merge)
        vocabulary.setdefault("".join(merge), len(vocabulary))
    return fitting


def _with_line_ends(token: str) -> str:
    return token.replace(STAND_IN_LETTER, LINE_END_LETTER)


def _learned_tokens(settings: TokenizerSettings) -> int:
    return settings.vocabulary - 1  # the last id is kept for <|endoftext|>


def byte_vocabulary() -> dict[str, int]:
    """Return the ids of the 256 bytes, in the order of their letters, as tokenizers gives them."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    return {letter: number for number, letter in enumerate(letters)}
