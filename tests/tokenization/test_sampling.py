from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from gpt2ro.files import write_json
from gpt2ro.tokenization.sampling import SourceSample, even_shares, source_bytes

sizes = st.dictionaries(st.text("abc", min_size=1), st.integers(0, 10**12), min_size=1)


def test_large_sources_give_the_same_and_small_ones_all_they_have() -> None:
    shares = even_shares({"small": 10, "large": 100, "huge": 1000}, 90)
    assert shares == {"small": 1.0, "large": 0.4, "huge": 0.04}


@given(sizes, st.integers(1, 10**12))
def test_a_sample_is_under_the_cap_and_as_large_as_the_cap_allows(
    sizes: dict[str, int], cap: int
) -> None:
    shares = even_shares(sizes, cap)
    taken = {source: round(share * sizes[source]) for source, share in shares.items()}
    assert sum(taken.values()) <= cap
    # Division without remainder loses less than a byte a source.
    assert sum(taken.values()) >= min(cap, sum(sizes.values())) - len(sizes)
    cut = [taken[source] for source in sizes if taken[source] < sizes[source]]
    assert max(cut, default=0) - min(cut, default=0) <= len(sizes)
    assert all(taken[source] <= max(cut, default=cap) for source in sizes)


def test_the_share_of_the_documents_is_drawn_the_same_ones_each_time() -> None:
    ids = [f"s/p/{number}" for number in range(10_000)]
    drawn = [name for name in ids if SourceSample({"s": 0.25}, 1).has("s", name)]
    assert 2_300 < len(drawn) < 2_700
    assert drawn == [name for name in ids if SourceSample({"s": 0.25}, 1).has("s", name)]
    other = [name for name in ids if SourceSample({"s": 0.25}, 2).has("s", name)]
    assert len(set(drawn) & set(other)) < 800


def test_all_or_nothing_is_drawn_at_the_ends() -> None:
    ids = [f"s/p/{number}" for number in range(100)]
    assert all(SourceSample({"s": 1.0}, 1).has("s", name) for name in ids)
    assert not any(SourceSample({"s": 0.0}, 1).has("s", name) for name in ids)


def test_the_size_of_a_source_is_that_of_its_parts(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a/1.stats.json", "a/2.stats.json", "b/1.stats.json")]
    for path, size in zip(paths, (1, 20, 300), strict=True):
        write_json(path, {"bytes_out": size})
    assert source_bytes(paths) == {"a": 21, "b": 300}
