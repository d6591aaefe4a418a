"""In which order the elements of a model are looked at, so that what is known travels along the flows in few rounds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from workers.workshop.bpmn import BPMN, NODES, SUB_PROCESSES, Element, kind
from workers.workshop.model import Model


def in_order(model: Model) -> list[Element]:
    """Every element after those that lead to it, as far as loops allow (reverse post-order).

    A sub-process comes twice: before what is in it, to say what that sees, and after it, to say what came of it.
    """
    return [node for process in model.root.iter(f"{BPMN}process") for node in _of_scope(model, process)]


def _of_scope(model: Model, scope: Element) -> Iterator[Element]:
    nodes = {node.get("id"): node for node in scope if kind(node) in NODES}
    for ident in _reversed_post_order(nodes, _leads_to(model, nodes)):
        node = nodes[ident]
        yield node
        if kind(node) in SUB_PROCESSES:
            yield from _of_scope(model, node)
            yield node


def _leads_to(model: Model, nodes: Mapping[str, Element]) -> dict[str, list[str]]:
    """Element -> where its flows lead, and its boundary events."""
    found = {ident: [flow.get("targetRef") for flow in model.outgoing.get(ident, [])] for ident in nodes}
    for ident, node in nodes.items():
        if node.get("attachedToRef") in found:
            found[node.get("attachedToRef")].append(ident)
    return {ident: [target for target in targets if target in nodes] for ident, targets in found.items()}


def _reversed_post_order(nodes: Iterable[str], leads_to: Mapping[str, list[str]]) -> list[str]:
    """Begins with what nothing leads to; a loop is entered where it is met first. No recursion: flows may be long."""
    reached = {target for targets in leads_to.values() for target in targets}
    seen: set[str] = set()
    done: list[str] = []
    for root in sorted(nodes, key=lambda ident: ident in reached):
        waiting = [] if root in seen else [(root, iter(leads_to[root]))]
        seen.add(root)
        while waiting:
            ident, targets = waiting[-1]
            target = next((target for target in targets if target not in seen), None)
            if target is None:
                done.append(ident)
                waiting.pop()
            else:
                seen.add(target)
                waiting.append((target, iter(leads_to[target])))
    return done[::-1]
