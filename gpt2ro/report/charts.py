"""Line charts: the geometry is computed here, the template writes it as SVG."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from gpt2ro.report.formats import real, whole

# Units of the viewBox; near the width in pixels at which the chart is shown, so that text keeps
# its size. The margins hold the tick labels.
WIDTH, HEIGHT = 440, 250
LEFT, RIGHT, TOP, BOTTOM = 46, 30, 14, 26
INTERVALS = 4  # about so many between ticks: enough to read values, not so many as to distract
MAX_DOTS = 60  # above, dots would hide the line
SMALL = 1e-6  # what is less is nearly zero, of all measures that are drawn
# Lines that may stand beside the main one, and what the page says of them.
TRAINING, BASELINE = "training", "baseline"
LEGEND = {
    TRAINING: "dotted: the training text, as it was read",
    BASELINE: "dashed: from random weights",
}

Point = tuple[float, float]
Tick = tuple[float, str]


@dataclass(frozen=True)
class Chart:
    """A line chart, in units of the viewBox.

    Attributes:
        name: the measure, with its unit.
        x_ticks, y_ticks: position and label of each tick.
        line: the points as the attribute `points` of a polyline.
        dots: points with the text that is shown on hovering; none when there are too many.
        best: the best point, in words.
        others: lines beside it, like it, by their names in `LEGEND`.
    """

    name: str
    x_ticks: list[Tick]
    y_ticks: list[Tick]
    line: str
    dots: list[tuple[float, float, str]]
    best: str
    others: dict[str, str]


def line_chart(
    name: str,
    points: list[Point],
    others: Mapping[str, list[Point]] | None = None,
    *,
    more_is_better: bool = False,
) -> Chart | None:
    """Return the chart of a measure against the training step, or None without any point.

    Args:
        points: (step, value), both finite, by step.
        others: those of lines beside it, by their names in `LEGEND`; one may have none.
        more_is_better: whether the best point is the highest.
    """
    if not points:
        return None
    others = others or {}
    every = [point for line in (points, *others.values()) for point in line]
    steps = [step for step, _ in every]
    x_ticks = [tick for tick in ticks(0, max(steps)) if tick <= max(steps)]
    values = [value for _, value in every]
    y_ticks = ticks(min(values), max(values))

    def place(point: Point) -> Point:
        across = point[0] / (max(steps) or 1)
        up = (point[1] - y_ticks[0]) / (y_ticks[-1] - y_ticks[0])
        x = LEFT + across * (WIDTH - LEFT - RIGHT)
        y = HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM)
        return round(x, 1), round(y, 1)

    dots = [(*place(point), caption(point)) for point in points]
    return Chart(
        name=name,
        x_ticks=[(place((step, y_ticks[0]))[0], whole(round(step))) for step in x_ticks],
        y_ticks=[(place((0, value))[1], real(value)) for value in y_ticks],
        line=joined([place(point) for point in points]),
        dots=dots if len(dots) <= MAX_DOTS else [],
        best=best(points, more_is_better),
        others={
            kind: joined([place(point) for point in line]) for kind, line in others.items() if line
        },
    )


def best(points: list[Point], more_is_better: bool) -> str:
    """Return the best of the points in words, the first one of several."""
    extreme, name = (max, "highest") if more_is_better else (min, "lowest")
    return f"{name}: {caption(extreme(points, key=lambda point: point[1]))}"


def joined(places: list[Point]) -> str:
    """Return places as the attribute `points` of a polyline."""
    return " ".join(f"{x},{y}" for x, y in places)


def caption(point: Point) -> str:
    """Return the text of a point."""
    return f"{real(point[1])} at step {whole(round(point[0]))}"


def ticks(low: float, high: float) -> list[float]:
    """Return at least two round values, evenly spaced by 1, 2 or 5 times a power of ten.

    They enclose the range from low to high.
    """
    if high <= low:
        # What is drawn is never negative, so neither is its axis.
        low, high = (low / 2, low * 1.5) if low > SMALL else (low, low + 1)
    raw = (high - low) / INTERVALS
    power = 10.0 ** math.floor(math.log10(raw))
    spacing = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw)
    first, last = math.floor(low / spacing), math.ceil(high / spacing)
    return [round(number * spacing, 12) for number in range(first, last + 1)]
