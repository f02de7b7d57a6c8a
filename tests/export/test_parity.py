"""The parity check, against a stand-in for the binary whose answers each test chooses."""

import json
import re
import runpy
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import torch
from byte_model import byte_tokenizer, write_model
from safetensors.torch import save_file
from torch import Tensor

from gpt2ro.errors import UserError
from gpt2ro.export.parity import check_parity
from gpt2ro.export.rounding import RoundingCheck, check_rounding, documents
from gpt2ro.progress import StepProgress
from gpt2ro.tokenization.shards import TokenShardWriter

PROMPTS = ("Bunica", "Este ora")
NEW = 6
TEXTS = ("Bunica a făcut o plăcintă.", "Țara <|endoftext|> și\nmarea.", "Ariciul doarme.")
BITS = {"fp32": 2.0, "fp16": 2.0002, "bf16": 2.003, "int8": 1.992, "int4": 2.019}
BOUNDS = {"fp16": 0.0005, "bf16": 0.002, "int8": 0.005, "int4": 0.01}
BINARY = """#!{python}
import shutil, sys
backend = sys.argv[sys.argv.index("--backend") + 1]
if sys.argv[1] == "score":
    flags = " ".join(sys.argv)
    name = next(name for name in ("fp16", "bf16", "int8", "int4", "fp32") if name in flags)
    print(open({folder!r} + "/" + name).read())
    with open(sys.argv[4], encoding="utf-8") as texts, open({folder!r} + "/heard", "w") as heard:
        heard.write(texts.read())
    sys.exit()
answers = {folder!r} + "/" + ("engine" if backend == "engine" else "answers") + ".safetensors"
shutil.copy(answers, sys.argv[sys.argv.index("--output") + 1])
"""


@dataclass
class Case:
    """A model, prompts, and what the stand-in will answer; as engine perhaps something else."""

    folder: Path
    answers: dict[str, Tensor]
    engine_answers: dict[str, Tensor] | None = None

    bits: dict[str, float] = field(default_factory=lambda: dict(BITS))
    # What the texts have, and how many more the stand-in finds.
    tokens: int = 0
    more_tokens: int = 0
    split: str = "test"

    def rounding(self) -> RoundingCheck:
        return RoundingCheck(
            self.folder / self.split, ["tales/animals"], max_bytes=10_000, bounds=BOUNDS, threads=1
        )

    def check(self, tolerance: float = 1e-3) -> dict:
        for name, bits in self.bits.items():
            score = {"bits_per_byte": bits, "tokens": self.tokens + self.more_tokens}
            (self.folder / name).write_text(json.dumps(score))
        save_file(self.answers, self.folder / "answers.safetensors")
        save_file(self.engine_answers or self.answers, self.folder / "engine.safetensors")
        program = BINARY.format(python=sys.executable, folder=str(self.folder))
        return self.check_binary(self.written("binary", program), tolerance)

    def check_binary(self, binary: Path, tolerance: float = 1e-3) -> dict:
        output = self.folder / "parity.json"
        check_parity(
            self.folder, self.folder / "deploy", binary, self.folder / "prompts.txt", output,
            backends=["rust-bert", "engine"], tolerance=tolerance, greedy_tokens=NEW,
            rounding=self.rounding(),
        )  # fmt: skip
        return json.loads(output.read_text())

    def written(self, name: str, program: str) -> Path:
        """Write an executable that stands in for the binary."""
        path = self.folder / name
        path.write_text(program)
        path.chmod(0o755)
        return path


@pytest.fixture
def case(tmp_path: Path) -> Case:
    model = write_model(tmp_path, context=32)
    tokenizer = byte_tokenizer()
    tokenizer.encode_special_tokens = True
    end, tokens = tokenizer.token_to_id("<|endoftext|>"), 0
    with TokenShardWriter(tmp_path / "test" / "tales" / "animals.bin", "0" * 64, end) as shard:
        for text in TEXTS:
            ids = tokenizer.encode(text).ids
            shard.write(ids, text)
            tokens += len(ids) + 1
    (tmp_path / "prompts.txt").write_text("\n\n".join(PROMPTS) + "\n")
    answers = {}
    for index, prompt in enumerate(PROMPTS):
        ids = torch.tensor([tokenizer.encode(prompt).ids])
        with torch.no_grad():
            answers[f"prompt.{index}.logits"] = model(ids).logits[0].clone()
            greedy = model.generate(ids, max_new_tokens=NEW, do_sample=False, pad_token_id=end)
        answers[f"prompt.{index}.ids"] = ids[0].clone()
        answers[f"greedy.{index}.ids"] = greedy[0, ids.shape[1] :].clone()
    return Case(tmp_path, answers, tokens=tokens)


def test_equal_answers_pass_and_are_recorded(case: Case) -> None:
    report = case.check()
    assert report["greedy_equal"] is True
    assert report["max_logit_difference"] < 1e-5
    assert [(row["backend"], row["prompt"]) for row in report["prompts"]] == [
        (backend, prompt) for backend in ("rust-bert", "engine") for prompt in PROMPTS
    ]
    assert [row["greedy_tokens"] for row in report["prompts"]] == [NEW] * 4


def test_every_comparison_is_told_with_the_time_that_is_left(
    case: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    case.check()
    first, *others, last = capsys.readouterr().err.splitlines()
    assert first == "parity: rust-bert continues 2 prompts (1 of 7)"
    assert re.fullmatch(r"parity: int8 reads 0\.0 MB .* \(6 of 7\), about \d+ s left", others[4])
    assert len(others) == 6
    assert re.fullmatch(r"parity: done in \d+ s", last)


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
    with pytest.raises(UserError, match="greedy token 4 is 258 in the binary"):
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
        case.check_binary(case.folder / "nowhere")


def test_a_binary_that_writes_nothing_is_told(case: Case) -> None:
    with pytest.raises(UserError, match="silent: wrote no logits"):
        case.check_binary(case.written("silent", "#!/bin/sh\nexit 0\n"))


def test_a_failing_binary_is_quoted(case: Case) -> None:
    binary = case.written("failing", "#!/bin/sh\necho 'out of memory' >&2\nexit 3\n")
    with pytest.raises(UserError, match="exit code 3: out of memory"):
        case.check_binary(binary)


def test_every_precision_is_recorded_with_its_distance_from_fp32(case: Case) -> None:
    report = case.check()
    assert [row["precision"] for row in report["precisions"]] == list(BITS)
    differences = {row["precision"]: row["difference"] for row in report["precisions"]}
    assert differences == pytest.approx(
        {"fp32": 0.0, "fp16": 0.0001, "bf16": 0.0015, "int8": -0.004, "int4": 0.0095}
    )
    assert report["precisions"][3]["allowed"] == 0.005
    assert report["split_documents"] == 3


def test_the_binary_gets_the_texts_of_the_test_split(case: Case) -> None:
    case.check()
    lines = (case.folder / "heard").read_text(encoding="utf-8").splitlines()
    assert tuple(json.loads(line)["text"] for line in lines) == TEXTS


def test_of_a_large_test_split_documents_are_left_out(case: Case) -> None:
    check = replace(case.rounding(), max_bytes=sum(len(text.encode()) for text in TEXTS) - 1)
    texts = [byte_tokenizer().decode(ids.tolist()) for ids in documents(check)]
    assert texts == [TEXTS[0], TEXTS[2]]


@pytest.mark.parametrize(
    ("precision", "bits", "line"),
    [
        ("fp16", 2.0011, r"parity: fp16 predicts .* at 2\.0011 .* fp32 at 2\.0000: \+0\.06%,"),
        ("bf16", 2.0041, r"allowed is 0\.20%; do not deploy bf16: train on, or set"),
        ("int8", 1.9897, r"int8 predicts .*: -0\.52%, allowed is 0\.50%"),
        ("int4", 2.0201, r"allowed is 1\.00%; .* set parity\.bits_per_byte\.int4 to what you"),
        ("int4", float("nan"), r"int4 predicts the test split at nan"),
    ],
)
def test_a_precision_beyond_its_bound_fails_and_nothing_is_written(
    case: Case, precision: str, bits: float, line: str
) -> None:
    case.bits[precision] = bits
    with pytest.raises(UserError, match=line):
        case.check()
    assert not (case.folder / "parity.json").exists()


def test_another_number_of_tokens_fails_and_nothing_is_written(case: Case) -> None:
    case.more_tokens = 1
    line = rf"the test split is {case.tokens} tokens in Python and {case.tokens + 1} in the binary"
    with pytest.raises(UserError, match=line):
        case.check()
    assert not (case.folder / "parity.json").exists()


def test_a_binary_that_gives_no_score_is_told(case: Case) -> None:
    case.check()
    (case.folder / "bf16").write_text("2.0")
    with pytest.raises(UserError, match=r"binary: its score is '2\.0'; expected a JSON object"):
        check_rounding(
            case.rounding(),
            case.folder / "binary",
            case.folder / "deploy",
            byte_tokenizer(),
            StepProgress("parity", 5),
        )


def test_the_split_is_named_by_its_folder(case: Case) -> None:
    (case.folder / "test").rename(case.folder / "valid")
    case.split, case.bits["int4"] = "valid", 2.5
    with pytest.raises(UserError, match=r"int4 predicts the valid split at 2\.5000"):
        case.check()
    case.bits["int4"] = 2.0
    report = case.check()
    assert (report["split"], report["split_documents"]) == ("valid", 3)


def test_an_empty_test_split_is_told(case: Case) -> None:
    with TokenShardWriter(case.folder / "test" / "tales" / "animals.bin", "0" * 64, 258):
        pass
    with pytest.raises(UserError, match=r"test: no text in the test split; raise split\.test"):
        case.check()


def test_the_script_takes_the_bounds_that_are_given_and_has_the_others(monkeypatch) -> None:
    script = Path(__file__).parents[2] / "workflow" / "scripts" / "parity.py"
    flags = "--model m --deploy d --binary b --prompts p --test t --parts a/b --output o"
    taken = []
    monkeypatch.setattr(
        "gpt2ro.export.parity.check_parity", lambda *_, rounding, **_more: taken.append(rounding)
    )
    monkeypatch.setattr("sys.argv", ["x", *flags.split(), "--bits-per-byte", "int4=0.02"])
    runpy.run_path(str(script))["main"]()
    assert taken[0].bounds == BOUNDS | {"int4": 0.02}
