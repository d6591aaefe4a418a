"""The Tempo sales system: its documents in, our news out in its words. It sells no technical visits and hears of none."""

from __future__ import annotations

from collections.abc import Callable

from adapters.sales.contract import SalesAdapter, Told, event, filled, read
from adapters.sales.tempo import settings as words
from adapters.sales.tempo.transform import SYSTEM, normalised, tenant_issues
from adapters.sales.tempo.wire import Cancellation, Request
from workers.domain.orders import Issue
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


class Tempo:
    """Implements `workers.ports.sales.SalesSystem`. `reference` is asked per document: the catalogue changes by day."""

    name = SYSTEM

    def __init__(self, reference: Callable[[], Reference]) -> None:
        self._reference = reference

    def created(self, document: bytes) -> NormalisedOrder:
        """The order a "requested" document tells of."""
        return normalised(read(Request, document), self._reference())

    def updated(self, document: bytes) -> OrderChange:
        """The whole request again. One that cannot be carried out is `Unreadable`: nothing of it is used."""
        order = self.created(document)
        blockers = [issue for issue in order.issues if issue.code in words.UPDATE_BLOCKERS]
        if blockers:
            raise Unreadable(blockers, external_order_id=order.external_order_id)
        return OrderChange(order=order)

    def cancelled(self, document: bytes) -> CancellationRequest:
        """The wish a "cancelled" document tells of."""
        told = read(Cancellation, document)
        issues = tenant_issues(told, self._reference().business_units.get(told.business_unit))
        if issues:
            raise Unreadable(issues, external_order_id=told.request_id)
        return CancellationRequest(
            source_system=SYSTEM,
            external_order_id=told.request_id,
            reason=told.cancellation_reason,
            origin="CUSTOMER" if told.cancellation_reason in words.CUSTOMER_REASONS else "SALES",
            requested_at=told.cancelled_timestamp,
        )

    def delivery_moved(self, document: bytes) -> StatusChange:
        """Tempo sells work, nothing that is delivered."""
        del document
        raise Unreadable([Issue("UNKNOWN_EVENT", "event-type", "this system sells nothing to deliver")])

    def status_event(self, report: StatusReport) -> Event:
        """The event that tells a status in Tempo's word."""
        topic, word = words.REPORTS[report.status]
        payload = filled({"status": word, "reason": report.reason}) | dict(report.details)
        return event(report.order, Told(topic, report.at, report.report_id, payload))

    def outcome_event(self, report: OutcomeReport) -> None:
        """Tempo has no technical visits."""
        del report

    def modifications_event(self, report: OutcomeReport) -> None:
        """Nor anything to reprice after one."""
        del report


TEMPO = SalesAdapter(
    name=SYSTEM,
    make=Tempo,
    group="integration-adapters-sales-tempo-services-v1",
    topics=("sales.tempo.service.requested", "sales.tempo.service.updated", "sales.tempo.service.cancelled"),
)
