"""Finds loops that never wait: an instance in one would keep the engine busy for ever.

The processes of a file are one graph: a sub-process leads to its start event, an end event in it to what follows the sub-process,
a call activity to the start event of a process of the same file. Strongly connected parts are found in linear time.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from zeebelet.graph import Element, ExecutableProcess
from zeebelet.processors.deploying.components import components

# A loop of gateways and sub-processes alone is accepted; everything else waits for something from outside.
TASKS = frozenset(
    {"TASK", "MANUAL_TASK", "SCRIPT_TASK", "BUSINESS_RULE_TASK", "CALL_ACTIVITY", "INTERMEDIATE_THROW_EVENT"}
)
SILENT = frozenset(
    {"EXCLUSIVE_GATEWAY", "PARALLEL_GATEWAY", "INCLUSIVE_GATEWAY", "SUB_PROCESS", "START_EVENT", "END_EVENT"}
)
ENDING = frozenset(
    {"ERROR", "COMPENSATION"}
)  # an end event of these kinds does not lead out of its sub-process at once


class Place(NamedTuple):
    """An element of a process of the file."""

    process_id: str
    element_id: str


def find(processes: Iterable[ExecutableProcess]) -> tuple[str, list[str]] | None:
    """The process that holds a loop without a wait state, and the loop's elements, the first again at the end."""
    graph = _Graph({process.id: process for process in processes})
    looping = {place: part for part in components(graph.steps) for place in part}
    for place in graph.steps:
        if place in looping and graph.element(place).type in TASKS:
            return place.process_id, graph.way(place, {place}, looping[place])
    return None


def _passes(element: Element) -> bool:
    """Whether a token leaves it without waiting for a worker or an event."""
    if element.type in TASKS:
        return element.job is None and not (element.type == "SCRIPT_TASK" and element.script is None)
    if element.type == "END_EVENT":
        return element.job is None and element.event_type not in ENDING
    return element.type in SILENT or (element.type == "INTERMEDIATE_CATCH_EVENT" and element.event_type == "LINK")


class _Graph:
    """What follows what without a wait."""

    def __init__(self, processes: dict[str, ExecutableProcess]) -> None:
        self._processes = processes
        self._ways_through: dict[str, list[str]] = {}  # processes that are over as soon as they are called: their ways
        self._find_ways_through()
        self.steps = {place: [*self._after(place), *self._into_call(place)] for place in self._places()}

    def _places(self) -> Iterator[Place]:
        for process in self._processes.values():
            for element in process.elements.values():
                if _passes(element):
                    yield Place(process.id, element.id)

    def element(self, place: Place) -> Element:
        """The element at a place."""
        return self._processes[place.process_id].elements[place.element_id]

    def _called(self, element: Element) -> ExecutableProcess | None:
        is_known = element.call is not None and element.call.process_id.is_static
        return self._processes.get(element.call.process_id.text) if is_known and element.call else None

    def _into_call(self, place: Place) -> list[Place]:
        called = self._called(self.element(place))
        return [Place(called.id, called.root.none_start_id)] if called and called.root.none_start_id else []

    def _after(self, place: Place) -> list[Place]:
        """The next places in the same process."""
        element = self.element(place)
        if element.type == "SUB_PROCESS":
            return self._known(place.process_id, [element.none_start_id])
        if element.type == "CALL_ACTIVITY":
            called = self._called(element)
            return self._leaving(place.process_id, element) if called and called.id in self._ways_through else []
        if element.type == "END_EVENT":
            scope = self._processes[place.process_id].elements[element.scope_id]
            return self._leaving(place.process_id, scope) if scope.type == "SUB_PROCESS" else []
        if element.link_target:
            return self._known(place.process_id, [element.link_target])
        return self._leaving(place.process_id, element)

    def _leaving(self, process_id: str, element: Element) -> list[Place]:
        return self._known(process_id, [flow.target_id for flow in element.outgoing])

    def _known(self, process_id: str, ids: list[str]) -> list[Place]:
        elements = self._processes[process_id].elements
        return [Place(process_id, id_) for id_ in ids if id_ in elements and _passes(elements[id_])]

    def _find_ways_through(self) -> None:
        """A process that is found to be over at once may let those that call it be so too."""
        callers: dict[str, list[str]] = defaultdict(list)
        for process in self._processes.values():
            for called in filter(None, map(self._called, process.elements.values())):
                callers[called.id].append(process.id)
        waiting = deque(self._processes)
        while waiting:
            process_id = waiting.popleft()
            if process_id not in self._ways_through and (way := self._way_through(self._processes[process_id])):
                self._ways_through[process_id] = way
                waiting.extend(callers[process_id])

    def _way_through(self, process: ExecutableProcess) -> list[str]:
        start = Place(process.id, process.root.none_start_id)
        ends = {
            Place(process.id, child)
            for child in process.root.child_ids
            if process.elements[child].type == "END_EVENT" and _passes(process.elements[child])
        }
        return self.way(start, ends) if start.element_id else []

    def way(self, start: Place, goals: set[Place], part: frozenset[Place] | None = None) -> list[str]:
        """The shortest way to one of the goals: inside a strongly connected part, or else inside a process."""
        before: dict[Place, Place] = {}
        waiting = deque([start])
        while waiting:
            place = waiting.popleft()
            following = self.steps[place] if part else self._after(place)
            for step in following:
                if step in goals:
                    return self._shown([*_backwards(before, start, place), step])
                if step not in before and step != start and (part is None or step in part):
                    before[step] = place
                    waiting.append(step)
        return []

    def _shown(self, way: list[Place]) -> list[str]:
        """The ids on a way; where it comes back from a call, what is passed in the called process too."""
        ids = []
        for place, following in pairwise(way):
            called = self._called(self.element(place))
            inside = called is not None and following != Place(called.id, called.root.none_start_id)
            ids += [place.element_id, *(self._ways_through[called.id] if called and inside else ())]
        return [*ids, way[-1].element_id]


def _backwards(before: dict[Place, Place], start: Place, last: Place) -> list[Place]:
    way = [last]
    while way[-1] != start:
        way.append(before[way[-1]])
    return way[::-1]
