"""The topics the platform reads and writes, with their partitions in production."""

from __future__ import annotations

FAILED = "integration.sales.order.failed"
PYXIS_CREATED = "sales.pyxis.order.created"
PYXIS_UPDATED = "sales.pyxis.order.updated"
PYXIS_CANCELLED = "sales.pyxis.order.cancelled"

TOPICS: dict[str, int] = {
    PYXIS_CREATED: 24,
    PYXIS_UPDATED: 24,
    PYXIS_CANCELLED: 12,
    "integration.sales.order.received": 12,
    "integration.sales.order.normalized": 12,
    FAILED: 12,
    "projects.service_order.created": 12,
    "projects.service_order.status_changed": 12,
    "projects.service_order.closed": 12,
    "projects.tv_outcome.recorded": 12,
    "assignments.funnel.executed": 12,
    "assignments.offer.created": 12,
    "assignments.offer.accepted": 12,
    "assignments.offer.rejected": 12,
    "assignments.offer.auto_accepted": 12,
    "assignments.offer.expired": 12,
    "assignments.assignment.confirmed": 12,
    "assignments.assignment.cancelled": 12,
    "assignments.escalation.created": 12,
    "scheduling.booking.held": 12,
    "scheduling.booking.confirmed": 12,
    "scheduling.booking.released": 12,
    "execution.checkin.completed": 12,
    "execution.checkout.completed": 12,
    "execution.service.completed": 24,
    "execution.visit.incomplete": 12,
    "execution.visit.no_show": 12,
    "contracts.contract.sent": 12,
    "contracts.contract.signed": 12,
    "contracts.wcf.sent": 12,
    "contracts.wcf.signed": 12,
    "contracts.wcf.not_signed": 12,
    "payment.provider.authorized": 12,
    "payment.provider.held": 12,
    "quality.claim.created": 12,
    "notifications.message.status": 12,
    "fsm.order.status_updated": 12,
    "fsm.order.scheduled": 12,
    "fsm.order.assigned": 12,
    "fsm.order.completed": 12,
    "fsm.order.cancelled": 12,
    "fsm.tv.outcome_recorded": 12,
    "fsm.tv.modifications_required": 12,
}
