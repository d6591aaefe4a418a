"""Strongly connected parts of a graph, in linear time and without recursion (Tarjan)."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

N = TypeVar("N", bound=Hashable)


def components(graph: Mapping[N, Sequence[N]]) -> Iterator[frozenset[N]]:
    """The sets of nodes that lie on a common cycle; a node alone counts only if it leads to itself."""
    search = _Search(graph)
    for node in graph:
        if node not in search.order:
            yield from search.run(node)


class _Search(Generic[N]):
    """A depth-first search that keeps its own stack."""

    def __init__(self, graph: Mapping[N, Sequence[N]]) -> None:
        self._graph = graph
        self.order: dict[N, int] = {}
        self._lowest: dict[N, int] = {}
        self._open: list[N] = []
        self._is_open: set[N] = set()

    def run(self, root: N) -> Iterator[frozenset[N]]:
        """Parts that are reached from a node."""
        path = [(root, iter(self._enter(root)))]
        while path:
            node, following = path[-1]
            step = next((found for found in following if self._look(node, found)), None)
            if step is not None:
                path.append((step, iter(self._enter(step))))
                continue
            path.pop()
            if path:
                above = path[-1][0]
                self._lowest[above] = min(self._lowest[above], self._lowest[node])
            if self._lowest[node] == self.order[node]:
                part = self._close(node)
                if len(part) > 1 or node in self._graph[node]:
                    yield part

    def _enter(self, node: N) -> Sequence[N]:
        self.order[node] = self._lowest[node] = len(self.order)
        self._open.append(node)
        self._is_open.add(node)
        return self._graph[node]

    def _look(self, node: N, step: N) -> bool:
        """Whether a step leads to something new; what is open already is a way back."""
        if step not in self.order:
            return step in self._graph
        if step in self._is_open:
            self._lowest[node] = min(self._lowest[node], self.order[step])
        return False

    def _close(self, node: N) -> frozenset[N]:
        part: set[N] = set()
        while node not in part:
            part.add(self._open.pop())
        self._is_open -= part
        return frozenset(part)
