"""What providers are paid: pro formas and payments."""

from __future__ import annotations

import sqlalchemy as sa

from adapters.postgres.tables.columns import MONEY, identity, instant, json, metadata, order_ref, tenant, text, version

pro_formas = sa.Table(
    "pro_formas",
    metadata,
    identity(),
    sa.Column("number", sa.Text, nullable=False, unique=True),
    order_ref(),
    sa.Column("provider_id", sa.Uuid, sa.ForeignKey("providers.id"), nullable=False),
    *tenant(),
    sa.Column("currency", sa.String(3), nullable=False),
    json("lines"),
    sa.Column("vat_percent", sa.Numeric(5, 2), nullable=False),
    sa.Column("due_days", sa.Integer, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    text("state"),
    json("contest", nullable=True),
    text("explanation", nullable=True),
    instant("sent_at", nullable=True),
    instant("answered_at", nullable=True),
    instant("created_at"),
    instant("updated_at"),
    version(),
    sa.CheckConstraint("state IN ('DRAFT', 'SENT', 'SIGNED', 'CONTESTED', 'VOID')", name="state"),
)

# One per order. Two triggers hold I7: no payment on its way without an accepted closing form, none while a claim holds it.
provider_payments = sa.Table(
    "provider_payments",
    metadata,
    identity(),
    sa.Column("order_id", sa.Uuid, sa.ForeignKey("service_orders.id"), nullable=False, unique=True),
    sa.Column("provider_id", sa.Uuid, sa.ForeignKey("providers.id"), nullable=False),
    sa.Column("wcf_id", sa.Uuid, sa.ForeignKey("wcfs.id"), nullable=False),
    *tenant(),
    sa.Column("amount", MONEY, nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    text("state"),
    text("hold_reason", nullable=True),
    text("supplier_site", nullable=True),
    text("tax_code", nullable=True),
    text("account", nullable=True),
    text("erp_invoice_id", nullable=True),
    instant("requested_at", nullable=True),
    sa.Column("due_on", sa.Date),
    instant("paid_at", nullable=True),
    text("reference", nullable=True),
    text("failure", nullable=True),
    instant("created_at"),
    instant("updated_at"),
    version(),
    sa.CheckConstraint("state IN ('HELD', 'AUTHORIZED', 'REQUESTED', 'PAID', 'FAILED')", name="state"),
    sa.CheckConstraint("amount >= 0", name="amount"),
)
