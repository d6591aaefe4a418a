"""The topics the platform reads and writes: one row each (domain brief 4). A new event is a row here and a schema beside it.

    key        how records are spread over partitions, in the field's words: all records of one key stay in order
    producer   the module of ours that makes the event (`workers.` left out), or who sends it to us
    consumer   the module of ours that reads it, or who listens

The schema of a topic is `schemas/<topic>.avsc`. A test compares this table with the code, the models and the schemas.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

FAILED = "integration.sales.order.failed"


class Topic(NamedTuple):
    """One topic. `partitions` are those of production."""

    name: str
    key: str
    producer: str
    consumer: str
    partitions: int = 12


TABLE: tuple[Topic, ...] = (
    Topic("sales.pyxis.order.created", "country_extId", "sales", "intake.kinds", 24),
    Topic("sales.pyxis.order.updated", "country_extId", "sales", "intake.kinds", 24),
    Topic("sales.pyxis.order.cancelled", "country_extId", "sales", "intake.kinds"),
    Topic("sales.tempo.service.requested", "country_extId", "sales", "intake.kinds", 24),
    Topic("sales.tempo.service.updated", "country_extId", "sales", "intake.kinds", 24),
    Topic("sales.tempo.service.cancelled", "country_extId", "sales", "intake.kinds"),
    Topic("sales.payment.status_updated", "system_extId", "sales", "intake.kinds"),
    Topic("supply_chain.delivery.status_updated", "system_extId", "supply chain", "intake.kinds"),
    Topic("sales.pre_estimation.created", "preEstimationId", "sales", "intake.kinds"),
    Topic("service-catalog", "externalServiceCode", "sales", "intake.kinds"),
    Topic("payment.provider.payment_completed", "invoiceId", "ERP", "intake.kinds"),
    Topic("integration.sales.order.received", "system_extId", "intake.monitoring", "monitoring"),
    Topic("integration.sales.order.normalized", "system_extId", "intake.monitoring", "monitoring"),
    Topic(FAILED, "system_extId", "intake.failures", "monitoring"),
    Topic("projects.service_order.created", "country_orderId", "tasks.validate_order", "analytics"),
    Topic("projects.service_order.status_changed", "country_orderId", "domain.facts", "analytics"),
    Topic("projects.service_order.closed", "country_orderId", "tasks.close_order", "ERP, analytics"),
    Topic("projects.tv_outcome.recorded", "country_orderId", "domain.facts", "sales"),
    Topic("assignments.funnel.executed", "country_visitId", "tasks.rank_providers", "audit"),
    Topic("assignments.offer.created", "providerId_visitId", "domain.facts", "provider app"),
    Topic("assignments.offer.accepted", "providerId_visitId", "domain.facts", "provider app"),
    Topic("assignments.offer.rejected", "providerId_visitId", "domain.facts", "provider app"),
    Topic("assignments.offer.auto_accepted", "providerId_visitId", "domain.facts", "provider app"),
    Topic("assignments.offer.expired", "providerId_visitId", "domain.facts", "provider app"),
    Topic("assignments.broadcast.accepted", "broadcastId", "domain.facts", "provider app"),
    Topic("assignments.date.negotiation_proposed", "visitId", "domain.facts", "negotiation"),
    Topic("assignments.date.negotiation_accepted", "visitId", "domain.facts", "negotiation"),
    Topic("assignments.date.negotiation_rejected", "visitId", "domain.facts", "negotiation"),
    Topic("assignments.date.negotiation_failed", "visitId", "domain.facts", "negotiation"),
    Topic("assignments.assignment.confirmed", "providerId_visitId", "domain.facts", "sales, messaging"),
    Topic("assignments.assignment.cancelled", "providerId_visitId", "domain.facts", "sales, messaging"),
    Topic("assignments.escalation.created", "country_visitId", "tasks.publish_event", "capacity"),
    Topic("scheduling.booking.held", "teamId_date", "domain.facts", "calendars"),
    Topic("scheduling.booking.confirmed", "teamId_date", "domain.facts", "calendars"),
    Topic("scheduling.booking.released", "teamId_date", "domain.facts", "calendars"),
    Topic("execution.preflight.check_failed", "country_visitId", "tasks.block_checkin", "messaging"),
    Topic("execution.preflight.manually_overridden", "country_visitId", "tasks.apply_go_override", "messaging"),
    Topic("execution.checkin.completed", "teamId_visitId", "tasks.record_checkin", "analytics"),
    Topic("execution.checkout.completed", "teamId_visitId", "journey.checkout", "analytics"),
    Topic("execution.service.completed", "country_orderId", "domain.facts", "ERP, analytics", 24),
    Topic("execution.visit.incomplete", "country_visitId", "tasks.publish_event", "quality"),
    Topic("execution.visit.no_show", "country_visitId", "tasks.publish_event", "quality"),
    Topic("contracts.contract.sent", "country_orderId", "tasks.store_agreement", "analytics"),
    Topic("contracts.contract.signed", "country_orderId", "journey.signing", "analytics"),
    Topic("contracts.contract.declined", "country_orderId", "journey.signing", "analytics"),
    Topic("contracts.contract.expired", "country_orderId", "journey.signing", "analytics"),
    Topic("contracts.wcf.sent", "country_orderId", "tasks.store_agreement", "quality"),
    Topic("contracts.wcf.signed", "country_orderId", "journey.signing", "payment, quality"),
    Topic("contracts.wcf.not_signed", "country_orderId", "journey.signing", "payment, quality"),
    Topic("contracts.wcf.reserve_resolved", "country_orderId", "tasks.resolve_reservations", "payment, quality"),
    Topic("payment.provider.authorized", "orderId", "tasks.generate_proforma", "payment"),
    Topic("payment.provider.held", "orderId", "journey.paying", "payment"),
    Topic("payment.invoice.sent", "invoiceId", "tasks.generate_proforma", "provider app"),
    Topic("payment.invoice.signed", "invoiceId", "intake.invoices", "payment"),
    Topic("payment.invoice.contested", "invoiceId", "intake.invoices", "payment"),
    Topic("payment.provider.payment_requested", "invoiceId", "tasks.oracle_create_payable", "ERP"),
    Topic("notifications.message.status", "notificationId", "domain.facts", "audit"),
    Topic("quality.claim.created", "claimId", "journey.claims", "payment, scorecards"),
    Topic("quality.claim.validated", "claimId", "tasks.record_claim", "payment, scorecards"),
    Topic("quality.claim.rejected", "claimId", "tasks.record_claim", "payment, scorecards"),
    Topic("quality.claim.resolved", "claimId", "tasks.resolve_claim", "payment, scorecards"),
    Topic("quality.claim.closed", "claimId", "tasks.record_claim", "payment, scorecards"),
    Topic("providers.provider.status_changed", "providerId", "domain.facts", "eligibility, analytics"),
    Topic("providers.document.status_changed", "providerId", "domain.facts", "analytics"),
    Topic("quality.provider_risk.status_changed", "providerId", "tasks.update_provider_risk", "eligibility"),
    Topic("projects.task.created", "country_taskId", "domain.facts", "messaging"),
    Topic("tasks.task.escalated", "country_taskId", "domain.facts", "messaging"),
    Topic("fsm.order.status_updated", "system_extId", "tasks.report_to_sales", "sales"),
    Topic("fsm.order.scheduled", "system_extId", "tasks.report_to_sales", "sales"),
    Topic("fsm.order.assigned", "system_extId", "tasks.report_to_sales", "sales"),
    Topic("fsm.order.completed", "system_extId", "tasks.report_to_sales", "sales"),
    Topic("fsm.order.cancelled", "system_extId", "tasks.report_to_sales", "sales"),
    Topic("fsm.service.status_updated", "system_extId", "tasks.report_to_sales", "sales"),
    Topic("fsm.service.completed", "system_extId", "tasks.report_to_sales", "sales"),
    Topic("fsm.service.cancelled", "system_extId", "tasks.report_to_sales", "sales"),
    Topic("fsm.tv.outcome_recorded", "system_extId", "tasks.report_tv_outcome", "sales"),
    Topic("fsm.tv.modifications_required", "system_extId", "tasks.report_tv_modifications", "sales"),
)
TOPICS: Mapping[str, int] = {topic.name: topic.partitions for topic in TABLE}
