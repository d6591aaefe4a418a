"""The ledger of messages, and the channels people do not want."""

from __future__ import annotations

import sqlalchemy as sa

from adapters.postgres.tables.columns import instant, json, metadata, tenant, text, version

STATUSES = "'deferred', 'sent', 'sent-before', 'refused', 'not-needed', 'delivered', 'read', 'undelivered', 'expired', 'rejected'"

notifications = sa.Table(
    "notifications",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    # None: about its provider, where there is no order.
    sa.Column("order_id", sa.Uuid, sa.ForeignKey("service_orders.id"), index=True),
    *tenant(),
    instant("sent_at", nullable=True),
    text("template"),
    text("recipient"),
    text("channel"),
    text("message_id"),
    text("status"),
    text("group_id"),
    text("notice"),
    text("role"),
    instant("created_at"),
    instant("updated_at"),
    instant("due_at", nullable=True),
    text("address_key"),
    sa.Column("only_if_unread", sa.Boolean, nullable=False),
    sa.Column("keep_one", sa.Boolean, nullable=False),
    json("spares"),
    sa.Column("visit_id", sa.Uuid),
    sa.Column("offer_id", sa.Uuid),
    sa.Column("wcf_id", sa.Uuid),
    text("agreement_id", nullable=True),
    sa.Column("negotiation_id", sa.Uuid),
    sa.Column("provider_id", sa.Uuid),
    json("details"),
    version(),
    sa.CheckConstraint(f"status IN ({STATUSES})", name="status"),
    sa.CheckConstraint("order_id IS NOT NULL OR provider_id IS NOT NULL", name="about"),
    sa.Index("notifications_group_id_idx", "group_id"),
    sa.Index("notifications_address_key_idx", "address_key"),
    sa.Index("notifications_message_id_idx", "message_id", postgresql_where=sa.text("message_id <> ''")),
)

suppressions = sa.Table(
    "suppressions",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("address_key", sa.Text, primary_key=True),
    sa.Column("scope", sa.Text, primary_key=True),
    *tenant(),
    text("reason"),
    instant("noted_at"),
    sa.CheckConstraint("scope IN ('ALL', 'SURVEY')", name="scope"),
    sa.CheckConstraint("reason IN ('OPTED_OUT', 'BOUNCED')", name="reason"),
)
