"""publish-event: tells everybody else that something happened; the header `event` names the topic."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from workers.domain import facts
from workers.domain.errors import NotKnown, TenantMismatch
from workers.domain.facts import Fact
from workers.domain.orders import ServiceOrder
from workers.journey import paying
from workers.journey.contract import OrderInput, visit_of
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, Permanent, TaskHeaders, task


class Input(OrderInput):
    """What it is about; which of these are needed depends on the event."""

    visit_id: UUID | None = None
    execution_id: UUID | None = None
    tv_outcome_id: UUID | None = None
    wcf_id: UUID | None = None


class Headers(TaskHeaders):
    """Set in the model."""

    event: str


@task("publish-event", raises=(TenantMismatch,), system="kafka")
def publish_event(data: Input, ctx: Context, *, headers: Headers, unit: UnitOfWork) -> None:
    """Builds the event from the database and records it with this effect."""
    order = unit.orders.of(data)
    build = EVENTS.get(headers.event)
    if build is None:
        raise Permanent(f"Unknown event {headers.event!r} in the task header; known are {', '.join(sorted(EVENTS))}")
    unit.announce(build(unit, order, data))


def _outcome(unit: UnitOfWork, order: ServiceOrder, data: Input) -> Fact:
    if data.tv_outcome_id is None:
        raise Permanent(f"Event {facts.TV_OUTCOME_RECORDED} needs the variable tvOutcomeId, but it is not set")
    return facts.outcome(order, unit.tv_outcomes.get(data.tv_outcome_id))


def _completed(unit: UnitOfWork, order: ServiceOrder, data: Input) -> Fact:
    if data.execution_id is None:
        raise Permanent(f"Event {facts.SERVICE_COMPLETED} needs the variable executionId, but it is not set")
    return facts.completed(order, unit.executions.get(data.execution_id))


def _of_visit(topic: str) -> Callable[[UnitOfWork, ServiceOrder, Input], Fact]:
    def build(unit: UnitOfWork, order: ServiceOrder, data: Input) -> Fact:
        if data.visit_id is None:
            raise Permanent(f"Event {topic} needs the variable visitId, but it is not set")
        visit = visit_of(unit, order, data.visit_id)
        return facts.of_visit(order, visit, topic, state=visit.state.value)

    return build


def _held(unit: UnitOfWork, order: ServiceOrder, data: Input) -> Fact:
    """Nothing was authorized yet: what the customer noted on the signed form stands in the way."""
    if data.wcf_id is None:
        raise Permanent(f"Event {paying.HELD} needs the variable wcfId, but it is not set")
    form = unit.wcfs.get(data.wcf_id)
    if form.order_id != order.id:
        raise NotKnown(f"Expected form {form.id} to belong to order {order.id}, but it belongs to another")
    return paying.kept_back(unit, order, form, "WCF_RESERVATIONS")


EVENTS: Mapping[str, Callable[[UnitOfWork, ServiceOrder, Input], Fact]] = {
    facts.TV_OUTCOME_RECORDED: _outcome,
    facts.SERVICE_COMPLETED: _completed,
    paying.HELD: _held,
    "execution.visit.incomplete": _of_visit("execution.visit.incomplete"),
    "execution.visit.no_show": _of_visit("execution.visit.no_show"),
    "assignments.escalation.created": _of_visit("assignments.escalation.created"),
}
