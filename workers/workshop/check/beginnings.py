"""What is known before an element, by the way in which it begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.workshop.bpmn import BPMN, SUB_PROCESSES, Element, kind
from workers.workshop.check.states import EMPTY, LOOSE, State, forgetful, meet
from workers.workshop.check.verdicts import condition, split, verdict
from workers.workshop.model import Model, event_definition, extension

if TYPE_CHECKING:
    from workers.workshop.check.flow import DataFlow


def before(flow: DataFlow, model: Model, node: Element) -> State | None:
    """The state in which an element begins; None while no way has come here."""
    what = kind(node)
    if what == "boundaryEvent":
        return _at_boundary(flow, model, node)
    if what == "startEvent":
        return _at_start(flow, model, node)
    if node.get("isForCompensation") == "true":
        return _at_undoing(flow, model, node)
    if node.get("triggeredByEvent") == "true":
        return flow.outside(model, model.scope(node))
    arrows = model.incoming.get(node.get("id"), [])
    if not arrows and kind(model.scope(node)) == "adHocSubProcess":
        return flow.inside(model, model.scope(node))
    return meet([_through(flow, model, arrow) for arrow in arrows])


def _through(flow: DataFlow, model: Model, arrow: Element) -> State | None:
    """What is known on a flow: of several cases only those that can take it."""
    state = flow.after.get((model.process_id, arrow.get("sourceRef")))
    source = model.by_id.get(arrow.get("sourceRef") or "")
    if state is None or not state.cases or source is None or kind(source) != "exclusiveGateway":
        return state
    conditions = {f.get("id"): condition(f) for f in model.outgoing[source.get("id")]}
    mine = conditions.pop(arrow.get("id"))
    others = [c for c in conditions.values() if c is not None]

    def can_pass(case: State) -> bool:
        if mine is not None:
            return verdict(mine, case) is not False
        return not any(verdict(other, case) for other in others)

    every = [c for c in (mine, *others) if c is not None]
    return forgetful(meet([case for case in state.cases if any(map(can_pass, split(case, every)))]))


def _at_boundary(flow: DataFlow, model: Model, event: Element) -> State | None:
    host = model.by_id.get(event.get("attachedToRef") or "")
    if host is None:
        return None
    before = flow.before.get((model.process_id, host.get("id")))
    if before is None:
        return None
    if event_definition(event) == "compensateEventDefinition":
        return flow.after.get((model.process_id, host.get("id")))
    if kind(host) in SUB_PROCESSES:
        return before.maybe(flow.anything_in(model, host))
    return before


def _at_undoing(flow: DataFlow, model: Model, task: Element) -> State | None:
    associations = model.root.iter(f"{BPMN}association")
    events = [model.by_id.get(a.get("sourceRef")) for a in associations if a.get("targetRef") == task.get("id")]
    states = [_at_boundary(flow, model, event) for event in events if event is not None]
    begun = meet(states)
    return None if begun is None else begun.maybe(flow.anything_in(model, model.scope(task)))


def _at_start(flow: DataFlow, model: Model, start: Element) -> State | None:
    scope = model.scope(start)
    if kind(scope) == "process":
        return _at_process_start(flow, scope, start)
    if scope.get("triggeredByEvent") == "true":
        return flow.outside(model, model.scope(scope))
    return flow.inside(model, scope)


def _at_process_start(flow: DataFlow, process: Element, start: Element) -> State | None:
    if event_definition(start):
        return EMPTY
    callers = flow.handed.get(process.get("id"), {})
    if callers:
        return meet(callers.values())
    return None if process.get("id") in _called(flow) else LOOSE


def _called(flow: DataFlow) -> set[str]:
    calls = (extension(c, "calledElement") for model in flow.project.models for c in model.all("callActivity"))
    return {c.get("processId") for c in calls if c is not None}
