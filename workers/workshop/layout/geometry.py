"""Rectangles and straight stretches, in the pixels of a diagram; y grows downwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right border."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The lower border."""
        return self.y + self.height

    @property
    def centre(self) -> Point:
        """The middle."""
        return self.x + self.width / 2, self.y + self.height / 2

    def grown(self, by: float) -> Box:
        """The same middle, larger on every side (smaller if negative)."""
        return Box(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    def moved(self, dx: float, dy: float) -> Box:
        """The same size elsewhere."""
        return Box(self.x + dx, self.y + dy, self.width, self.height)

    def overlaps(self, other: Box) -> bool:
        """Whether both share an area."""
        apart = self.right <= other.x or other.right <= self.x
        return not (apart or self.bottom <= other.y or other.bottom <= self.y)

    def holds(self, other: Box) -> bool:
        """Whether the other lies inside."""
        level = self.x <= other.x and other.right <= self.right
        return level and self.y <= other.y and other.bottom <= self.bottom

    def near_border(self, point: Point, slack: float) -> bool:
        """Whether a point lies on the border, give or take `slack`."""
        x, y = point
        inside = self.x - slack <= x <= self.right + slack and self.y - slack <= y <= self.bottom + slack
        core = self.grown(-2 * slack)
        return inside and not (core.x < x < core.right and core.y < y < core.bottom)


def stretches(points: Iterable[Point]) -> Iterator[Box]:
    """Each straight part of a line as a rectangle of almost no thickness."""
    for (ax, ay), (bx, by) in pairwise(points):
        yield Box(min(ax, bx), min(ay, by), max(abs(ax - bx), 0.01), max(abs(ay - by), 0.01))


def around(boxes: Iterable[Box]) -> Box:
    """The smallest rectangle that holds all of them; at least one is given."""
    kept = list(boxes)
    left, top = min(b.x for b in kept), min(b.y for b in kept)
    return Box(left, top, max(b.right for b in kept) - left, max(b.bottom for b in kept) - top)


def straightened(points: list[Point]) -> list[Point]:
    """The same line without points on its way."""
    kept: list[Point] = []
    for point in points:
        if kept and kept[-1] == point:
            continue
        if len(kept) > 1 and ((kept[-2][0] == kept[-1][0] == point[0]) or (kept[-2][1] == kept[-1][1] == point[1])):
            kept.pop()
        kept.append(point)
    return kept
