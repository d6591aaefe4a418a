"""Task types, headers and errors: what models ask of workers and what workers throw at models."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, ValidationError

from workers.workshop.bpmn import BPMN, SUB_PROCESSES, Element, kind
from workers.workshop.check.contracts import FAULTS, Worker, alias, shape_of
from workers.workshop.check.findings import Finding, did_you_mean
from workers.workshop.check.project import Project
from workers.workshop.check.rules.say import WARNING, at
from workers.workshop.model import Model, event_definition, extension, headers, name_of, task_type

UNUSED_BY_DESIGN = frozenset({"adobe-cancel-agreement"})
"""Workers of the saga's sweep, which come with a later model."""


def check(project: Project) -> Iterator[Finding]:
    """All rules of this page for all models."""
    used: set[str] = set()
    for model in project.models:
        for node in model.nodes:
            kinds = _job_types(node)
            used |= {each for each, _ in kinds}
            for each, definition in kinds:
                yield from _job(project, model, node, each, definition)
        yield from _errors(project, model)
    if project.models and project.decisions and project.forms:
        yield from _unused(project, used)


def _job_types(node: Element) -> list[tuple[str, Element]]:
    """The job types of an element: its own and those of its listeners."""
    own = extension(node, "taskDefinition")
    found = [] if own is None else [own]
    for name in ("executionListener", "taskListener"):
        found += _listeners(node, name)
    return [(each.get("type") or "", each) for each in found if not (each.get("type") or "").startswith("=")]


def _listeners(node: Element, name: str) -> list[Element]:
    extensions = node.find(f"{BPMN}extensionElements")
    return [] if extensions is None else [e for e in extensions.iter() if isinstance(e.tag, str) and kind(e) == name]


def _job(project: Project, model: Model, node: Element, job_type: str, definition: Element) -> Iterator[Finding]:
    worker = project.workers.get(job_type)
    if worker is None:
        yield at(
            model,
            node,
            "task-type",
            f"No worker serves the task type '{job_type}'" if job_type else "The task has no type",
            "The job would wait for ever",
            f"{did_you_mean(job_type, project.workers)} A new type: `fsm new-task {job_type or 'my-type'}`",
        )
        return
    retries = definition.get("retries") or "3"
    if not retries.startswith("=") and (not retries.isdigit() or int(retries) < 1):
        yield at(
            model, node, "retries", f"The job has {retries} tries", "It becomes an incident at once", "Set retries to 3"
        )
    elif retries != "3" and kind(definition) == "taskDefinition":
        yield at(
            model,
            node,
            "retries",
            f"The job has {retries} tries, all others have 3",
            "Backoff and alarms are made for 3",
            "Set retries to 3",
            severity=WARNING,
        )
    if kind(definition) == "taskDefinition":
        yield from _headers(model, node, worker)


def _headers(model: Model, node: Element, worker: Worker) -> Iterator[Finding]:
    given = headers(node)
    if worker.headers is None:
        for name in given:
            yield at(
                model,
                node,
                "header",
                f"The worker '{worker.type}' reads no header '{name}'",
                "It is ignored",
                "Remove it",
            )
        return
    known = {alias(n, i): i for n, i in worker.headers.model_fields.items()}
    for name in given:
        if name not in known:
            yield at(
                model,
                node,
                "header",
                f"The worker '{worker.type}' reads no header '{name}'",
                "It is ignored",
                did_you_mean(name, known),
            )
    yield from _header_values(model, node, worker.headers, given)


def _header_values(model: Model, node: Element, contract: type[BaseModel], given: dict[str, str]) -> Iterator[Finding]:
    try:
        contract.model_validate(given)
    except ValidationError as error:
        for fault in error.errors():
            name = str(fault["loc"][0]) if fault["loc"] else ""
            field = next((i for n, i in contract.model_fields.items() if alias(n, i) == name or n == name), None)
            allowed = shape_of(field.annotation).words if field else None
            said = (
                f"The header '{name}' is missing"
                if fault["type"] == "missing"
                else f"The header '{name}' is '{given.get(name)}'"
            )
            fix = did_you_mean(given.get(name, ""), allowed) if allowed else str(fault["msg"])
            yield at(model, node, "header", said, "The job would become an incident", fix)


def _unused(project: Project, used: set[str]) -> Iterator[Finding]:
    for name in sorted(set(project.workers) - used - UNUSED_BY_DESIGN):
        yield Finding(
            rule="unused-worker",
            file=project.models[0].path.parent,
            element=name,
            what=f"No model uses the worker '{name}'",
            why="A worker nobody calls is dead, or a task lost its type",
            fix="Use it in a model, or remove it",
            severity=WARNING,
        )


# -- errors --------------------------------------------------------------------------------------------------------------


def _errors(project: Project, model: Model) -> Iterator[Finding]:
    calls = (extension(c, "calledElement") for m in project.models for c in m.all("callActivity"))
    called = {c.get("processId") for c in calls if c is not None}
    for node in model.nodes:
        raised = raised_by(project, model, node)
        caught = _caught_at(model, node)
        if kind(node) in SUB_PROCESSES:
            raised = _raised_inside(project, model, node)
        else:
            for code in sorted(raised - FAULTS):
                if not _is_caught(model, node, code) and not (kind(node) == "endEvent" and model.process_id in called):
                    yield at(
                        model,
                        node,
                        "error-not-caught",
                        f"It can end with the error '{code}', but nothing catches it",
                        "The instance would stop with an incident",
                        f"Draw an error boundary event with the code {code}",
                    )
        is_unknown = bool(task_type(node)) and task_type(node) not in project.workers
        for event, code in () if is_unknown else caught:
            if code and code not in raised | (FAULTS if task_type(node) else set()):
                yield at(
                    model,
                    event,
                    "error-not-thrown",
                    f"It catches the error '{code}', which '{name_of(node) or node.get('id')}' never throws",
                    "The way behind it is never taken",
                    did_you_mean(code, raised - FAULTS) or "Remove it",
                )


def _caught_at(model: Model, node: Element) -> list[tuple[Element, str]]:
    events = model.boundaries.get(node.get("id"), [])
    return [(e, code) for e in events if (code := model.error_code(e)) is not None]


def raised_by(project: Project, model: Model, node: Element) -> set[str]:
    """The error codes an element itself can end with."""
    if kind(node) == "endEvent":
        return {model.error_code(node) or ""} - {""}
    if kind(node) == "callActivity":
        called = extension(node, "calledElement")
        process = "" if called is None else called.get("processId") or ""
        callee = project.processes.get(process)
        return set() if callee is None else _leaving(project, callee, callee.by_id[process])
    worker = project.workers.get(task_type(node))
    return set() if worker is None else set(worker.raises)


def _leaving(project: Project, model: Model, process: Element) -> set[str]:
    """The codes thrown in a process by end events that nothing inside catches."""
    ends = [n for n in process.iter(f"{BPMN}endEvent") if model.error_code(n)]
    return {code for n in ends if (code := model.error_code(n)) and not _is_caught(model, n, code)}


def _raised_inside(project: Project, model: Model, scope: Element) -> set[str]:
    nodes = [n for n in model.nodes if n is not scope and scope in n.iterancestors()]
    return {code for n in nodes for code in raised_by(project, model, n)} | FAULTS


def _is_caught(model: Model, node: Element, code: str) -> bool:
    """Whether a boundary event here or around, or an event sub-process around, catches a code."""
    current: Element | None = node
    while current is not None and kind(current) != "process":
        if any(caught in ("", code) for _, caught in _caught_at(model, current)):
            return True
        scope = model.scope(current)
        if scope is not None and _has_handler(model, scope, code, current):
            return True
        current = scope
    return False


def _has_handler(model: Model, scope: Element, code: str, inside: Element) -> bool:
    for sub in scope:
        if sub is not inside and sub.get("triggeredByEvent") == "true":
            starts = [s for s in sub if kind(s) == "startEvent" and event_definition(s) == "errorEventDefinition"]
            if any(model.error_code(s) in ("", code) for s in starts):
                return True
    return False
