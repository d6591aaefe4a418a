"""Who did what, allowed or refused."""

from __future__ import annotations

import sqlalchemy as sa

from adapters.postgres.tables.columns import instant, metadata, text

# No foreign key: an entry outlives what it is about. Without a tenant: nobody we know was refused.
audit_log = sa.Table(
    "audit_log",
    metadata,
    sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    instant("at"),
    text("who"),
    text("roles"),
    text("what"),
    text("about", nullable=True),
    sa.Column("order_id", sa.Uuid),
    sa.Column("country_code", sa.String(2)),
    sa.Column("bu_code", sa.String(50)),
    sa.Column("allowed", sa.Boolean, nullable=False),
    text("reason", nullable=True),
    sa.Index("audit_log_by_time", "at"),
    sa.Index("audit_log_by_order", "order_id", postgresql_where=sa.text("order_id IS NOT NULL")),
)
