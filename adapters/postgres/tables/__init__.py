"""The schema as SQLAlchemy sees it. `migrations/` makes it; a test compares the two."""

from adapters.postgres.tables.audit import audit_log
from adapters.postgres.tables.closing import agreements, claims, contracts, issued_numbers, wcfs
from adapters.postgres.tables.columns import metadata
from adapters.postgres.tables.delivery import effects, inbox
from adapters.postgres.tables.field import (
    assignment_runs,
    assignments,
    bookings,
    broadcasts,
    date_negotiations,
    executions,
    offers,
    tv_outcomes,
    visits,
)
from adapters.postgres.tables.gates import go_checks, overrides
from adapters.postgres.tables.messages import notifications, suppressions
from adapters.postgres.tables.onboarding import provider_applications, provider_documents, provider_moves
from adapters.postgres.tables.paying import pro_formas, provider_payments
from adapters.postgres.tables.people import operator_tasks, operators
from adapters.postgres.tables.reference import (
    business_units,
    places,
    pre_estimations,
    provider_zones,
    providers,
    service_catalogue,
    signatories,
    stores,
    work_teams,
)
from adapters.postgres.tables.sales import order_events, order_progress, order_search, service_orders

__all__ = [
    "agreements",
    "assignment_runs",
    "assignments",
    "audit_log",
    "bookings",
    "broadcasts",
    "business_units",
    "claims",
    "contracts",
    "date_negotiations",
    "effects",
    "executions",
    "go_checks",
    "inbox",
    "issued_numbers",
    "metadata",
    "notifications",
    "offers",
    "operator_tasks",
    "operators",
    "order_events",
    "order_progress",
    "order_search",
    "overrides",
    "places",
    "pre_estimations",
    "pro_formas",
    "provider_applications",
    "provider_documents",
    "provider_moves",
    "provider_payments",
    "provider_zones",
    "providers",
    "service_catalogue",
    "service_orders",
    "signatories",
    "stores",
    "suppressions",
    "tv_outcomes",
    "visits",
    "wcfs",
    "work_teams",
]
