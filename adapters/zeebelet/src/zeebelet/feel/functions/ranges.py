"""How points and ranges lie to each other. A range has a start and an end that each belong to it or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..compare import ORDER, kind, sort_key
from ..errors import FeelEvaluationError
from ..logic import same_value
from ..run import Run
from ..show import show
from ..values import Range
from .registry import Library, illegal

library = Library()
_POINTS = frozenset(ORDER) - {str}


def comparable(left: Any, right: Any) -> bool:
    """Whether the points, or the starts of the ranges, are of one type that has an order."""
    points = [value.start if isinstance(value, Range) else value for value in (left, right)]
    return type(points[0]) in _POINTS and kind(points[0]) is kind(points[1])


def less(left: Any, right: Any) -> bool:
    """Whether a point lies before another."""
    return bool(sort_key(left) < sort_key(right))


equal = same_value


def _ends_before(left: Range, right: Range) -> bool:
    """Whether left ends before right does, or at the same point without holding more."""
    return less(left.end, right.end) or (equal(left.end, right.end) and (not left.end_closed or right.end_closed))


def _starts_before(left: Range, right: Range) -> bool:
    """Whether left starts before right does, or at the same point without holding less."""
    return less(left.start, right.start) or (
        equal(left.start, right.start) and (left.start_closed or not right.start_closed)
    )


def before_ranges(left: Range, right: Range) -> bool:
    """left is over before right begins"""
    touching = equal(left.end, right.start) and not (left.end_closed and right.start_closed)
    return less(left.end, right.start) or touching


def before_range(point: Any, span: Range) -> bool:
    """point lies before span"""
    return less(point, span.start) or (equal(point, span.start) and not span.start_closed)


def range_before(span: Range, point: Any) -> bool:
    """span is over before point"""
    return less(span.end, point) or (equal(span.end, point) and not span.end_closed)


def meets(left: Range, right: Range) -> bool:
    """left ends where right begins"""
    return left.end_closed and right.start_closed and equal(left.end, right.start)


def _reaches(left: Range, right: Range) -> bool:
    """left ends after right begins"""
    return less(right.start, left.end) or (equal(left.end, right.start) and left.end_closed and right.start_closed)


def overlaps(left: Range, right: Range) -> bool:
    """left and right have a point in common"""
    return _reaches(left, right) and _reaches(right, left)


def overlaps_before(left: Range, right: Range) -> bool:
    """left starts first and ends within right"""
    first = less(left.start, right.start) or (
        equal(left.start, right.start) and left.start_closed and not right.start_closed
    )
    return first and _reaches(left, right) and _ends_before(left, right)


def finishes_ranges(left: Range, right: Range) -> bool:
    """left lies at the end of right"""
    return left.end_closed == right.end_closed and equal(left.end, right.end) and _starts_before(right, left)


def finishes_range(point: Any, span: Range) -> bool:
    """point is the end of span"""
    return span.end_closed and equal(span.end, point)


def includes_ranges(left: Range, right: Range) -> bool:
    """right lies in left"""
    return _starts_before(left, right) and _ends_before(right, left)


def includes_point(span: Range, point: Any) -> bool:
    """point lies in span"""
    inside = less(span.start, point) and less(point, span.end)
    at_start = equal(span.start, point) and span.start_closed
    return inside or at_start or (equal(span.end, point) and span.end_closed)


def starts_ranges(left: Range, right: Range) -> bool:
    """left lies at the start of right"""
    same_start = equal(left.start, right.start) and left.start_closed == right.start_closed
    return same_start and _ends_before(left, right)


def starts_range(point: Any, span: Range) -> bool:
    """point is the start of span"""
    return span.start_closed and equal(span.start, point)


def coincide(left: Range, right: Range) -> bool:
    """left and right are the same range"""
    bounds = (left.start_closed, left.end_closed) == (right.start_closed, right.end_closed)
    return bounds and equal(left.start, right.start) and equal(left.end, right.end)


Relation = Callable[[Any, Any], bool]
R, P = True, False  # a range, a point


def _turned(relation: Relation) -> Relation:
    return lambda left, right: relation(right, left)


_PAIR = "point1, point2"
_POINT_RANGE = "point, range"
_RANGE_POINT = "range, point"
_RANGES = "range1, range2"

# The parameter names of each function, and what it asks of (range or point, range or point).
RELATIONS: dict[str, tuple[tuple[str, ...], dict[tuple[bool, bool], Relation]]] = {
    "before": (
        (_PAIR, _POINT_RANGE, _RANGE_POINT, _RANGES),
        {(P, P): less, (P, R): before_range, (R, P): range_before, (R, R): before_ranges},
    ),
    "after": (
        (_PAIR, _POINT_RANGE, _RANGE_POINT, _RANGES),
        {
            (P, P): _turned(less),
            (P, R): _turned(range_before),
            (R, P): _turned(before_range),
            (R, R): _turned(before_ranges),
        },
    ),
    "meets": ((_RANGES,), {(R, R): meets}),
    "met by": ((_RANGES,), {(R, R): _turned(meets)}),
    "overlaps": ((_RANGES,), {(R, R): overlaps}),
    "overlaps before": ((_RANGES,), {(R, R): overlaps_before}),
    "overlaps after": ((_RANGES,), {(R, R): _turned(overlaps_before)}),
    "finishes": ((_POINT_RANGE, _RANGES), {(P, R): finishes_range, (R, R): finishes_ranges}),
    "finished by": ((_POINT_RANGE, _RANGES), {(R, P): _turned(finishes_range), (R, R): _turned(finishes_ranges)}),
    "includes": ((_RANGE_POINT, _RANGES), {(R, P): includes_point, (R, R): includes_ranges}),
    "during": ((_POINT_RANGE, _RANGES), {(P, R): _turned(includes_point), (R, R): _turned(includes_ranges)}),
    "starts": ((_POINT_RANGE, _RANGES), {(P, R): starts_range, (R, R): starts_ranges}),
    "started by": ((_RANGE_POINT, _RANGES), {(R, P): _turned(starts_range), (R, R): _turned(starts_ranges)}),
    "coincides": ((_PAIR, _RANGES), {(P, P): equal, (P, R): equal, (R, P): equal, (R, R): coincide}),
}


def _body(cases: dict[tuple[bool, bool], Relation]) -> Callable[..., Any]:
    def ask(_run: Run, left: Any, right: Any) -> Any:
        relation = cases.get((isinstance(left, Range), isinstance(right, Range)))
        if not comparable(left, right):
            return illegal(left, right)
        if relation is None:
            raise FeelEvaluationError(f"'{show(left)}' and '{show(right)}' have no such relation")
        return relation(left, right)

    return ask


for _name, (_declarations, _cases) in RELATIONS.items():
    library.builtin(_name, *_declarations)(_body(_cases))
