"""The agreement probes: how files are read and how pairs are scored."""

import math
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer
from transformers import GPT2Config, GPT2LMHeadModel
from world import SENTENCES, train_tokenizer

from gpt2ro.errors import UserError
from gpt2ro.training.probes import Pair, Probes, read_probes

SHIPPED = Path(__file__).resolve().parents[2] / "data" / "probes"


@pytest.fixture(scope="module")
def shipped() -> list[Pair]:
    return read_probes(SHIPPED)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return train_tokenizer()


def random_model(seed: int = 0, context: int = 128) -> GPT2LMHeadModel:
    torch.manual_seed(seed)
    return GPT2LMHeadModel(
        GPT2Config(vocab_size=300, n_positions=context, n_embd=32, n_layer=2, n_head=2)
    )


def pairs_of(*sentences: tuple[str, str], phenomenon: str = "verbs") -> list[Pair]:
    return [Pair(phenomenon, *both, f"verbs.tsv, line {n}") for n, both in enumerate(sentences, 2)]


def test_random_weights_are_right_in_half_of_the_pairs(shipped: list[Pair], tokenizer) -> None:
    probes = Probes(shipped, tokenizer, 128)
    found = [probes.measure(random_model(seed)).total for seed in range(3)]
    assert {accuracy.pairs for accuracy in found} == {720}
    # Three standard errors of 720 fair coins are 0.056.
    assert all(0.44 < accuracy.accuracy < 0.56 for accuracy in found)


def test_a_sentence_scores_the_sum_of_its_log_probabilities_and_of_its_end(tokenizer) -> None:
    """Batched with longer ones, as one by one without padding."""
    model = random_model()
    texts = [*SENTENCES, "Ana.", "Da", "Pisica doarme pe pat."]
    probes = Probes(pairs_of(*zip(texts[::2], texts[1::2], strict=True)), tokenizer, 128)
    for text, score in zip(texts, probes._log_probabilities(model).tolist(), strict=True):
        ids = [299, *tokenizer.encode(text).ids, 299]
        with torch.no_grad():
            logits = model.eval()(torch.tensor([ids])).logits[0].double()
        expected = logits.log_softmax(-1)[range(len(ids) - 1), ids[1:]].sum()
        assert score == pytest.approx(float(expected), abs=1e-3)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=12), st.randoms())
def test_the_order_of_the_pairs_does_not_matter(tokenizer, texts: list[str], order) -> None:
    pairs = pairs_of(*((text, text.replace(" ", " nu ", 1)) for text in texts))
    shuffled = order.sample(pairs, len(pairs))
    one, other = (Probes(some, tokenizer, 128) for some in (pairs, shuffled))
    assert one.measure(random_model()) == other.measure(random_model())


def test_swapped_pairs_have_the_opposite_accuracy(shipped: list[Pair], tokenizer) -> None:
    swapped = [Pair(pair.phenomenon, pair.wrong, pair.correct, pair.where) for pair in shipped]
    one, other = (
        Probes(some, tokenizer, 128).measure(random_model()) for some in (shipped, swapped)
    )
    assert one.total.accuracy + other.total.accuracy == pytest.approx(1.0)
    for name, found in one.phenomena.items():
        assert found.accuracy + other.phenomena[name].accuracy == pytest.approx(1.0)


def test_a_tie_is_half_right(tokenizer) -> None:
    model = random_model()
    torch.nn.init.zeros_(model.transformer.wte.weight)  # every token is as likely as another
    same = pairs_of(("Ana are mere.", "Ana mere are."), ("Da da da.", "Da da da da."))
    result = Probes(same, tokenizer, 128).measure(model)
    ids = [len(tokenizer.encode(text).ids) for text in ("Ana are mere.", "Ana mere are.")]
    assert ids[0] == ids[1]
    assert result.total.accuracy == 0.75  # the shorter sentence is likelier


def test_a_model_that_has_diverged_is_wrong(tokenizer) -> None:
    model = random_model()
    torch.nn.init.constant_(model.transformer.wte.weight, math.nan)
    result = Probes(pairs_of(("Ana are.", "Ana am.")), tokenizer, 128).measure(model)
    assert result.total.accuracy == 0


def test_measuring_keeps_the_mode_and_the_random_state(tokenizer) -> None:
    model = random_model().train()
    state = torch.get_rng_state()
    probes = Probes(pairs_of(("Ana are mere.", "Ana am mere.")), tokenizer, 128)
    assert probes.measure(model) == probes.measure(model)
    assert model.training
    assert torch.equal(torch.get_rng_state(), state)


def test_results_are_told_by_phenomenon(tokenizer) -> None:
    model = random_model()
    torch.nn.init.zeros_(model.transformer.wte.weight)  # the shorter sentence is likelier
    pairs = [
        *pairs_of(("Ana.", "Ana are."), phenomenon="articles"),
        *pairs_of(("Ana.", "Ana are."), ("Ana are.", "Ana.")),
    ]
    result = Probes(pairs, tokenizer, 128).measure(model)
    assert result.curve() == {
        "probe_accuracy": 0.6667,
        "probe_accuracy/articles": 1.0,
        "probe_accuracy/verbs": 0.5,
    }
    assert result.rounded() == {
        "pairs": 3,
        "accuracy": 0.666667,
        "phenomena": {
            "articles": {"pairs": 1, "accuracy": 1.0},
            "verbs": {"pairs": 2, "accuracy": 0.5},
        },
    }


def test_pairs_are_known_by_their_content(tokenizer) -> None:
    one = Probes(pairs_of(("Ana are.", "Ana am.")), tokenizer, 128)
    same = Probes(pairs_of(("Ana are.", "Ana am.")), tokenizer, 64)
    other = Probes(pairs_of(("Ana are.", "Ana au.")), tokenizer, 128)
    assert one.sha256 == same.sha256 != other.sha256


def test_a_sentence_longer_than_the_context_is_told(tokenizer) -> None:
    pairs = pairs_of(("Ana are.", "Ana am."), (SENTENCES[0], SENTENCES[1]))
    message = r"verbs.tsv, line 3: \d+ tokens with <.endoftext.>, and the model's context is 8;"
    with pytest.raises(UserError, match=message):
        Probes(pairs, tokenizer, 8)
    length = len(tokenizer.encode("Ana are.").ids)
    Probes(pairs[:1], tokenizer, length + 1)


def test_files_are_phenomena_in_the_order_of_their_names(tmp_path: Path) -> None:
    (tmp_path / "b.tsv").write_text("correct\twrong\nEu am.\tEu ai.\n")
    (tmp_path / "a.tsv").write_text("correct\twrong\nEl are.\tEl am.\nEa este.\tEa sunt.\n")
    (tmp_path / "README.md").write_text("not a probe")
    found = [(pair.phenomenon, pair.correct, pair.wrong) for pair in read_probes(tmp_path)]
    assert found == [
        ("a", "El are.", "El am."),
        ("a", "Ea este.", "Ea sunt."),
        ("b", "Eu am.", "Eu ai."),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "its first line is ''; expected"),
        (b"right\twrong\nDa.\tNu.\n", r"its first line is 'right\\twrong'; expected"),
        (b"correct\twrong\n", "no pairs after the header"),
        (b"correct\twrong\nDa.\n", r"line 2: 'Da.'; expected two sentences with one tab"),
        (b"correct\twrong\nDa.\t\n", "line 2: .* expected two sentences"),
        (b"correct\twrong\nDa.\tNu.\tDa.\n", "line 2: .* expected two sentences"),
        (b"correct\twrong\nDa.\tNu.\nDa.\tDa.\n", "line 3: both sentences are 'Da.'"),
        (b"correct\twrong\nDa.\tN\xff.\n", "not UTF-8"),
    ],
)
def test_a_damaged_file_is_told_by_its_place(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "a.tsv").write_bytes(content)
    with pytest.raises(UserError, match=f"a.tsv.*{message}"):
        read_probes(tmp_path)


def test_a_folder_without_probes_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"nowhere: no probes \(\*\.tsv\) found; name a folder"):
        read_probes(tmp_path / "nowhere")
