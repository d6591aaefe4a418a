"""Lines between shapes: right angles only, around everything, never along another line; the cheapest way is taken."""

from __future__ import annotations

import heapq
import itertools
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from workers.workshop.layout.geometry import Box, Point, straightened
from workers.workshop.layout.scopes import Flow, Scope

STEP, CLEAR = 20.0, 10.0
BEND, CROSSING, SHARED, SOFT = 25.0, 60.0, 0.6, 4.0
NEAR = 6.0
"""Lines closer than this would look like one."""

EAST, SOUTH, WEST, NORTH = range(4)
DX, DY = (1, 0, -1, 0), (0, 1, 0, -1)
FAR_PORT, USED_PORT = 400.0, 120.0
LEAVING = {EAST: 0.0, SOUTH: 35.0, NORTH: 40.0, WEST: FAR_PORT}
LEAVING_TASK = {EAST: 0.0, SOUTH: 90.0, NORTH: 95.0, WEST: FAR_PORT}
ENTERING = {WEST: 0.0, NORTH: 35.0, SOUTH: 30.0, EAST: FAR_PORT}
FROM_BORDER = {SOUTH: 0.0, EAST: 120.0, WEST: 120.0, NORTH: FAR_PORT}


def port(box: Box, side: int) -> Point:
    """The middle of a side."""
    x, y = box.centre
    return x + DX[side] * box.width / 2, y + DY[side] * box.height / 2


@dataclass(slots=True)
class _Used:
    """What already runs through the grid: per link and per crossing the lines that use it."""

    links: dict[tuple[int, int], list[Flow]] = field(default_factory=lambda: defaultdict(list))
    points: dict[int, list[tuple[Flow, int]]] = field(default_factory=lambda: defaultdict(list))
    """A line and its direction there: 0 level, 1 upright, 2 a bend."""
    ports: dict[tuple[str, int], list[bool]] = field(default_factory=lambda: defaultdict(list))
    """Per shape and side, whether each line there leaves."""


class Router:
    """Finds lines one by one in a scope whose shapes stand; lines already drawn are kept clear of."""

    def __init__(self, scope: Scope, boxes: dict[str, Box], kept: dict[str, list[Point]], soft: Iterable[Box]) -> None:
        self.scope, self.boxes = scope, boxes
        self.xs, self.ys = _lines(boxes.values(), kept.values())
        self.wide = len(self.xs)
        self.blocked = bytearray(self.wide * len(self.ys))
        self.soft = bytearray(self.wide * len(self.ys))
        self.used = _Used()
        for box in boxes.values():
            self._mark(self.blocked, box.grown(CLEAR))
        for box in soft:
            self._mark(self.soft, box)
        flows = {flow.id: flow for flow in scope.flows}
        for flow, points in kept.items():
            self._keep(flows[flow], points)

    def route(self, flow: Flow) -> list[Point] | None:
        """The points of a new line; None when there is no way. It is kept clear of from then on."""
        starts, goals = self._starts(flow), self._goals(flow)
        path = self._cheapest(flow, starts, goals)
        if path is None:
            return None
        nodes, way_out, way_in = path
        self.used.ports[flow.source, way_out].append(True)
        self.used.ports[flow.target, way_in].append(False)
        self._remember(flow, nodes)
        inner = [(self.xs[n % self.wide], self.ys[n // self.wide]) for n in nodes]
        return straightened([port(self.boxes[flow.source], way_out), *inner, port(self.boxes[flow.target], way_in)])

    # -- the grid ---------------------------------------------------------------------------------------------------------

    def _span(self, box: Box) -> tuple[range, range]:
        level = range(_after(self.xs, box.x), bisect_left(self.xs, box.right))
        return level, range(_after(self.ys, box.y), bisect_left(self.ys, box.bottom))

    def _mark(self, marks: bytearray, box: Box) -> None:
        level, upright = self._span(box)
        for j in upright:
            for i in level:
                marks[j * self.wide + i] = 1

    def _outside(self, box: Box, side: int) -> int | None:
        """The first free crossing straight out of a side."""
        x, y = port(box, side)
        i, j = _index(self.xs, x), _index(self.ys, y)
        while 0 <= i < self.wide and 0 <= j < len(self.ys):
            ahead = (self.xs[i] - x) * DX[side] + (self.ys[j] - y) * DY[side]
            if ahead >= CLEAR:
                node = j * self.wide + i
                return None if self.blocked[node] else node
            i, j = i + DX[side], j + DY[side]
        return None

    # -- one line ---------------------------------------------------------------------------------------------------------

    def _starts(self, flow: Flow) -> dict[tuple[int, int], float]:
        node = self.scope.nodes[flow.source]
        costs = FROM_BORDER if node.host else LEAVING if node.is_gateway else LEAVING_TASK
        found = {}
        for side, cost in costs.items():
            outside = self._outside(self.boxes[flow.source], side)
            if outside is not None:
                used = self.used.ports[flow.source, side]
                found[outside, side] = cost + USED_PORT * (0.5 * used.count(True) + used.count(False))
        return found

    def _goals(self, flow: Flow) -> dict[tuple[int, int], float]:
        """Crossings before a side of the target, with the direction in which it is entered."""
        found = {}
        for side, cost in ENTERING.items():
            outside = self._outside(self.boxes[flow.target], side)
            if outside is not None:
                found[outside, (side + 2) % 4] = cost + USED_PORT * self.used.ports[flow.target, side].count(True)
        return found

    def _cheapest(
        self, flow: Flow, starts: dict[tuple[int, int], float], goals: dict[tuple[int, int], float]
    ) -> tuple[list[int], int, int] | None:
        """Dijkstra's search with a distance to go; a state is a crossing and the direction in which it was reached."""
        gx = [self.xs[n % self.wide] for n, _ in goals]
        gy = [self.ys[n // self.wide] for n, _ in goals]
        if not goals or not starts:
            return None
        left, right, top, bottom = min(gx), max(gx), min(gy), max(gy)

        def to_go(node: int) -> float:
            x, y = self.xs[node % self.wide], self.ys[node // self.wide]
            return max(left - x, x - right, 0.0) + max(top - y, y - bottom, 0.0)

        best: dict[tuple[int, int], float] = dict(starts)
        origin: dict[tuple[int, int], tuple[int, int]] = {}
        heap = [(cost + to_go(s[0]), cost, s) for s, cost in starts.items() if self._may_pass(flow, s[0], s[1], s[1])]
        heapq.heapify(heap)
        done: set[tuple[int, int]] = set()
        end: tuple[float, tuple[int, int]] | None = None
        while heap:
            guess, cost, state = heapq.heappop(heap)
            if end is not None and guess >= end[0]:
                break
            if state in done:
                continue
            done.add(state)
            if state in goals and (end is None or cost + goals[state] < end[0]):
                end = cost + goals[state], state
            for following, price in self._moves(flow, state):
                total = cost + price
                if total < best.get(following, float("inf")):
                    best[following], origin[following] = total, state
                    heapq.heappush(heap, (total + to_go(following[0]), total, following))
        return None if end is None else _traced(end[1], origin)

    def _moves(self, flow: Flow, state: tuple[int, int]) -> Iterable[tuple[tuple[int, int], float]]:
        node, came = state
        i, j = node % self.wide, node // self.wide
        for way in (came, (came + 1) % 4, (came + 3) % 4):
            if not self._may_pass(flow, node, came, way):
                continue
            ni, nj = i + DX[way], j + DY[way]
            if not (0 <= ni < self.wide and 0 <= nj < len(self.ys)):
                continue
            target = nj * self.wide + ni
            if self.blocked[target]:
                continue
            link = (node, target) if node < target else (target, node)
            owners = self.used.links.get(link, ())
            if any(not flow.shares_end(owner) for owner in owners):
                continue
            length = abs(self.xs[ni] - self.xs[i]) + abs(self.ys[nj] - self.ys[j])
            price = length * (1 + SOFT * self.soft[target])
            price += sum(length * SHARED for owner in owners if owner.target != flow.target)
            price += 0.0 if way == came else BEND
            price += CROSSING * len(self.used.points.get(target, ()))
            yield (target, way), price

    def _may_pass(self, flow: Flow, node: int, came: int, way: int) -> bool:
        """Foreign lines are crossed straight on, at a right angle."""
        here = 2 if came != way else came % 2
        return all(
            flow.shares_end(owner) or (here != 2 and direction == 1 - here)
            for owner, direction in self.used.points.get(node, ())
        )

    # -- lines that stand -------------------------------------------------------------------------------------------------

    def _remember(self, flow: Flow, nodes: list[int]) -> None:
        for a, b in itertools.pairwise(nodes):
            self.used.links[min(a, b), max(a, b)].append(flow)
        for k, node in enumerate(nodes):
            before, after = nodes[max(k - 1, 0)], nodes[min(k + 1, len(nodes) - 1)]
            level, upright = before // self.wide == after // self.wide, before % self.wide == after % self.wide
            self.used.points[node].append((flow, 0 if level else 1 if upright else 2))

    def _keep(self, flow: Flow, points: list[Point]) -> None:
        nodes: list[int] = []
        for a, b in itertools.pairwise(points):
            i, j = _index(self.xs, a[0]), _index(self.ys, a[1])
            ei, ej = _index(self.xs, b[0]), _index(self.ys, b[1])
            nodes += [
                y * self.wide + x
                for y in (range(min(j, ej), max(j, ej) + 1) if ej >= j else range(j, ej - 1, -1))
                for x in (range(min(i, ei), max(i, ei) + 1) if ei >= i else range(i, ei - 1, -1))
            ]
        nodes = [n for k, n in enumerate(nodes) if k == 0 or nodes[k - 1] != n]
        self._remember(flow, nodes)
        for end, leaves, point in ((flow.source, True, points[0]), (flow.target, False, points[-1])):
            for side in range(4):
                at = port(self.boxes[end], side)
                if abs(at[0] - point[0]) + abs(at[1] - point[1]) <= NEAR:
                    self.used.ports[end, side].append(leaves)


def _traced(state: tuple[int, int], origin: dict[tuple[int, int], tuple[int, int]]) -> tuple[list[int], int, int]:
    way_in = (state[1] + 2) % 4
    nodes = [state[0]]
    while state in origin:
        state = origin[state]
        nodes.append(state[0])
    return nodes[::-1], state[1], way_in


def _lines(boxes: Iterable[Box], kept: Iterable[list[Point]]) -> tuple[list[float], list[float]]:
    """The lines of the grid: through the middle of shapes and along kept lines, and evenly between."""
    every = list(boxes)
    fixed = [p for points in kept for p in points] + [box.centre for box in every]
    left, top = min(b.x for b in every) - 80, min(b.y for b in every) - 80
    right, bottom = max(b.right for b in every) + 80, max(b.bottom for b in every) + 80
    return _axis({p[0] for p in fixed}, left, right), _axis({p[1] for p in fixed}, top, bottom)


def _axis(fixed: set[float], low: float, high: float) -> list[float]:
    lines = sorted(fixed)
    first = STEP * (low // STEP)
    for k in range(int((high - first) / STEP) + 2):
        value = first + k * STEP
        at = bisect_left(lines, value - NEAR)
        if at == len(lines) or lines[at] > value + NEAR:
            lines.insert(bisect_left(lines, value), value)
    return lines


def _after(lines: list[float], value: float) -> int:
    """The index of the first line beyond a value."""
    at = bisect_left(lines, value)
    return at + 1 if at < len(lines) and lines[at] == value else at


def _index(lines: list[float], value: float) -> int:
    """The line nearest to a value."""
    at = bisect_left(lines, value)
    return min((k for k in (at - 1, at) if 0 <= k < len(lines)), key=lambda k: abs(lines[k] - value))
