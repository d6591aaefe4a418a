"""Pixels for ranks and rows: columns as wide as their widest node, room for lines and labels between them."""

from __future__ import annotations

from collections import defaultdict

from workers.workshop.layout.geometry import Box, around
from workers.workshop.layout.rows import Cell, cells
from workers.workshop.layout.scopes import ASIDE, Node, Scope

COLUMN_GAP, ROW_GAP, TRACK = 50.0, 50.0, 10.0
BOUNDARY = 36.0
BOUNDARY_STEP = 100.0
"""From one boundary event to the next on the same border: their labels stand side by side."""


def placed(scope: Scope, inner: dict[str, tuple[float, float]], spread: float) -> dict[str, Box]:
    """A box for every node of a scope, beginning at (0, 0); `inner` holds the sizes of expanded sub-processes.

    `spread` widens all gaps: 1 is the usual picture, more leaves more room for lines.
    """
    sizes = {node.id: _size(scope, node, inner) for node in scope.nodes.values()}
    grid = cells(scope)
    boxes = _on_grid(scope, grid, sizes, spread)
    _put_below(scope, boxes, sizes, spread)
    for host in list(boxes):
        boxes |= on_border(boxes[host], [n.id for n in scope.boundaries(host)])
    _put_aside(scope, boxes, sizes)
    return boxes


def on_border(host: Box, events: list[str]) -> dict[str, Box]:
    """Boundary events side by side on the lower border, the first one at the right."""
    if not events:
        return {}
    step = min(BOUNDARY_STEP, _even((host.width - 20) / len(events)))
    middle = host.x + host.width / 2
    first = _even(middle + step * (len(events) - 1) / 2)
    return {
        event: Box(first - i * step - BOUNDARY / 2, host.bottom - BOUNDARY / 2, BOUNDARY, BOUNDARY)
        for i, event in enumerate(events)
    }


def _size(scope: Scope, node: Node, inner: dict[str, tuple[float, float]]) -> tuple[float, float]:
    width, height = inner.get(node.id, node.size)
    events = len(scope.boundaries(node.id))
    return (max(width, events * BOUNDARY_STEP) if events > 2 else width), height


def _even(value: float) -> float:
    return 10.0 * round(value / 10)


def _on_grid(
    scope: Scope, grid: dict[str, Cell], sizes: dict[str, tuple[float, float]], spread: float
) -> dict[str, Box]:
    columns, rows = _columns(scope, grid, sizes, spread), _lanes(scope, grid, sizes, spread)
    boxes = {}
    for node, (rank, row) in grid.items():
        width, height = sizes[node]
        x, y = columns[rank] - width / 2, rows[row] - height / 2
        boxes[node] = Box(x, y, width, height)
    return boxes


def _columns(
    scope: Scope, grid: dict[str, Cell], sizes: dict[str, tuple[float, float]], spread: float
) -> dict[int, float]:
    """The middle of every rank."""
    wide: dict[int, float] = defaultdict(float)
    tracks: dict[int, int] = defaultdict(int)
    named: set[int] = set()
    for node, (rank, _) in grid.items():
        wide[rank] = max(wide[rank], sizes[node][0])
    for flow in scope.flows:
        source, target = grid.get(scope.host(flow.source)), grid.get(flow.target)
        if source is None or target is None:
            continue
        if source[1] != target[1] or target[0] <= source[0]:
            tracks[source[0]] += 1
            tracks[target[0] - 1] += 1
        if flow.name:
            named.add(source[0])
    middles, x = {}, 0.0
    for rank in range(max(wide, default=-1) + 1):
        middles[rank] = _even(x + wide[rank] / 2)
        gap = COLUMN_GAP + TRACK * min(tracks[rank], 8) + (50 if rank in named else 0)
        x = middles[rank] + wide[rank] / 2 + _even(gap * spread)
    return middles


def _lanes(
    scope: Scope, grid: dict[str, Cell], sizes: dict[str, tuple[float, float]], spread: float
) -> dict[int, float]:
    """The middle of every row."""
    high: dict[int, float] = defaultdict(lambda: 80.0)
    hosts: set[int] = set()
    for node, (_, row) in grid.items():
        high[row] = max(high[row], sizes[node][1])
        if scope.boundaries(node):
            hosts.add(row)
    middles, y = {}, 0.0
    for row in range(max(high, default=-1) + 1):
        middles[row] = _even(y + high[row] / 2)
        y = middles[row] + high[row] / 2 + _even((ROW_GAP + (40 if row in hosts else 0)) * spread)
    return middles


def _put_below(scope: Scope, boxes: dict[str, Box], sizes: dict[str, tuple[float, float]], spread: float) -> None:
    """Event sub-processes stand below the rest, side by side as far as the rest is wide."""
    whole = around(boxes.values()) if boxes else Box(0, 0, 0, 0)
    x, y, tallest = whole.x, whole.bottom + _even(2 * ROW_GAP * spread) if boxes else 0.0, 0.0
    for node in (n for n in scope.nodes.values() if n.is_apart):
        width, height = sizes[node.id]
        if x > whole.x and x + width > whole.right:
            x, y, tallest = whole.x, y + tallest + ROW_GAP, 0.0
        boxes[node.id] = Box(x, y, width, height)
        x, tallest = _even(x + width + COLUMN_GAP), max(tallest, _even(height))


def _put_aside(scope: Scope, boxes: dict[str, Box], sizes: dict[str, tuple[float, float]]) -> None:
    """Annotations and data stand in a line above, near what they belong to."""
    joined = {f.source: f.target for f in scope.flows} | {f.target: f.source for f in scope.flows}
    top = min((b.y for b in boxes.values()), default=0.0) - 2 * ROW_GAP
    right = float("-inf")
    aside = [n.id for n in scope.nodes.values() if n.kind in ASIDE]
    wished = {n: boxes[joined[n]].x if joined.get(n) in boxes else 0.0 for n in aside}
    for node in sorted(aside, key=lambda n: wished[n]):
        width, height = sizes[node]
        x = _even(max(wished[node], right + 20))
        boxes[node] = Box(x, _even(top - height), width, height)
        right = x + width
