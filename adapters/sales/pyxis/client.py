"""The Pyxis sales system: its documents in, our news out in its words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from adapters.sales.contract import SalesAdapter, Told, event, filled, read
from adapters.sales.pyxis import settings as words
from adapters.sales.pyxis.transform import SYSTEM, normalised, sale_of
from adapters.sales.pyxis.wire import Cancellation, DeliveryMoved, Sale
from workers.domain.orders import Issue
from workers.domain.values import DeliveryStatus
from workers.ports.events import Event
from workers.ports.sales import (
    CancellationRequest,
    NormalisedOrder,
    OrderChange,
    OutcomeReport,
    Reference,
    StatusReport,
    Unreadable,
)
from workers.ports.statuses import StatusChange


class Pyxis:
    """Implements `workers.ports.sales.SalesSystem`. `reference` is asked per document: the catalogue changes by day."""

    name = SYSTEM

    def __init__(self, reference: Callable[[], Reference]) -> None:
        self._reference = reference

    def created(self, document: bytes) -> NormalisedOrder:
        """The order a "created" document tells of."""
        return normalised(sale_of(document), self._reference())

    def updated(self, document: bytes) -> OrderChange:
        """The whole order again; the answer to a technical visit when it is linked to its outcome.

        An order that is being worked on takes no quantity of zero: such an update is `Unreadable`, nothing of it is used.
        """
        sale = sale_of(document)
        order = normalised(sale, self._reference())
        blockers = [issue for issue in order.issues if issue.code in words.UPDATE_BLOCKERS]
        if blockers:
            raise Unreadable(blockers, external_order_id=sale.order.id)
        link = sale.order.transaction_linked_to
        if link is None or link.type != words.TV_OUTCOME:
            return OrderChange(order=order)
        return OrderChange(order=order, scope_approved=_scope_answer(sale), outcome_number=link.number)

    def cancelled(self, document: bytes) -> CancellationRequest:
        """The wish a "cancelled" document tells of. The comment is not passed on: it may name people."""
        told = read(Cancellation, document)
        issues = _cancellation_issues(told, self._reference())
        if issues:
            raise Unreadable(issues, external_order_id=told.order_id)
        return CancellationRequest(
            source_system=SYSTEM,
            external_order_id=told.order_id,
            reason=told.reason,
            origin=words.ORIGINS[told.requested_by],
            requested_at=told.cancelled_at,
        )

    def delivery_moved(self, document: bytes) -> StatusChange:
        """The goods come on another day; which, and how they stand."""
        told = read(DeliveryMoved, document)
        status = told.delivery_status or DeliveryStatus.IN_TRANSIT
        issues = (
            [Issue("UNKNOWN_STATUS", "deliveryStatus", "no word of ours")] if status not in set(DeliveryStatus) else []
        )
        if told.business_unit_identifier not in self._reference().business_units:
            issues.append(Issue("UNKNOWN_BUSINESS_UNIT", "businessUnitIdentifier", "no tenant has this business unit"))
        if issues:
            raise Unreadable(issues, external_order_id=told.customer_order_number)
        details = {"products": [line.product() for line in told.item_delivery_dates]}
        day = told.max_delivery_date.date()
        return StatusChange(
            "delivery", SYSTEM, told.customer_order_number, status, None, delivery_date=day, details=details
        )

    def status_event(self, report: StatusReport) -> Event:
        """The event that tells a status in Pyxis' word."""
        topic, word = words.REPORTS[report.status]
        payload: Mapping[str, Any] = filled({"status": word, "reason": report.reason}) | dict(report.details)
        return event(report.order, Told(topic, report.at, report.report_id, payload))

    def outcome_event(self, report: OutcomeReport) -> Event:
        """The outcome of a technical visit, as it is."""
        payload = filled({**_outcome(report), "reason": report.reason})
        return event(report.order, Told(words.OUTCOME_RECORDED, report.at, report.report_id, payload))

    def modifications_event(self, report: OutcomeReport) -> Event | None:
        """What sales has to reprice; it answers by an update that names the outcome, or by a cancellation."""
        if not report.modifications:
            return None
        payload = {**_outcome(report), "modifications": [dict(change) for change in report.modifications]}
        return event(report.order, Told(words.MODIFICATIONS_REQUIRED, report.at, report.report_id, payload))


def _outcome(report: OutcomeReport) -> dict[str, Any]:
    number, visit_id = report.outcome_number, str(report.visit_id)
    return {"outcomeNumber": number, "visitId": visit_id, "outcome": report.outcome}


def _scope_answer(sale: Sale) -> bool:
    status = sale.order.sale_system_order_status or ""
    if status not in words.SCOPE_ANSWERS:
        issue = Issue("UNKNOWN_STATUS", "order.saleSystemOrderStatus", f"expected one of {sorted(words.SCOPE_ANSWERS)}")
        raise Unreadable([issue], external_order_id=sale.order.id)
    return words.SCOPE_ANSWERS[status]


def _cancellation_issues(told: Cancellation, reference: Reference) -> list[Issue]:
    found = []
    if SYSTEM not in told.system.lower():
        found.append(Issue("UNKNOWN_SYSTEM", "system", "not a document of Pyxis"))
    if told.business_unit_id not in reference.business_units:
        found.append(Issue("UNKNOWN_BUSINESS_UNIT", "businessUnitId", "no tenant has this business unit"))
    if told.requested_by not in words.ORIGINS:
        found.append(Issue("UNKNOWN_REQUESTER", "requestedBy", f"expected one of {sorted(words.ORIGINS)}"))
    return found


PYXIS = SalesAdapter(
    name=SYSTEM,
    make=Pyxis,
    group="integration-adapters-sales-pyxis-orders-v1",
    topics=("sales.pyxis.order.created", "sales.pyxis.order.updated", "sales.pyxis.order.cancelled"),
)
