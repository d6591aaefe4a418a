"""What happened, as told to others: topic, key and payload, before it gets an id and an envelope (domain brief 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workers.domain.assignments import Assignment, Offer
from workers.domain.desk import OperatorTask
from workers.domain.matters import Matter
from workers.domain.negotiations import DateNegotiation
from workers.domain.notifications import Notification
from workers.domain.onboarding import ProviderDocument
from workers.domain.orders import ServiceOrder
from workers.domain.providers import Provider
from workers.domain.visits import Booking, Execution, TvOutcome, Visit

ORDER_CREATED = "projects.service_order.created"
STATUS_CHANGED = "projects.service_order.status_changed"
ORDER_CLOSED = "projects.service_order.closed"
TV_OUTCOME_RECORDED = "projects.tv_outcome.recorded"
SERVICE_COMPLETED = "execution.service.completed"
WCF_SIGNED = "contracts.wcf.signed"
MESSAGE_STATUS = "notifications.message.status"
PROVIDER_MOVED = "providers.provider.status_changed"
DOCUMENT_STATUS = "providers.document.status_changed"
TASK_CREATED = "projects.task.created"
TASK_ESCALATED = "tasks.task.escalated"


@dataclass(frozen=True, slots=True)
class Fact:
    """A business event without id and envelope; `payload` is JSON-ready and holds no personal data."""

    topic: str
    key: str
    payload: Mapping[str, Any]
    country_code: str
    bu_code: str
    correlation_id: str


def of_order(order: ServiceOrder, topic: str, **payload: Any) -> Fact:
    """A fact about the order itself."""
    return _fact(order, topic, f"{order.country_code}_{order.id}", payload)


def of_visit(order: ServiceOrder, visit: Visit, topic: str, **payload: Any) -> Fact:
    """A fact about a visit."""
    return _fact(order, topic, f"{visit.country_code}_{visit.id}", {"visitId": str(visit.id), **payload})


def _fact(order: ServiceOrder, topic: str, key: str, payload: Mapping[str, Any]) -> Fact:
    body = {"serviceOrderId": str(order.id), **payload}
    return Fact(topic, key, body, order.country_code, order.bu_code, order.order_key)


def status_changed(order: ServiceOrder, source: str, *, by: str, reason: str | None) -> Fact:
    """A move of the order; `order` is the order after it."""
    return of_order(order, STATUS_CHANGED, **{"from": source, "to": order.state.value, "by": by, "reason": reason})


def booking(order: ServiceOrder, item: Booking, what: str) -> Fact:
    """`held`, `confirmed` or `released`."""
    payload = {
        "bookingId": str(item.id),
        "visitId": str(item.visit_id),
        "startQuarter": item.start_q,
        "endQuarter": item.end_q,
    }
    return _fact(order, f"scheduling.booking.{what}", f"{item.team_id}_{item.day.isoformat()}", payload)


def offer(order: ServiceOrder, item: Offer, what: str, **more: Any) -> Fact:
    """`created`, `accepted`, `rejected`, `auto_accepted` or `expired`."""
    payload = {"offerId": str(item.id), "visitId": str(item.visit_id), "mode": item.mode.value}
    payload["expiresAt"] = item.expires_at.isoformat()
    return _fact(order, f"assignments.offer.{what}", f"{item.provider_id}_{item.visit_id}", payload | more)


def broadcast_accepted(order: ServiceOrder, won: Offer) -> Fact:
    """The first yes of those who were asked at once."""
    payload = {"broadcastId": str(won.broadcast_id), "offerId": str(won.id), "visitId": str(won.visit_id)}
    payload["providerId"] = str(won.provider_id)
    return _fact(order, "assignments.broadcast.accepted", str(won.broadcast_id), payload)


def negotiation(order: ServiceOrder, item: DateNegotiation, what: str) -> Fact:
    """`proposed`, `accepted`, `rejected` or `failed`: the newest round of a date negotiation."""
    last = item.last
    payload = {"negotiationId": str(item.id), "offerId": str(item.offer_id), "visitId": str(item.visit_id)}
    payload |= {"by": last.by.value, "date": last.day.isoformat()}
    return _fact(order, f"assignments.date.negotiation_{what}", str(item.visit_id), payload | {"round": last.n})


def assignment(order: ServiceOrder, item: Assignment, what: str, **more: Any) -> Fact:
    """`confirmed` or `cancelled`."""
    payload = {"assignmentId": str(item.id), "visitId": str(item.visit_id), "teamId": str(item.team_id)}
    return _fact(order, f"assignments.assignment.{what}", f"{item.provider_id}_{item.visit_id}", payload | more)


def team(order: ServiceOrder, execution: Execution, topic: str, **payload: Any) -> Fact:
    """Something a team did on site."""
    body = {"visitId": str(execution.visit_id), "executionId": str(execution.id), **payload}
    return _fact(order, topic, f"{execution.team_id}_{execution.visit_id}", body)


def of_message(matter: Matter, row: Notification) -> Fact:
    """What became of a message: never its address."""
    payload = {"notificationId": row.id, "template": row.template, "recipient": row.recipient.value}
    payload |= {"channel": row.channel, "status": row.status.value}
    if isinstance(matter, ServiceOrder):
        return _fact(matter, MESSAGE_STATUS, row.id, payload)
    return of_provider(matter, MESSAGE_STATUS, key=row.id, serviceOrderId=None, **payload)


def of_provider(provider: Provider, topic: str, *, key: str = "", **payload: Any) -> Fact:
    """A fact about a provider, where there is no order."""
    told = {"providerId": str(provider.id), **payload}
    owner = str(provider.id)
    return Fact(topic, key or owner, told, provider.country_code, provider.bu_code, f"provider:{owner}")


def provider_moved(provider: Provider, source: str | None, *, reason: str) -> Fact:
    """A provider came, or changed its state; `provider` is the one after it."""
    told: dict[str, Any] = {"from": source, "to": provider.status.value, "reason": reason}
    return of_provider(provider, PROVIDER_MOVED, **told)


def document_of(provider: Provider, document: ProviderDocument, what: str) -> Fact:
    """`approved`, `rejected`, `expiring` or `expired`."""
    until = document.valid_until.isoformat() if document.valid_until else None
    told: dict[str, Any] = {
        "documentId": str(document.id),
        "kind": document.kind.value,
        "validUntil": until,
        "status": what,
    }
    return of_provider(provider, DOCUMENT_STATUS, **told)


def task_created(task: OperatorTask, order: ServiceOrder | None, assignee: str | None) -> Fact:
    """A human task was opened, and has got its priority."""
    return _of_task(TASK_CREATED, task, order, priority=task.priority, assignee=assignee)


def task_escalated(task: OperatorTask, order: ServiceOrder | None, level: int, reason: str) -> Fact:
    """A human task waits too long."""
    return _of_task(TASK_ESCALATED, task, order, level=level, reason=reason)


def _of_task(topic: str, task: OperatorTask, order: ServiceOrder | None, **more: Any) -> Fact:
    about = str(order.id) if order else None
    payload = {"taskId": str(task.id), "type": task.type, "serviceOrderId": about, **more}
    key = f"{task.country_code}_{task.id}"
    return Fact(topic, key, payload, task.country_code, task.bu_code, order.order_key if order else str(task.id))


def outcome(order: ServiceOrder, found: TvOutcome) -> Fact:
    """What a technical visit found."""
    return of_order(
        order,
        TV_OUTCOME_RECORDED,
        visitId=str(found.visit_id),
        tvOutcomeId=str(found.id),
        outcome=found.outcome.value,
        modifications=modifications(found),
    )


def modifications(found: TvOutcome) -> list[dict[str, Any]]:
    """The changes a technical visit asks for, JSON-ready."""
    return [
        {
            "description": change.description,
            "extraDurationMin": change.extra_minutes,
            "requiresRepricing": change.requires_repricing,
            "estimatedDelta": float(change.estimated_delta),
        }
        for change in found.modifications
    ]


def completed(order: ServiceOrder, done: Execution) -> Fact:
    """The work was done. The customer's address is not in it: whoever needs it reads the database."""
    return of_order(
        order,
        SERVICE_COMPLETED,
        visitId=str(done.visit_id),
        executionId=str(done.id),
        providerId=_text(done.provider_id),
        teamId=_text(done.team_id),
        completionStatus=done.completion_status,
        startedAt=_moment(done.checked_in_at),
        finishedAt=_moment(done.checked_out_at),
        minutes=done.minutes,
        customerEmail=None,
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _moment(value: Any) -> str | None:
    return None if value is None else str(value.isoformat())
