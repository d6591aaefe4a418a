"""Documents, signatures, claims, messages."""

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

wcfs = sa.Table(
    "wcfs",
    metadata,
    identity(),
    sa.Column("number", sa.Text, nullable=False, unique=True),
    sa.Column("sequence", sa.Integer, nullable=False),
    visit_ref(),
    sa.Column("execution_id", sa.Uuid, sa.ForeignKey("executions.id"), nullable=False),
    order_ref(),
    *tenant(),
    text("template"),
    instant("created_at"),
    instant("updated_at"),
    text("document_ref", nullable=True),
    text("sha256", nullable=True),
    text("scan_ref", nullable=True),
    text("agreement_id", nullable=True),
    text("state"),
    json("reservations"),
    sa.Column("rating", sa.Integer),
    instant("sent_at", nullable=True),
    instant("signed_at", nullable=True),
    instant("soft_deadline", nullable=True),
    instant("expires_at", nullable=True),
    version(),
    sa.UniqueConstraint("execution_id", "sequence"),
)

contracts = sa.Table(
    "contracts",
    metadata,
    identity(),
    sa.Column("number", sa.Text, nullable=False, unique=True),
    text("kind"),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("order_id", sa.Uuid, sa.ForeignKey("service_orders.id"), index=True),
    sa.Column("provider_id", sa.Uuid, sa.ForeignKey("providers.id"), index=True),
    *tenant(),
    text("template"),
    json("bundle"),
    text("document_ref", nullable=True),
    text("sha256", nullable=True),
    text("scan_ref", nullable=True),
    text("agreement_id", nullable=True),
    text("state"),
    instant("sent_at", nullable=True),
    instant("signed_at", nullable=True),
    instant("expires_at", nullable=True),
    instant("created_at"),
    instant("updated_at"),
    version(),
    sa.CheckConstraint("(order_id IS NULL) <> (provider_id IS NULL)", name="party"),
)

agreements = sa.Table(
    "agreements",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("order_id", sa.Uuid, sa.ForeignKey("service_orders.id"), index=True),
    *tenant(),
    text("kind"),
    sa.Column("wcf_id", sa.Uuid, sa.ForeignKey("wcfs.id")),
    sa.Column("contract_id", sa.Uuid, sa.ForeignKey("contracts.id")),
    instant("sent_at"),
    instant("expires_at"),
    instant("updated_at"),
    text("state"),
    instant("closed_at", nullable=True),
    text("signed_ref", nullable=True),
    text("signed_sha256", nullable=True),
    text("audit_ref", nullable=True),
    text("audit_sha256", nullable=True),
    version(),
)

claims = sa.Table(
    "claims",
    metadata,
    identity(),
    order_ref(),
    visit_ref(),
    sa.Column("wcf_id", sa.Uuid, sa.ForeignKey("wcfs.id")),
    *tenant(),
    text("category"),
    instant("created_at"),
    text("state"),
    version(),
)

issued_numbers = sa.Table(
    "issued_numbers",
    metadata,
    sa.Column("series", sa.Text, primary_key=True),
    sa.Column("owner", sa.Uuid, primary_key=True),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("value", sa.Integer, nullable=False),
    sa.UniqueConstraint("series", "year", "value"),
)
