import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpt2ro.report.formats import (
    bits,
    count,
    fact,
    label,
    perplexity,
    real,
    share,
    signed,
    size,
    whole,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.00 kB"),
        (12_345, "12.3 kB"),
        (431_000, "431 kB"),
        (999_499, "999 kB"),
        (999_500, "1.00 MB"),
        (17_250_000_000, "17.2 GB"),
    ],
)
def test_sizes_have_three_digits_and_a_decimal_unit(value: int, expected: str) -> None:
    assert size(value) == expected


@given(st.integers(1000, 10**15))
def test_a_size_never_shows_a_thousand_of_its_unit(value: int) -> None:
    number = size(value).split()[0]
    assert float(number) < 1000
    assert len(number.replace(".", "")) == 3


@pytest.mark.parametrize(
    ("value", "expected"),
    [(999_999, "999,999"), (3_284_224, "3.28 M"), (124_439_808, "124 M"), (2 * 10**9, "2.00 B")],
)
def test_only_large_counts_are_rounded(value: int, expected: str) -> None:
    assert count(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0, "0"),
        (1.23456, "1.235"),
        (0.001, "0.001"),
        (2.0980835e-05, "2.1 × 10⁻⁵"),
        (1e-12, "1 × 10⁻¹²"),
        (12345.6, "12,346"),
        (-0.5, "−0.5"),
    ],
)
def test_reals_have_four_significant_digits(value: float, expected: str) -> None:
    assert real(value) == expected


def test_bits_and_perplexities_have_equally_many_decimals_in_a_column() -> None:
    assert [bits(value) for value in (1.67, 1.6654, 12.0)] == ["1.670", "1.665", "12.000"]
    found = [perplexity(value) for value in (910, 797.25, 1134.06, 2.1e6)]
    assert found == ["910.0", "797.2", "1,134.1", "2.1 × 10⁶"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0 %"),
        (1, "100 %"),
        (0.04, "4.0 %"),
        (0.0001, "< 0.1 %"),
        (0.99999, "> 99.9 %"),
        (0.9994, "99.9 %"),
    ],
)
def test_only_exact_shares_are_0_or_100_percent(value: float, expected: str) -> None:
    assert share(value) == expected


def test_whole_numbers_have_separators_and_a_true_minus() -> None:
    assert (whole(1234567), whole(-1234)) == ("1,234,567", "−1,234")
    assert (signed(1234), signed(-5), signed(0)) == ("+1,234", "−5", "0")


def test_any_scalar_is_written_for_people() -> None:
    shown = [fact(value) for value in (None, True, False, 12345, 1.5, "fp32")]
    assert shown == ["–", "yes", "no", "12,345", "1.5", "fp32"]


def test_keys_are_spelt_out() -> None:
    assert label("bits_per_byte") == "bits per byte"
