import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gpt2ro.report.charts import (
    BOTTOM,
    HEIGHT,
    LEFT,
    MAX_DOTS,
    RIGHT,
    TOP,
    WIDTH,
    line_chart,
    ticks,
)

VALUES = st.floats(-1e6, 1e6, allow_nan=False)


@given(VALUES, VALUES)
def test_ticks_enclose_the_range_and_are_few(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assume(high == low or high - low > 1e-6)
    found = ticks(low, high)
    slack = 1e-9 * max(1, abs(low), abs(high))
    assert found[0] <= low + slack
    assert found[-1] >= high - slack
    assert 2 <= len(found) <= 7
    assert found == sorted(set(found))


def test_ticks_are_round_numbers() -> None:
    assert ticks(1.17, 3.4) == [1.0, 2.0, 3.0, 4.0]
    assert ticks(0, 1200) == [0, 500, 1000, 1500]


def test_a_flat_curve_still_has_an_axis() -> None:
    chart = line_chart("loss", [(0, 2.0), (10, 2.0)])
    assert chart is not None
    assert len(chart.y_ticks) >= 2


@pytest.mark.parametrize("share", [0.0, 0.5, 0.97])
def test_the_axis_of_a_flat_share_begins_at_zero_or_above(share: float) -> None:
    found = ticks(share, share)
    assert 0 <= found[0] <= share <= found[-1] <= 1.6


def test_the_line_runs_from_the_left_to_the_right_and_downwards_for_a_falling_loss() -> None:
    chart = line_chart("loss", [(0, 4.0), (50, 3.0), (100, 2.0)])
    assert chart is not None
    (x0, y0), (_, y1), (x2, y2) = [map(float, point.split(",")) for point in chart.line.split()]
    assert (x0, x2) == (LEFT, WIDTH - RIGHT)
    assert TOP <= y0 < y1 < y2 <= HEIGHT - BOTTOM


def test_the_lowest_point_is_found_and_named() -> None:
    chart = line_chart("loss", [(0, 4.0), (1500, 1.25), (3000, 2.0)])
    assert chart is not None
    assert chart.best == "lowest: 1.25 at step 1,500"


def test_where_more_is_better_the_highest_point_is_named() -> None:
    chart = line_chart("share", [(0, 0.5), (10, 0.75), (20, 0.75)], more_is_better=True)
    assert chart is not None
    assert chart.best == "highest: 0.75 at step 10"


@pytest.mark.parametrize(("points", "dots"), [(MAX_DOTS, MAX_DOTS), (MAX_DOTS + 1, 0)])
def test_a_crowded_line_has_no_dots(points: int, dots: int) -> None:
    chart = line_chart("loss", [(step, 1.0 / (step + 1)) for step in range(points)])
    assert chart is not None
    assert len(chart.dots) == dots
    assert len(chart.line.split()) == points


def test_a_single_evaluation_is_a_chart_and_none_is_none() -> None:
    assert line_chart("loss", [(0, 4.0)]) is not None
    assert line_chart("loss", []) is None


def test_a_second_line_lies_in_the_same_axes() -> None:
    chart = line_chart("loss", [(0, 4.0), (50, 2.0)], {"baseline": [(0, 8.0), (100, 2.0)]})
    assert chart is not None
    one, other = (
        [tuple(map(float, point.split(","))) for point in line.split()]
        for line in (chart.line, chart.others["baseline"])
    )
    assert other[0][1] < one[0][1]  # 8 is above 4
    assert other[1][1] == one[1][1]  # both are 2
    assert other[1][0] == WIDTH - RIGHT
    assert one[1][0] < other[1][0]  # 50 steps of 100
    assert chart.best == "lowest: 2 at step 50"


def test_a_line_without_points_is_none() -> None:
    chart = line_chart("loss", [(0, 4.0)], {"baseline": [], "training": [(0, 5.0)]})
    assert chart is not None
    assert list(chart.others) == ["training"]
