"""Names beside events, gateways and flows: at the usual place where it is free, else as near as possible."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from workers.workshop.layout import text
from workers.workshop.layout.geometry import Box, Point, stretches
from workers.workshop.layout.scopes import Node, Scope

GAP = 5.0
SEARCH = 160


@dataclass(slots=True)
class Labels:
    """Finds free places one by one; what stands is kept clear of."""

    boxes: list[Box]
    lines: list[Box]
    placed: dict[str, Box] = field(default_factory=dict)

    def put(self, name: str, label: str, wished: Iterable[Point]) -> bool:
        """Places a label with its upper left corner at the first free wish, or near one; False when nothing is free."""
        width, height = text.size(label)
        wishes = [(x, y) for x, y in wished]
        for x, y in [*wishes, *_around(wishes[:2])]:
            box = Box(round(x), round(y), width, height)
            if self._is_free(box):
                self.placed[name] = box
                return True
        self.placed[name] = Box(round(wishes[0][0]), round(wishes[0][1]), width, height)
        return False

    def _is_free(self, box: Box) -> bool:
        near = box.grown(1)
        return not any(
            near.overlaps(other) for group in (self.boxes, self.lines, self.placed.values()) for other in group
        )


def name_all(
    scope: Scope, boxes: dict[str, Box], edges: dict[str, list[Point]], kept: dict[str, Box]
) -> tuple[dict[str, Box], list[str]]:
    """A label for everything named in a scope that has none kept; and those that found no free place."""
    labels = Labels(list(boxes.values()), [s for points in edges.values() for s in stretches(points)], dict(kept))
    missed = []
    nodes = [n for n in scope.nodes.values() if n.has_outer_label and n.id not in kept]
    for node in sorted(nodes, key=lambda n: not n.is_gateway):
        if not labels.put(node.id, node.name, wishes(node, boxes[node.id])):
            missed.append(node.id)
    for flow in scope.flows:
        if flow.name and flow.id not in kept and flow.id in edges:
            gateway = scope.nodes[flow.source].is_gateway
            if not labels.put(flow.id, flow.name, _beside(edges[flow.id], text.size(flow.name), from_start=gateway)):
                missed.append(flow.id)
    return labels.placed, missed


def wishes(node: Node, box: Box) -> list[Point]:
    """Where the label of a shape may stand, the usual place first: below an event, above a gateway."""
    width, height = text.size(node.name)
    x, y = box.centre
    below, above = (x - width / 2, box.bottom + GAP), (x - width / 2, box.y - GAP - height)
    left, right = box.x - GAP - width, box.right + GAP
    sides = [
        (right - 5, box.bottom + 2),
        (left + 5, box.bottom + 2),
        (right, y + 4),
        (left, y + 4),
        (right - 8, box.y - height - 2),
        (left + 8, box.y - height - 2),
        (right, y - height - 4),
        (left, y - height - 4),
    ]
    if node.host:
        return [*sides[:4], below, above, *sides[4:]]
    return [above, below, *sides[4:], *sides[:4]] if node.is_gateway else [below, above, *sides]


def _beside(points: list[Point], size: tuple[float, float], *, from_start: bool) -> list[Point]:
    width, height = size
    found: list[Point] = []
    for (ax, ay), (bx, by) in itertools.pairwise(points):
        if ay == by:
            left = min(ax, bx) + 8 if bx > ax else max(ax, bx) - 8 - width
            middle = (ax + bx - width) / 2
            for x in (left, middle) if from_start else (middle, left):
                found += [(x, ay - height - 3), (x, ay + 3)]
        else:
            top = ay + 8 if by > ay else ay - 8 - height
            for y in (top, (ay + by - height) / 2):
                found += [(ax + 5, y), (ax - 5 - width, y)]
    return found


def _around(wishes: list[Point]) -> Iterator[Point]:
    for far in range(10, SEARCH, 10):
        for x, y in wishes:
            for step in range(-far, far + 1, 10):
                yield from ((x + step, y - far), (x + step, y + far), (x - far, y + step), (x + far, y + step))
