"""Words of Pyxis and ours, as tables: a word that is not here is an error, never a default."""

from __future__ import annotations

from workers.ports.sales import ReportedStatus

# The version a document names -> the name of the transformation that reads it (kept with each order).
VERSIONS: dict[float, str] = {1.0: "pyxis-2"}
CHANNELS = {"STORE": "store", "WEB": "web", "CALL_CENTER": "call_center", "MOBILE": "mobile"}
SHIFTS = frozenset({"AM", "PM"})
ORIGINS = {
    "CUSTOMER": "CUSTOMER",
    "SELLER": "SALES",
    "STORE": "SALES",
    "SALES": "SALES",
    "BACK_OFFICE": "SALES",
    "PLATFORM": "PLATFORM",
    "PROVIDER": "PROVIDER",
}
# What an update that answers a technical visit means for the change of scope.
SCOPE_ANSWERS = {
    "AMENDED": True,
    "VALIDATED": True,
    "CONFIRMED": True,
    "REFUSED": False,
    "REJECTED": False,
    "DECLINED": False,
}
TV_OUTCOME = "TV_OUTCOME"
# Mistakes in what an update changes (lines, prices, payment, delivery): it is refused whole. Contact and address were
# settled when the order came, by an operator if need be, and an update that repeats their mistakes still counts.
UPDATE_BLOCKERS = frozenset(
    {"OUT_OF_RANGE", "MISSING_SERVICE", "UNKNOWN_PRODUCT", "UNKNOWN_PAYMENT_STATUS", "UNKNOWN_DELIVERY_STATUS"}
)

STATUS_UPDATED = "fsm.order.status_updated"
# Our status -> the topic that tells it and the word Pyxis knows.
REPORTS: dict[ReportedStatus, tuple[str, str]] = {
    ReportedStatus.CREATED: (STATUS_UPDATED, "PENDING"),
    ReportedStatus.REJECTED: (STATUS_UPDATED, "REJECTED"),
    ReportedStatus.SCHEDULED: ("fsm.order.scheduled", "SCHEDULED"),
    ReportedStatus.ASSIGNED: ("fsm.order.assigned", "ASSIGNED"),
    ReportedStatus.IN_PROGRESS: (STATUS_UPDATED, "IN_PROGRESS"),
    ReportedStatus.COMPLETED: ("fsm.order.completed", "COMPLETED"),
    ReportedStatus.CANCELLED: ("fsm.order.cancelled", "CANCELLED"),
    ReportedStatus.CANCELLATION_REFUSED: (STATUS_UPDATED, "CANCELLATION_REFUSED"),
}
OUTCOME_RECORDED = "fsm.tv.outcome_recorded"
MODIFICATIONS_REQUIRED = "fsm.tv.modifications_required"
