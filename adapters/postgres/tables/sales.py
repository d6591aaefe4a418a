"""What was sold, and how far we have come with it.

`service_orders` is the client's table, column by column. What the platform adds to an order lives beside it in
`order_progress`, so that the sale as told and our work on it are never mixed.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

from adapters.postgres.tables.columns import INSTANT, MONEY, identity, instant, json, metadata, order_ref, text, version

service_orders = sa.Table(
    "service_orders",
    metadata,
    identity(),
    sa.Column("source_system", sa.String(50), nullable=False),
    sa.Column("external_order_id", sa.String(255), nullable=False),
    sa.Column("sales_channel", sa.String(50), nullable=False),
    sa.Column("country_code", sa.String(2), nullable=False),
    sa.Column("bu_code", sa.String(50), nullable=False),
    sa.Column("store_code", sa.String(50)),
    json("customer_data"),
    json("products"),
    sa.Column("service_type", sa.String(100), nullable=False),
    json("raw_payload"),
    json("system_metadata", nullable=True),
    sa.Column("created_at", INSTANT, server_default=sa.func.now()),
    sa.Column("updated_at", INSTANT, server_default=sa.func.now()),
    sa.UniqueConstraint("source_system", "external_order_id"),
    sa.Index("idx_source_system", "source_system", "external_order_id"),
    sa.Index("idx_sales_channel", "sales_channel"),
    sa.Index("idx_multi_tenant", "country_code", "bu_code", "store_code"),
)

order_progress = sa.Table(
    "order_progress",
    metadata,
    sa.Column("order_id", sa.Uuid, sa.ForeignKey("service_orders.id"), primary_key=True),
    sa.Column("order_number", sa.Text, nullable=False, unique=True),
    sa.Column("state", sa.Text, nullable=False, index=True),
    text("service_code"),
    text("category"),
    text("urgency"),
    sa.Column("requested_date", sa.Date),
    text("requested_shift", nullable=True),
    sa.Column("delivery_date", sa.Date),
    text("delivery_status", nullable=True),
    text("payment_status", nullable=True),
    sa.Column("provider_total", MONEY),
    sa.Column("go_status", sa.Text, nullable=False, server_default="PENDING"),
    sa.Column("contract_status", sa.Text, nullable=False, server_default="NOT_NEEDED"),
    sa.Column("status_details", JSONB(none_as_null=True), nullable=False, server_default="{}"),
    sa.Column("frozen", sa.Boolean, nullable=False, server_default=sa.false()),
    json("cancellation", nullable=True),
    sa.Column("parent_order_id", sa.Uuid, sa.ForeignKey("order_progress.order_id"), index=True),
    json("issues"),
    version(),
)

order_events = sa.Table(
    "order_events",
    metadata,
    sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    # Made of the effect key and the line itself: a run that kept its work and comes again writes no line twice.
    sa.Column("id", sa.Uuid, nullable=False, unique=True),
    order_ref(),
    instant("at"),
    text("what"),
    text("source", nullable=True),
    text("target", nullable=True),
    text("actor"),
    text("reason", nullable=True),
    json("detail"),
    sa.Column("event_id", sa.Uuid),
    text("effect_key"),
)

# What orders are found by, kept by triggers of the database (migration 0012).
order_search = sa.Table(
    "order_search",
    metadata,
    sa.Column("order_id", sa.Uuid, sa.ForeignKey("service_orders.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("country_code", sa.String(2), nullable=False),
    sa.Column("bu_code", sa.String(50), nullable=False),
    sa.Column("store_code", sa.String(50)),
    instant("created_at"),
    sa.Column("words", TSVECTOR, nullable=False),
    sa.Index("order_search_words_idx", "words", postgresql_using="gin"),
    sa.Index("order_search_newest_idx", sa.text("created_at DESC"), sa.text("order_id DESC")),
)
