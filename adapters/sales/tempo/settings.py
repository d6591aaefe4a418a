"""Words of Tempo and ours, as tables."""

from __future__ import annotations

from workers.ports.sales import ReportedStatus

TRANSFORMATION = "tempo-1"
CHANNELS = {"WEB": "web", "MOBILE": "mobile", "PARTNER": "partner"}
REQUEST_TYPES = frozenset({"REPAIR", "MAINTENANCE"})
# What is not here is STANDARD (domain brief 3.3); the word as told stays in the order's metadata.
URGENCIES = {"LOW": "LOW", "URGENT": "URGENT", "EMERGENCY": "URGENT"}
# Who is behind a cancellation, by its reason; any other reason is the sales side's own.
CUSTOMER_REASONS = frozenset(
    {"SOLVED_BY_CUSTOMER", "CUSTOMER_CHANGED_MIND", "CUSTOMER_REQUEST", "CUSTOMER_UNREACHABLE"}
)
# Mistakes in what an update changes: it is refused whole, as with every sales system.
UPDATE_BLOCKERS = frozenset({"OUT_OF_RANGE", "UNKNOWN_PRODUCT", "WRONG_CURRENCY"})

STATUS_UPDATED = "fsm.service.status_updated"
# Our status -> the topic that tells it and the word Tempo knows.
REPORTS: dict[ReportedStatus, tuple[str, str]] = {
    ReportedStatus.CREATED: (STATUS_UPDATED, "RECEIVED"),
    ReportedStatus.REJECTED: (STATUS_UPDATED, "REJECTED"),
    ReportedStatus.SCHEDULED: ("fsm.order.scheduled", "SCHEDULED"),
    ReportedStatus.ASSIGNED: ("fsm.order.assigned", "ASSIGNED_TECHNICIAN"),
    ReportedStatus.IN_PROGRESS: (STATUS_UPDATED, "IN_PROGRESS"),
    ReportedStatus.COMPLETED: ("fsm.service.completed", "CLOSED"),
    ReportedStatus.CANCELLED: ("fsm.service.cancelled", "CANCELLED"),
    ReportedStatus.CANCELLATION_REFUSED: (STATUS_UPDATED, "CANCELLATION_REFUSED"),
}
