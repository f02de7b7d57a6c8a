"""Does a Romanian vocabulary on English weights help, and how are its embeddings best made?

    python bench/transfer.py --english ENGLISH_FOLDER --romanian ROMANIAN_FOLDER \\
        --output transfer

A small GPT-2 learns English, then Romanian with a new vocabulary, by equal steps and data:

- `FVT`: rows copied, or averaged from the old tokens of a new one (gpt2ro/training/transfer.py);
- `mean and deviation`: every row drawn like the old ones;
- `random rows`: drawn as for random weights, at 0.02;
- `random model`: nothing of the English weights.

English: HTML or text files of a folder (the documentation that comes with Rust's toolchain, say).
Romanian: .txt.xz files, a blank line between documents. Beside the table, CPU seconds of the steps.
"""

import argparse
import copy
import lzma
import re
from html import unescape
from pathlib import Path
from typing import Any

import torch
from experiment import Corpus, corpus, experiment, run, write

from gpt2ro.training.transfer import transfer_embeddings
from gpt2ro.training.weights import initial_model

PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")
LEAST = 200  # characters of a document; shorter ones are captions and lists


def english_texts(folder: Path, size: int) -> list[str]:
    """Return the paragraphs of HTML files, a document a file, up to a size in characters."""
    texts: dict[str, None] = {}
    total = 0
    for path in sorted(folder.rglob("*.html")):
        found = PARAGRAPH.findall(path.read_text(encoding="utf-8", errors="ignore"))
        text = "\n".join(" ".join(unescape(TAG.sub("", one)).split()) for one in found)
        if len(text) < LEAST or path.name == "print.html" or text in texts:
            continue
        texts[text] = None
        total += len(text)
        if total > size:
            break
    return list(texts)


def romanian_texts(folder: Path, size: int) -> list[str]:
    """Return documents of all files, of each up to its share of a size in characters."""
    paths = sorted(folder.glob("*.txt.xz"))
    texts = []
    for path in paths:
        with lzma.open(path, "rt", encoding="utf-8") as file:
            documents = file.read(size // len(paths)).split("\n\n")
        for text in documents:
            if len(text) >= LEAST:
                # Novels are one document each; a validation split of whole ones would be few.
                texts += [text[start : start + 4000] for start in range(0, len(text), 4000)]
    return texts


def transferred(english: Any, old: Corpus, new: Corpus, how: str, seed: int) -> Any:
    """Return the English model with rows for the new vocabulary."""
    model = copy.deepcopy(english)
    rows = model.transformer.wte.weight.detach().clone()
    shape = (new.tokenizer.get_vocab_size(), rows.shape[1])
    noise = torch.randn(shape, generator=torch.Generator().manual_seed(seed))
    if how == "FVT":
        made, report = transfer_embeddings(rows, old.tokenizer, new.tokenizer, seed)
        print(report.line())
    elif how == "mean and deviation":
        made = rows.mean(dim=0) + rows.std(dim=0) * noise
    else:
        made = 0.02 * noise
    model.resize_token_embeddings(len(made), mean_resizing=False)
    with torch.no_grad():
        model.transformer.wte.weight.copy_(made)
    model.tie_weights()
    return model


def read_arguments(description: str | None, english_tokens: int) -> argparse.Namespace:
    """Return the arguments of a comparison that begins with a model of English."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--english", type=Path, required=True)
    parser.add_argument("--romanian", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True, help="writes .md and .svg")
    parser.add_argument("--english-tokens", type=int, default=english_tokens)
    parser.add_argument("--tokens", type=int, default=600_000, help="of Romanian, read by each")
    parser.add_argument("--vocabulary", type=int, default=4096)
    parser.add_argument("--characters", type=int, default=5_000_000, help="of text, of a language")
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def main() -> None:
    arguments = read_arguments(__doc__, english_tokens=1_500_000)
    torch.set_num_threads(arguments.threads)
    old = corpus(english_texts(arguments.english, arguments.characters), arguments.vocabulary)
    new = corpus(romanian_texts(arguments.romanian, arguments.characters), arguments.vocabulary)
    print(f"English {len(old.train[0].tokens):,}, Romanian {len(new.train[0].tokens):,} tokens")

    recipe = {"name": "adamw", "learning_rate": 2e-3}
    config = experiment(arguments.english_tokens, **recipe)
    english = initial_model(config, old.tokenizer, None)
    run("English", english, old, config)
    config = experiment(arguments.tokens, **recipe)
    runs = []
    for how in ("FVT", "mean and deviation", "random rows"):
        model = transferred(english, old, new, how, config.SEED)
        runs.append(run(how, model, new, config))
        write(arguments.output, "Romanian, bits per byte", runs)
    model = initial_model(config, new.tokenizer, None)
    runs.append(run("random model", model, new, config))
    write(arguments.output, "Romanian, bits per byte", runs)


if __name__ == "__main__":
    main()
