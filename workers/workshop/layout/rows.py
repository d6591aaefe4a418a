"""Where nodes stand: a rank (column) by the longest way from the start, a row by the chain of nodes they belong to."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from workers.workshop.layout.scopes import ASIDE, Scope

Cell = tuple[int, int]
"""Rank and row."""


@dataclass(slots=True)
class _Graph:
    """The forward flows between the nodes of a scope; boundary events count as their host."""

    nodes: list[str]
    out: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    into: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    aside: set[tuple[str, str]] = field(default_factory=set)
    """Flows that leave at a border: never the main way."""
    starts: set[str] = field(default_factory=set)


def cells(scope: Scope) -> dict[str, Cell]:
    """Rank and row of every node that is joined by flows (no boundary event, no event sub-process, no annotation)."""
    graph = _graph(scope)
    ranks = _ranks(graph)
    return {node: (ranks[node], row) for node, row in _Rows(graph, ranks).assigned().items()}


def _graph(scope: Scope) -> _Graph:
    nodes = [n.id for n in scope.nodes.values() if n.host is None and not n.is_apart and n.kind not in ASIDE]
    known = set(nodes)
    every: dict[str, list[str]] = defaultdict(list)
    graph = _Graph(nodes, starts={n for n in nodes if scope.nodes[n].kind == "startEvent"})
    for flow in scope.flows:
        ends = scope.host(flow.source), scope.host(flow.target)
        if known.issuperset(ends) and ends[0] != ends[1] and ends[1] not in every[ends[0]]:
            every[ends[0]].append(ends[1])
            if scope.nodes[flow.source].host:
                graph.aside.add(ends)
    back = _back(_starts_first(scope, nodes, every), every)
    for source, targets in every.items():
        for target in targets:
            if (source, target) not in back:
                graph.out[source].append(target)
                graph.into[target].append(source)
    return graph


def _starts_first(scope: Scope, nodes: list[str], out: dict[str, list[str]]) -> list[str]:
    entered = {target for targets in out.values() for target in targets}
    return sorted(nodes, key=lambda n: (scope.nodes[n].kind != "startEvent", n in entered))


def _back(roots: list[str], out: dict[str, list[str]]) -> set[tuple[str, str]]:
    """The flows that lead back: found by a walk in depth that keeps to the order of the file."""
    found: set[tuple[str, str]] = set()
    state: dict[str, int] = {}
    for root in roots:
        if root in state:
            continue
        state[root] = 1
        walk = [(root, iter(out.get(root, ())))]
        while walk:
            node, targets = walk[-1]
            target = next(targets, None)
            if target is None:
                state[node] = 2
                walk.pop()
            elif target not in state:
                state[target] = 1
                walk.append((target, iter(out.get(target, ()))))
            elif state[target] == 1:
                found.add((node, target))
    return found


def _ranks(graph: _Graph) -> dict[str, int]:
    """The longest way from a start; what nothing leads to stands right of the starts unless it begins a way itself."""
    ranks: dict[str, int] = {}
    waiting = {node: len(graph.into[node]) for node in graph.nodes}
    ready = [node for node in graph.nodes if not waiting[node]]
    while ready:
        node = ready.pop(0)
        first = 1 if graph.starts and node not in graph.starts else 0
        ranks[node] = max((ranks[s] + 1 for s in graph.into[node]), default=first)
        for target in graph.out[node]:
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    return ranks


class _Rows:
    """Chains of nodes, the longest first, each in the nearest row below its branch that is free over its whole width."""

    def __init__(self, graph: _Graph, ranks: dict[str, int]) -> None:
        self.graph, self.ranks = graph, ranks
        self.height = self._heights()
        self.row: dict[str, int] = {}
        self.taken: dict[int, list[Cell]] = defaultdict(list)

    def assigned(self) -> dict[str, int]:
        """The row of every node."""
        roots = [node for node in self.graph.nodes if not self.graph.into[node]]
        for root in sorted(roots, key=lambda n: -self.height[n]):
            if root not in self.row:
                self._chain(root, None)
        return self.row

    def _heights(self) -> dict[str, int]:
        height: dict[str, int] = {}
        for node in sorted(self.graph.nodes, key=lambda n: -self.ranks[n]):
            height[node] = max((height[t] + 1 for t in self.graph.out[node]), default=0)
        return height

    def _chain(self, first: str, branch: str | None) -> None:
        chain = [first]
        claimed = {first}
        while (following := self._next(chain[-1], claimed)) is not None:
            chain.append(following)
            claimed.add(following)
        joins = [self.ranks[t] - 1 for t in self.graph.out[chain[-1]]]
        begin = self.ranks[branch if branch is not None else first]
        end = max([self.ranks[chain[-1]], *joins])
        row = self._free(self.row[branch] + 1 if branch is not None else 0, (begin, end))
        for node in chain:
            self.row[node] = row
        for node in reversed(chain):
            for target in sorted(self.graph.out[node], key=lambda t: self.height[t]):
                if target not in self.row:
                    self._chain(target, node)

    def _next(self, node: str, claimed: set[str]) -> str | None:
        open_ways = [t for t in self.graph.out[node] if t not in self.row and t not in claimed]
        return max(open_ways, key=lambda t: ((node, t) not in self.graph.aside, self.height[t]), default=None)

    def _free(self, row: int, span: Cell) -> int:
        while any(begin <= span[1] and span[0] <= end for begin, end in self.taken[row]):
            row += 1
        self.taken[row].append(span)
        return row
