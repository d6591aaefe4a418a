"""What stands before the work: go checks and written exceptions."""

from __future__ import annotations

import sqlalchemy as sa

from adapters.postgres.tables.columns import (
    identity,
    instant,
    json,
    metadata,
    order_ref,
    tenant,
    text,
    version,
    visit_ref,
)

go_checks = sa.Table(
    "go_checks",
    metadata,
    identity(),
    visit_ref(),
    order_ref(),
    *tenant(),
    sa.Column("run", sa.Integer, nullable=False),
    instant("checked_at"),
    text("contract_status"),
    text("payment_status"),
    text("delivery_status"),
    text("result"),
    json("open_products"),
    json("reasons"),
    version(),
    sa.UniqueConstraint("visit_id", "run"),
)

overrides = sa.Table(
    "overrides",
    metadata,
    identity(),
    order_ref(),
    sa.Column("visit_id", sa.Uuid, sa.ForeignKey("visits.id")),
    *tenant(),
    text("gate"),
    text("requested_by"),
    text("justification"),
    instant("requested_at"),
    text("urgency", nullable=True),
    text("evidence", nullable=True),
    text("state"),
    text("decided_by", nullable=True),
    instant("decided_at", nullable=True),
    version(),
    sa.CheckConstraint("char_length(justification) >= 20", name="justification"),
    sa.CheckConstraint("decided_by IS NULL OR decided_by <> requested_by", name="two_people"),
)
