"""What the data flow finds: names, types, inputs on every way, conditions and timers over what may be missing."""

from __future__ import annotations

from collections.abc import Iterator

from workers.workshop.bpmn import Element, kind
from workers.workshop.check.effects import At, Notes
from workers.workshop.check.findings import Finding
from workers.workshop.check.flow import DataFlow
from workers.workshop.check.project import Project
from workers.workshop.check.rules.say import at
from workers.workshop.model import Model, event_definition, extension


def check(project: Project, flow: DataFlow) -> Iterator[Finding]:
    """Everything the last round of the data flow says, once for each element and problem."""
    noted: list[tuple[Model, Element, Notes]] = []

    def notes(model: Model, node: Element) -> Notes:
        noted.append((model, node, Notes()))
        return noted[-1][2]

    flow.report(notes)
    for model in project.models:
        for node in model.nodes:
            _key(flow, model, node, notes)
    seen: set[tuple[str, str, str]] = set()
    for model, node, found in noted:
        for rule, problem in found.found:
            key = (str(model.path), node.get("id"), problem.what.split(": ", 1)[-1])
            if key not in seen:
                seen.add(key)
                yield at(model, node, rule, *problem)
    yield from _unreached(project, flow)


def _key(flow: DataFlow, model: Model, node: Element, notes: object) -> None:
    """Correlation keys are read when the element (for a boundary event its host) is entered."""
    message = model.message(node)
    state = flow.before.get((model.process_id, node.get("id")))
    if message is None or state is None or kind(node) in ("endEvent", "intermediateThrowEvent"):
        return
    subscription = extension(message, "subscription")
    key = "" if subscription is None else subscription.get("correlationKey") or ""
    if not key.startswith("=") or (kind(node) == "startEvent" and kind(model.scope(node)) == "process"):
        return
    found: Notes = notes(model, node)  # type: ignore[operator]
    shape = At(flow, model, node, found).value(key, state, "correlation key")
    if "missing" in shape.kinds or shape.kinds == {"null"}:
        found.say(
            "correlation-key",
            f"The correlation key '{key[1:]}' is not set on every way that leads here",
            "The instance would stop with an incident",
            "Set it on every path before",
        )


def _unreached(project: Project, flow: DataFlow) -> Iterator[Finding]:
    """Elements no way from a start leads to, although something points at them."""
    for model in project.models:
        for node in model.nodes:
            if flow.before.get((model.process_id, node.get("id"))) is not None or not model.incoming.get(
                node.get("id")
            ):
                continue
            if _starts(model) and not _blocked(project, flow, model, node):
                yield at(
                    model,
                    node,
                    "way",
                    "No way from a start leads here",
                    "It is never carried out",
                    "Draw one, or remove it",
                )


def _starts(model: Model) -> bool:
    return any(kind(child) == "startEvent" for process in model.processes for child in process)


def _blocked(project: Project, flow: DataFlow, model: Model, node: Element) -> bool:
    """Whether something before it was reached: the finding then belongs there."""
    sources = [flow_.get("sourceRef") for flow_ in model.incoming.get(node.get("id"), [])]
    return all(flow.before.get((model.process_id, source)) is None for source in sources) and any(
        event_definition(model.by_id[s]) == "" and model.incoming.get(s) for s in sources if s in model.by_id
    )
