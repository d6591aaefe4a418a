"""What makes delivery at least once and effects at most once: the effect ledger and the inbox."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA

from adapters.postgres.tables.columns import INSTANT, instant, json, metadata, text

effects = sa.Table(
    "effects",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    text("task_type"),
    json("result"),
    json("events"),
    sa.Column("created_at", INSTANT, nullable=False, server_default=sa.func.clock_timestamp()),
    instant("published_at", nullable=True),
    sa.Index("effects_unpublished", "created_at", postgresql_where=sa.text("published_at IS NULL")),
    # Rows come in the order of their age: a few pages of index find the old ones.
    sa.Index("effects_by_age", "created_at", postgresql_using="brin"),
)

inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("consumer", sa.Text, primary_key=True),
    sa.Column("message_id", sa.Text, primary_key=True),
    text("topic"),
    sa.Column("partition", sa.Integer, nullable=False),
    sa.Column("offset", sa.BigInteger, nullable=False),
    sa.Column("order_key", sa.Text, nullable=False, index=True),
    sa.Column("raw", BYTEA, nullable=False),
    text("reception"),
    json("change", nullable=True),
    json("messages"),
    sa.Column("received_at", INSTANT, nullable=False, server_default=sa.func.clock_timestamp()),
    instant("applied_at", nullable=True),
    instant("confirmed_at", nullable=True),
)
