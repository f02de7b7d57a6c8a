"""The pieces: data order, transfer of embeddings, evaluation, sampling."""

import math
import tracemalloc
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel
from world import train_tokenizer

from gpt2ro.tokenization.shards import read_shards
from gpt2ro.training.data import ContextSampler, Position, TokenStream
from gpt2ro.training.evaluation import evaluate
from gpt2ro.training.optimizers import decays
from gpt2ro.training.sampling import sample
from gpt2ro.training.transfer import transfer_embeddings


def tiny(vocabulary: int = 50) -> GPT2LMHeadModel:
    torch.manual_seed(0)
    return GPT2LMHeadModel(
        GPT2Config(vocab_size=vocabulary, n_positions=16, n_embd=16, n_layer=2, n_head=2)
    )


def batch(sampler: ContextSampler, size: int) -> np.ndarray:
    """The next contexts, each with the token after it."""
    rows = np.empty((size, 17), np.int64)
    sampler.fill(rows)
    return rows


def test_weight_decay_is_for_matrices_only() -> None:
    decayed = {name for name, p in tiny().named_parameters() if decays(name, p)}
    assert len(decayed) == 2 * 4
    assert all(name.endswith("weight") and ".ln_" not in name for name in decayed)


def numbered(count: int) -> TokenStream:
    """A stream in which every token is its place."""
    return TokenStream([SimpleNamespace(tokens=np.arange(count, dtype=np.uint16))])


@pytest.mark.parametrize("count", [17, 31, 32, 33, 1000])
def test_an_epoch_reads_every_token_and_fewer_than_a_context_twice(count: int) -> None:
    sampler = ContextSampler(numbered(count), 16, seed=1)
    for _ in range(3):
        epoch = batch(sampler, sampler.contexts)
        for column in (epoch[:, :-1], epoch[:, 1:]):  # inputs, targets
            times = np.bincount(column.ravel(), minlength=count)
            assert set(times) <= {1, 2}
            assert (times == 2).sum() == -count % 16


def test_the_next_epoch_is_cut_and_ordered_anew() -> None:
    sampler = ContextSampler(numbered(1000), 16, seed=1)
    first, second = ([int(row[0]) for row in batch(sampler, sampler.contexts)] for _ in range(2))
    assert {place % 16 for place in first[:4]} != {place % 16 for place in second[:4]}
    assert np.argsort(first).tolist() != np.argsort(second).tolist()


def test_a_context_is_read_with_the_token_after_it_and_the_first_is_after_the_last() -> None:
    sampler = ContextSampler(numbered(1000), 16, seed=1)
    rows = batch(sampler, sampler.contexts)
    assert any(row[0] > row[-1] for row in rows)
    for row in rows:
        assert row.tolist() == [(row[0] + place) % 1000 for place in range(17)]


def test_reading_contexts_allocates_no_memory_for_them() -> None:
    zeros = SimpleNamespace(tokens=np.zeros(100_000, dtype=np.uint16))
    sampler = ContextSampler(TokenStream([zeros]), 4096, seed=1)
    rows = np.empty((3, 4097), np.int64)
    tracemalloc.start()
    sampler.fill(rows)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4097 * 2  # one context even as uint16


def test_a_sampler_continues_at_a_position(world) -> None:
    stream = TokenStream(read_shards(world.paths.tokens / "train"))
    one, two = ContextSampler(stream, 16, seed=1), ContextSampler(stream, 16, seed=1)
    batch(one, one.contexts + 5)
    two.seek(Position(1, 5))
    assert np.array_equal(batch(one, 4), batch(two, 4))


def test_skipping_contexts_is_using_them_unseen(world) -> None:
    stream = TokenStream(read_shards(world.paths.tokens / "train"))
    one, two = ContextSampler(stream, 16, seed=1), ContextSampler(stream, 16, seed=1)
    for count in (3, 2 * one.contexts, one.contexts - 3, 1):
        batch(one, count)
        two.skip(count)
        assert one.position == two.position
    assert np.array_equal(batch(one, 4), batch(two, 4))


def test_a_stream_reads_across_shards(world) -> None:
    shards = read_shards(world.paths.tokens / "train")
    stream = TokenStream(shards)
    border = len(shards[0].tokens)
    expected = np.concatenate([shards[0].tokens[-3:], shards[1].tokens[:4]])
    assert stream.read(border - 3, 7).tolist() == expected.tolist()


def test_a_uniform_model_needs_log2_of_its_vocabulary_bits_a_token(world) -> None:
    shards = read_shards(world.paths.tokens / "valid")
    model = tiny(300)
    torch.nn.init.zeros_(model.transformer.wte.weight)
    metrics = evaluate(model, shards, 16).total
    tokens = sum(len(shard.tokens) for shard in shards)
    size = sum(shard.bytes for shard in shards)
    assert metrics.tokens == tokens
    assert metrics.bits_per_byte == pytest.approx(tokens * math.log2(300) / size, rel=1e-5)
    assert metrics.token_perplexity == pytest.approx(300, rel=1e-4)


def test_evaluation_keeps_the_mode_and_the_random_state(world) -> None:
    model = tiny(300).train()
    state = torch.get_rng_state()
    evaluate(model, read_shards(world.paths.tokens / "valid"), 16)
    sample(model, [1, 2], 5, 16, 299, seed=1)
    assert model.training
    assert torch.equal(torch.get_rng_state(), state)


def test_an_evaluation_that_fails_restores_the_mode(world) -> None:
    model = tiny(50).train()  # the tokens of the world go to 299
    with pytest.raises(IndexError):
        evaluate(model, read_shards(world.paths.tokens / "valid"), 16)
    assert model.training
    assert torch.is_grad_enabled()


def test_a_sample_is_decided_by_its_seed_and_may_be_longer_than_the_context() -> None:
    model = tiny().train()
    assert sample(model, [1], 30, 16, 49, seed=3) == sample(model, [1], 30, 16, 49, seed=3)
    assert sample(model, [1], 30, 16, 49, seed=3) != sample(model, [1], 30, 16, 49, seed=4)


def test_shared_tokens_keep_their_rows_and_others_get_a_mean_of_the_usual_length() -> None:
    old, new = train_tokenizer(280), train_tokenizer(300)
    rows = torch.randn(280, 8, generator=torch.Generator().manual_seed(1)) + 1
    found, report = transfer_embeddings(rows, old, new, seed=1)
    assert report.copied == 280
    assert report.averaged + report.copied + report.drawn == 300
    old_ids = old.get_vocab()
    norm = rows.norm(dim=1).mean()
    for token, index in new.get_vocab().items():
        if token in old_ids:
            assert torch.equal(found[index], rows[old_ids[token]])
        else:
            pieces = rows[old.encode(new.decode([index])).ids].mean(dim=0)
            assert torch.allclose(found[index], pieces * norm / pieces.norm(), atol=1e-5)
