"""Variables that a model sets and nobody looks at: mostly a slip in a name, while another one keeps its old value."""

from __future__ import annotations

from collections.abc import Iterator

from workers.workshop.bpmn import BPMN, ZEEBE, Element, kind
from workers.workshop.check.findings import Finding, did_you_mean
from workers.workshop.check.flow import DataFlow
from workers.workshop.check.project import Project
from workers.workshop.check.rules.say import WARNING, at
from workers.workshop.model import Model, extension, headers, mappings


def check(project: Project, flow: DataFlow) -> Iterator[Finding]:
    """Every variable set by a mapping, a script or a decision is read in its process, or by who called it."""
    _by_callers(project, flow)
    for model in project.models:
        read = flow.names_read.get(model.process_id, set()) | _copied(model)
        for node in model.nodes:
            for name in _set_by(node):
                if name and name not in read:
                    yield at(
                        model,
                        node,
                        "variable-unread",
                        f"It sets '{name}', which nobody in the process reads",
                        "A slip in the name leaves the variable that was meant as it was",
                        f"{did_you_mean(name, read)} Or leave it out",
                        severity=WARNING,
                    )


def _set_by(node: Element) -> Iterator[str]:
    yield from dict.fromkeys(target.split(".")[0] for target, _ in mappings(node, "output"))
    if kind(node) == "callActivity":
        return
    for name in ("script", "calledDecision"):
        element = extension(node, name)
        if element is not None:
            yield element.get("resultVariable") or ""
    for loop in node.iterfind(f"{BPMN}multiInstanceLoopCharacteristics//{ZEEBE}loopCharacteristics"):
        yield loop.get("outputCollection") or ""


def _copied(model: Model) -> set[str]:
    """What published messages carry along."""
    return {name.strip() for node in model.nodes for name in headers(node).get("variables", "").split(",")}


def _by_callers(project: Project, flow: DataFlow) -> None:
    """What a caller takes back is read in the called process."""
    for model in project.models:
        for call in model.all("callActivity"):
            called = extension(call, "calledElement")
            if called is None:
                continue
            names = {source.lstrip("= ").split(".")[0] for _, source in mappings(call, "output")}
            everything = called.get("propagateAllChildVariables") != "false" and not names
            target = project.processes.get(called.get("processId") or "")
            if target is not None:
                every = {name for node in target.nodes for name in _set_by(node)} if everything else names
                flow.looked_up(called.get("processId"), every)
