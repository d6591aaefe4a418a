"""People who work in Tasklist, and the tasks they do."""

from __future__ import annotations

import sqlalchemy as sa

from adapters.postgres.tables.columns import identity, instant, json, metadata, tenant, text, version

operators = sa.Table(
    "operators",
    metadata,
    identity(),
    text("login"),
    *tenant(),
    text("role"),
    text("grade"),
    text("language", nullable=True),
    text("email", nullable=True),
    text("phone", nullable=True),
    sa.Column("active", sa.Boolean, nullable=False),
    instant("present_until", nullable=True),
    version(),
    sa.UniqueConstraint("login", "country_code", "role"),
    sa.CheckConstraint("grade IN ('MEMBER', 'SENIOR', 'LEAD', 'MANAGER')", name="grade"),
)

operator_tasks = sa.Table(
    "operator_tasks",
    metadata,
    identity(),
    sa.Column("user_task_key", sa.BigInteger, nullable=False, index=True),
    sa.Column("element_instance_key", sa.BigInteger, nullable=False),
    sa.Column("process_instance_key", sa.BigInteger, nullable=False),
    text("process_id"),
    text("element_id"),
    text("type"),
    text("role"),
    *tenant(),
    sa.Column("order_id", sa.Uuid, sa.ForeignKey("service_orders.id"), index=True),
    text("state"),
    text("priority", nullable=True),
    text("assignee", nullable=True),
    instant("opened_at"),
    instant("due_at", nullable=True),
    json("marks"),
    sa.Column("level", sa.Integer, nullable=False),
    instant("paused_at", nullable=True),
    sa.Column("paused_seconds", sa.Integer, nullable=False),
    instant("closed_at", nullable=True),
    text("closed_by", nullable=True),
    text("decision", nullable=True),
    text("resolution_notes", nullable=True),
    sa.Column("within_sla", sa.Boolean),
    json("history"),
    version(),
    sa.CheckConstraint("state IN ('OPEN', 'ASSIGNED', 'IN_PROGRESS', 'COMPLETED', 'CANCELLED')", name="state"),
    sa.CheckConstraint("level BETWEEN 0 AND 3", name="level"),
    sa.CheckConstraint("(state IN ('COMPLETED', 'CANCELLED')) = (closed_at IS NOT NULL)", name="closed"),
    sa.Index("operator_tasks_open_idx", "assignee", postgresql_where=sa.text("closed_at IS NULL")),
)
