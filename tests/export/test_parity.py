"""The parity check, against a stand-in for the binary whose answers each test chooses."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from torch import Tensor
from transformers import GPT2Config, GPT2LMHeadModel

from gpt2ro.errors import UserError
from gpt2ro.export.parity import check_parity, read_prompts

PROMPTS = ("Bunica", "Este ora")
NEW = 6
BINARY = """#!{python}
import shutil, sys
backend = sys.argv[sys.argv.index("--backend") + 1]
answers = {folder!r} + "/" + ("engine" if backend == "engine" else "answers") + ".safetensors"
shutil.copy(answers, sys.argv[sys.argv.index("--output") + 1])
"""


@dataclass
class Case:
    """A model, prompts, and what the stand-in will answer; as engine perhaps something else."""

    folder: Path
    answers: dict[str, Tensor]
    engine_answers: dict[str, Tensor] | None = None

    def check(self, tolerance: float = 1e-3) -> dict:
        save_file(self.answers, self.folder / "answers.safetensors")
        save_file(self.engine_answers or self.answers, self.folder / "engine.safetensors")
        binary = self.folder / "binary"
        binary.write_text(BINARY.format(python=sys.executable, folder=str(self.folder)))
        binary.chmod(0o755)
        output = self.folder / "parity.json"
        prompts = self.folder / "prompts.txt"
        check_parity(
            self.folder, self.folder / "deploy", binary, prompts, output,
            backends=["rust-bert", "engine"], tolerance=tolerance, greedy_tokens=NEW,
        )  # fmt: skip
        return json.loads(output.read_text())


def byte_tokenizer() -> Tokenizer:
    symbols = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({symbol: n for n, symbol in enumerate(symbols)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(["<|endoftext|>"])
    return tokenizer


@pytest.fixture
def case(tmp_path: Path) -> Case:
    torch.manual_seed(0)
    size = GPT2Config(
        vocab_size=257, n_positions=32, n_embd=16, n_layer=1, n_head=2,
        bos_token_id=256, eos_token_id=256,
    )  # fmt: skip
    model = GPT2LMHeadModel(size).eval()
    model.save_pretrained(tmp_path)
    tokenizer = byte_tokenizer()
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    (tmp_path / "prompts.txt").write_text("\n\n".join(PROMPTS) + "\n")
    answers = {}
    for index, prompt in enumerate(PROMPTS):
        ids = torch.tensor([tokenizer.encode(prompt).ids])
        with torch.no_grad():
            answers[f"prompt.{index}.logits"] = model(ids).logits[0].clone()
            greedy = model.generate(ids, max_new_tokens=NEW, do_sample=False, pad_token_id=256)
        answers[f"prompt.{index}.ids"] = ids[0].clone()
        answers[f"greedy.{index}.ids"] = greedy[0, ids.shape[1] :].clone()
    return Case(tmp_path, answers)


def test_equal_answers_pass_and_are_recorded(case: Case) -> None:
    report = case.check()
    assert report["greedy_equal"] is True
    assert report["max_logit_difference"] < 1e-5
    assert [(row["backend"], row["prompt"]) for row in report["prompts"]] == [
        (backend, prompt) for backend in ("rust-bert", "engine") for prompt in PROMPTS
    ]
    assert [row["greedy_tokens"] for row in report["prompts"]] == [NEW] * 4


def test_logits_over_the_tolerance_fail_and_nothing_is_written(case: Case) -> None:
    case.answers["prompt.1.logits"][0, 5] += 0.01
    with pytest.raises(UserError, match=r'"Este ora": logits differ by 1\.00e-02, allowed is'):
        case.check()
    assert not (case.folder / "parity.json").exists()


def test_every_backend_is_compared(case: Case) -> None:
    case.engine_answers = {name: tensor.clone() for name, tensor in case.answers.items()}
    case.engine_answers["prompt.0.logits"][0, 0] += 0.01
    with pytest.raises(UserError, match='engine, prompt "Bunica": logits differ'):
        case.check()


def test_logits_that_are_not_numbers_fail(case: Case) -> None:
    case.answers["prompt.0.logits"][0, 0] = float("nan")
    with pytest.raises(UserError, match="logits differ by nan"):
        case.check()


def test_other_ids_of_a_prompt_fail(case: Case) -> None:
    case.answers["prompt.0.ids"][0] += 1
    with pytest.raises(UserError, match=r'"Bunica": is .* in Python and .* in the binary'):
        case.check()


def test_another_greedy_token_fails(case: Case) -> None:
    case.answers["greedy.0.ids"][2] = (case.answers["greedy.0.ids"][2] + 1) % 256
    with pytest.raises(UserError, match=r"greedy token 3 is .* in the binary"):
        case.check(tolerance=1e-6)


def test_a_continuation_that_ends_too_early_fails(case: Case) -> None:
    case.answers["greedy.0.ids"] = case.answers["greedy.0.ids"][:3].clone()
    with pytest.raises(UserError, match="greedy token 4 is 256 in the binary"):
        case.check(tolerance=1e-6)


def test_another_token_within_the_tolerance_is_recorded_as_a_tie(case: Case) -> None:
    case.answers["greedy.0.ids"][2] = (case.answers["greedy.0.ids"][2] + 1) % 256
    # So wide that any two logits of this model are a tie.
    report = case.check(tolerance=100.0)
    assert report["greedy_equal"] is False
    assert report["prompts"][0]["tie_at"] == 2
    assert report["prompts"][0]["greedy_tokens"] == 2


def test_a_missing_binary_is_told(case: Case) -> None:
    with pytest.raises(UserError, match="nowhere: cannot be started"):
        check_parity(
            case.folder, case.folder, case.folder / "nowhere", case.folder / "prompts.txt",
            case.folder / "parity.json", backends=["engine"], tolerance=1e-3, greedy_tokens=NEW,
        )  # fmt: skip


def test_a_binary_that_writes_nothing_is_told(case: Case) -> None:
    binary = case.folder / "silent"
    binary.write_text("#!/bin/sh\nexit 0\n")
    binary.chmod(0o755)
    with pytest.raises(UserError, match="silent: wrote no logits"):
        check_parity(
            case.folder, case.folder, binary, case.folder / "prompts.txt",
            case.folder / "parity.json", backends=["engine"], tolerance=1e-3, greedy_tokens=NEW,
        )  # fmt: skip


def test_a_failing_binary_is_quoted(case: Case) -> None:
    binary = case.folder / "failing"
    binary.write_text("#!/bin/sh\necho 'out of memory' >&2\nexit 3\n")
    binary.chmod(0o755)
    with pytest.raises(UserError, match="exit code 3: out of memory"):
        check_parity(
            case.folder, case.folder, binary, case.folder / "prompts.txt",
            case.folder / "parity.json", backends=["engine"], tolerance=1e-3, greedy_tokens=NEW,
        )  # fmt: skip


def test_prompts_are_cut_where_the_binary_cuts_them(tmp_path: Path) -> None:
    path = tmp_path / "prompts.txt"
    path.write_bytes("Bună ziua\r\n \nunu\u2028doi\x0btrei".encode())
    assert read_prompts(path) == ["Bună ziua", "unu\u2028doi\x0btrei"]
