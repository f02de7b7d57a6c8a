"""A small made-up results folder: two sources, three parts, counts that add up."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from gpt2ro.documents import Document, document_id, read_documents, write_documents
from gpt2ro.files import write_json

HOSTILE = "<script>alert('ș')</script> & \"ghilimele\""
PARTS = [("tales", "a"), ("tales", "b"), ("wiki", "articles")]


def lost(documents: int, size: int) -> dict[str, int]:
    return {"documents": documents, "bytes": size}


def stats(found: tuple[int, int], dropped: dict[str, Any], changed: int = 0) -> dict[str, Any]:
    """Return the stats of a step that found (documents, bytes)."""
    gone = [sum(count[key] for count in dropped.values()) for key in ("documents", "bytes")]
    return {
        "documents_in": found[0],
        "bytes_in": found[1],
        "bytes_changed": changed,
        "documents_out": found[0] - gone[0],
        "bytes_out": found[1] + changed - gone[1],
        "dropped": dropped,
    }


def write_part(results: Path, source: str, part: str) -> None:
    """Write a part of 1,010 documents found, of which 990 are kept."""
    texts = ["Scurt."] * 7 + [HOSTILE + " x" * 400]
    reasons = ["too short"] * 7 + ["not Romanian"]
    dropped = [
        Document(document_id(source, part, n), text, source, reason=reason)
        for n, (text, reason) in enumerate(zip(texts, reasons, strict=True))
    ]
    long = len(texts[-1].encode())
    examples = [
        {"key": f"{n:016x}", "line": f"{HOSTILE} {n}", "site": "a.ro", "documents": 15, "of": 40}
        for n in ({"tales": range(20), "wiki": range(10, 30)}[source])
    ]
    by_reason = {"too short": lost(7, 42), "not Romanian": lost(1, long)}
    cleaned = stats((1000, 700_000), by_reason, changed=-58)
    size = cleaned["bytes_out"]
    steps = {
        "extracted": stats((1010, 700_000), {"redirect": lost(10, 0)})
        | {"files_without_text": {"files": 0, "names": []}},
        "cleaned": cleaned
        | {"repairs": {"mojibake": 3, "blanks": 12}, "lengths": {"128": 2, "512": 990}}
        | ({"masked": {"IBAN": 2, "e-mail address": 5}} if source == "wiki" else {}),
        "deduped": stats(
            (992, size), {"duplicate": lost(1, 700), "near-duplicate": lost(1, 800)}, changed=-140
        )
        | {
            "splits": {"train": 980, "valid": 6, "test": 4},
            "decontaminated": {"documents": 2, "sentences": 3},
            "repeated_lines": {"documents": 4, "lines": 5, "bytes": 50, "examples": examples},
        },
    }
    for step, value in steps.items():
        write_json(results / step / source / f"{part}.stats.json", value)
    write_documents(results / "cleaned" / source / f"{part}.dropped.jsonl.zst", dropped)
    copies = [
        Document(
            document_id(source, part, 20), "Copie.", source, {"duplicate_of": "x"}, "duplicate"
        ),
        Document(
            document_id(source, part, 21),
            HOSTILE,
            source,
            {"duplicate_of": "tales/a/7<b>", "similarity": 0.8125},
            "near-duplicate",
        ),
    ]
    write_documents(results / "deduped" / source / f"{part}.dropped.jsonl.zst", copies)
    for split, tokens in (("train", 3000), ("valid", 200), ("test", 100)):
        facts = {"documents": 9, "tokens": tokens, "bytes": 2 * tokens, "words": tokens // 2}
        facts["encoder"] = "gigatoken"
        write_json(results / "tokens" / split / source / f"{part}.json", facts)


def write_model(results: Path) -> None:
    """Write the files of tokenizer, training, samples and parity."""
    write_tokenizer(results)
    write_metrics(results)
    write_samples(results)
    write_parity(results)


def write_tokenizer(results: Path) -> None:
    letters = {"ș": 1.0, "î": 0.98, "â": None}
    write_json(
        results / "tokenizer" / "stats.json",
        {
            "vocabulary": 2048,
            "documents": 2900,
            "bytes": 2_000_000,
            "trainer": "gpt2ro",
            "sample_bytes": 2_000_000,
            "bytes_per_token": 3.3,
            "tokens_per_word": 1.75,
            "whole_letters": letters,
            "letter_tokens": {"ș": 1, "Ș": 1, "Â": 1},
        },
    )


def write_metrics(results: Path) -> None:
    curve = [
        {"step": 0, "train_loss": None, "valid_bits_per_byte": 3.5},
        {"step": 100, "train_loss": 4.25, "valid_bits_per_byte": 2.1},
        {
            "step": 200,
            "train_loss": 3.75,
            "valid_bits_per_byte": 1.9,
            "known_words": 0.94,
            "probe_accuracy": 0.61,
            "probe_accuracy/verbs": 0.64,
        },
    ]
    alarms = [{"step": 200, "reason": "repeated 4-grams 71% (alarm over 20%)"}]
    source = {
        "bits_per_byte": 1.2345, "token_perplexity": 15.5, "word_perplexity": 321.0,
        "tokens": 400, "bytes": 800,
    }  # fmt: skip
    splits = {
        "valid": source | {"sources": {"tales": source, "wiki": source | {"bits_per_byte": 2.5}}},
        "test": source | {"sources": {"tales": source}},
    }
    phenomena = {
        "subject_verb": {"pairs": 30, "accuracy": 0.5},
        "articles": {"pairs": 60, "accuracy": 0.6667},
    }
    probes = {"pairs": 90, "accuracy": 0.6111, "phenomena": phenomena}
    counts = {"documents": 18, "tokens": 6000, "bytes": 12_000}
    metrics = {
        "parameters": 3_284_224,
        "steps": 200,
        "tokens_read": 204_800,
        "best_step": 150,
        "skipped_steps": 2,
        "rollbacks": 1,
        "curve": curve,
        "alarms": alarms,
        "data": {"tales": counts, "wiki": counts | {"documents": 9}},
        "probes": probes,
        "samples": [f"Bunica a zis: {HOSTILE}", "Într-o zi,\n\na nins."],
        **splits,
    }
    write_json(results / "metrics.json", metrics)


def write_samples(results: Path) -> None:
    greedy = {"strategy": "greedy", "parameters": {}, "text": f" a zis: {HOSTILE}"}
    top = {
        "strategy": "top-k",
        "parameters": {"name": "sample", "top_k": 50, "top_p": None, "early_stopping": False},
        "text": " a plecat.",
    }
    sample = {"prompt": "Bunica <b>", "continuations": [greedy, top]}
    write_json(results / "samples.json", {"seed": 1, "samples": [sample]})


def write_parity(results: Path) -> None:
    prompt = {"prompt": "Unde ești?", "max_logit_difference": 0.00002, "tie_at": None}
    rounded = {"precision": "int8", "bits_per_byte": 1.2351, "difference": 0.0004, "allowed": 0.005}
    parity = {
        "max_logit_difference": 0.00002, "tolerance": 0.001, "prompts": [prompt],
        "split": "test", "precisions": [rounded],
    }  # fmt: skip
    write_json(results / "parity.json", parity)


@pytest.fixture
def results(tmp_path: Path) -> Path:
    folder = tmp_path / "results"
    for source, part in PARTS:
        write_part(folder, source, part)
    write_model(folder)
    return folder


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """What a model folder says of its architecture and its experiment."""
    folder = tmp_path / "results" / "model"
    architecture = {
        "n_layer": 4, "n_embd": 192, "n_head": 6, "n_positions": 256, "vocab_size": 2048,
    }  # fmt: skip
    write_json(folder / "config.json", architecture)
    (folder / "experiment.yaml").write_text(
        "BATCH: {CONTEXT: 128, TOKENS: 1024}\n"
        "OPTIMIZER: {LEARNING_RATE: 0.005, NAME: muon}\nPRECISION: float32\n"
    )
    return folder


@pytest.fixture
def bundled(results: Path) -> Path:
    """The same, where the documents of a part that cleaning dropped are from a bundle's file."""
    path = results / "cleaned" / "wiki" / "articles.dropped.jsonl.zst"
    documents = [
        dataclasses.replace(document, meta={"file": "caiete/<b>.txt"})
        for document in read_documents(path)
    ]
    write_documents(path, documents)
    return results
