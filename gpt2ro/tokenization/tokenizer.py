"""The step tokenizer: a byte-level BPE like GPT-2's, learned from the train split.

Pre-tokenizer and byte alphabet are GPT-2's own, so that transformers, rust-bert and every other
reader of vocab.json and merges.txt gives the same ids. The alphabet is all 256 bytes: no text is
unknown. `<|endoftext|>` has the last id, as in GPT-2.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors

from gpt2ro.errors import UserError
from gpt2ro.files import write_json, write_text
from gpt2ro.tokenization.measures import cut_letters, measures
from gpt2ro.tokenization.sampling import SourceSample, even_shares, source_bytes
from gpt2ro.tokenization.settings import TokenizerSettings
from gpt2ro.tokenization.tokenizer_file import END_OF_TEXT
from gpt2ro.tokenization.train_texts import TrainTexts
from gpt2ro.tokenization.trainers import Merge, Texts, byte_vocabulary, learned_merges

# bos, eos and unk as in GPT-2. Padding is set too, and on the left, because batched generation asks
# for both; whoever trains with padding must mask it by the attention mask, not by the id.
CONFIG = {
    "tokenizer_class": "GPT2Tokenizer",
    "add_prefix_space": False,
    "bos_token": END_OF_TEXT,
    "eos_token": END_OF_TEXT,
    "unk_token": END_OF_TEXT,
    "pad_token": END_OF_TEXT,
    "padding_side": "left",
    "clean_up_tokenization_spaces": False,
}


def write_tokenizer(
    paths: Sequence[Path],
    stats: Sequence[Path],
    folder: Path,
    settings: TokenizerSettings,
    threads: int = 1,
) -> None:
    """Train on the train documents of all parts and write the tokenizer's files.

    Args:
        paths: the deduplicated shards.
        stats: their stats, from which it is known how large each source is.
        folder: where the tokenizer goes.
        threads: parts that are read side by side.

    Writes vocab.json, merges.txt, tokenizer_config.json, stats.json, and tokenizer.json last. Equal
    documents give equal bytes, whatever the number of threads.

    Raises:
        UserError: there is no train document, or the text cannot fill the vocabulary.
    """
    sizes = source_bytes(stats)
    shares = even_shares(sizes, settings.max_megabytes * 1_000_000)
    size = int(sum(shares[source] * sizes[source] for source in sizes))
    texts = TrainTexts(paths, SourceSample(shares, settings.seed), size, threads)
    tokenizer, trainer = trained(texts, settings)
    if not texts.documents:
        raise UserError(
            f"tokenizer: no train document in {len(paths)} parts; tokenizer.max_megabytes is "
            f"{settings.max_megabytes:,}; raise it or add text."
        )
    vocabulary = tokenizer.get_vocab_size()
    if vocabulary < settings.vocabulary:
        raise UserError(
            f"tokenizer.vocabulary is {settings.vocabulary:,}, but {texts.bytes:,} bytes of train "
            f"text give only {vocabulary:,} tokens with min_frequency {settings.min_frequency}; "
            f"set {vocabulary} or less, or add text."
        )
    _write_files(tokenizer, folder)
    facts = {
        "vocabulary": vocabulary,
        "documents": texts.documents,
        "bytes": texts.bytes,
        "trainer": trainer,
    }
    measured = measures(tokenizer, texts.sample)
    _warn_of_cut_letters(measured["letter_tokens"], vocabulary)
    write_json(folder / "stats.json", facts | measured)
    write_text(folder / "tokenizer.json", tokenizer.to_str(pretty=True) + "\n")


def _warn_of_cut_letters(letter_tokens: Mapping[str, int], vocabulary: int) -> None:
    if cut := cut_letters(letter_tokens):
        print(
            f"tokenizer: {' '.join(cut)} alone take two tokens each, one expected; raise "
            f"tokenizer.vocabulary ({vocabulary:,}), which has no room for them.",
            file=sys.stderr,
        )


def trained(texts: Texts, settings: TokenizerSettings) -> tuple[Tokenizer, str]:
    """Return a tokenizer trained on the texts, and the name of the trainer that learned its merges.

    It is smaller than asked when they are too few.
    """
    merges, trainer = learned_merges(texts, settings)
    vocabulary = byte_vocabulary()
    for left, right in merges:
        vocabulary.setdefault(left + right, len(vocabulary))
    vocabulary[END_OF_TEXT] = len(vocabulary)
    return byte_level_tokenizer(vocabulary, merges), trainer


def byte_level_tokenizer(vocabulary: dict[str, int], merges: list[Merge]) -> Tokenizer:
    """Return GPT-2's tokenizer with another vocabulary, `<|endoftext|>` being part of it."""
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=True)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    tokenizer.add_special_tokens([END_OF_TEXT])
    assert tokenizer.token_to_id(END_OF_TEXT) == tokenizer.get_vocab_size() - 1
    return tokenizer


def _write_files(tokenizer: Tokenizer, folder: Path) -> None:
    """Write GPT-2's own files, which rust-bert and older tools read."""
    model = json.loads(tokenizer.to_str())["model"]
    in_order = dict(sorted(model["vocab"].items(), key=lambda item: item[1]))
    write_text(folder / "vocab.json", json.dumps(in_order, ensure_ascii=False))
    merges = "".join(f"{left} {right}\n" for left, right in model["merges"])
    write_text(folder / "merges.txt", "#version: 0.2\n" + merges)
    write_json(folder / "tokenizer_config.json", CONFIG)
