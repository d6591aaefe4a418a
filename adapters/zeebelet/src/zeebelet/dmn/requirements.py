"""Who requires whom: refuses circles, which no order of evaluation could satisfy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..model import dmn as model

CYCLIC_DECISIONS = "Invalid DMN model: Cyclic dependencies between decisions detected."
CYCLIC_KNOWLEDGE = "Invalid DMN model: Cyclic dependencies between BKMs detected."

CYCLIC_TYPES = "Invalid DMN model: Cyclic dependencies between item definitions detected."


def circles(definitions: model.Definitions) -> list[str]:
    """What is wrong with the requirements of a model."""
    namespace = definitions.namespace
    decisions = {d.id: _local(d.decisions, namespace) for d in definitions.decisions}
    knowledge = {k.id: _local(k.knowledge, namespace) for k in definitions.knowledge}
    aliases = {item.name: [item.type_ref] for item in definitions.items}  # a structure may contain itself
    found = [(CYCLIC_DECISIONS, decisions), (CYCLIC_KNOWLEDGE, knowledge), (CYCLIC_TYPES, aliases)]
    return [sentence for sentence, graph in found if _has_circle(graph)][:1]


def _local(references: Iterable[model.Reference], namespace: str) -> list[str]:
    return [ref.id for ref in references if ref.namespace in ("", namespace)]


def _has_circle(graph: Mapping[str, list[str]]) -> bool:
    """Take away what requires nothing that is left, until nothing can be taken: what remains is a circle."""
    waiting = {node: {n for n in needed if n in graph} for node, needed in graph.items()}
    users: dict[str, list[str]] = {}
    for node, needed in waiting.items():
        for other in needed:
            users.setdefault(other, []).append(node)
    free = [node for node, needed in waiting.items() if not needed]
    while free:
        node = free.pop()
        del waiting[node]
        for user in users.get(node, ()):
            waiting[user].discard(node)
            if not waiting[user]:
                free.append(user)
    return bool(waiting)
