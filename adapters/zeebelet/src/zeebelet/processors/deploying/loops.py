"""Finds loops that never wait: an instance in one would keep the engine busy for ever."""

from __future__ import annotations

from zeebelet.graph import Element, ExecutableProcess

# A loop of gateways alone is accepted; everything else waits for something from outside.
PASSING = frozenset({"TASK", "MANUAL_TASK", "SCRIPT_TASK", "INTERMEDIATE_THROW_EVENT"})
GATEWAYS = frozenset({"EXCLUSIVE_GATEWAY", "PARALLEL_GATEWAY", "INCLUSIVE_GATEWAY"})


def _passes(element: Element) -> bool:
    return element.type in PASSING and not (element.type == "SCRIPT_TASK" and element.script is None)


def find(process: ExecutableProcess) -> list[str]:
    """The elements of a loop without a wait state, the first again at the end; empty when there is none."""
    for element in process.elements.values():
        if _passes(element):
            loop = _back_to(process, element)
            if loop:
                return loop
    return []


def _back_to(process: ExecutableProcess, start: Element) -> list[str]:
    """The shortest way from an element back to it."""
    ways: list[list[str]] = [[start.id]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for flow in process.elements[way[-1]].outgoing:
            target = process.elements.get(flow.target_id)
            if target is start:
                return [*way, start.id]
            if target is not None and target.id not in seen and (_passes(target) or target.type in GATEWAYS):
                seen.add(target.id)
                ways.append([*way, target.id])
    return []
