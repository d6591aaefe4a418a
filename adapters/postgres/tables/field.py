"""Visits and the work on them: bookings, offers, assignments, executions."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import INT4RANGE, ExcludeConstraint

from adapters.postgres.tables.columns import (
    LIVE,
    MONEY,
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

visits = sa.Table(
    "visits",
    metadata,
    identity(),
    order_ref(),
    *tenant(),
    text("kind"),
    text("service_type"),
    sa.Column("duration_min", sa.Integer, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("crew_size", sa.Integer, nullable=False),
    json("required_certs"),
    instant("planned_start", nullable=True),
    instant("planned_end", nullable=True),
    text("slot_label", nullable=True),
    text("state"),
    sa.Column("continues", sa.Uuid, sa.ForeignKey("visits.id")),
    sa.Column("go_status", sa.Text, nullable=False, server_default="PENDING"),
    instant("created_at"),
    instant("updated_at"),
    version(),
    sa.UniqueConstraint("order_id", "sequence"),
    sa.CheckConstraint("duration_min BETWEEN 15 AND 960", name="duration"),
    sa.CheckConstraint("crew_size >= 1", name="crew"),
)

bookings = sa.Table(
    "bookings",
    metadata,
    identity(),
    visit_ref(),
    order_ref(),
    sa.Column("team_id", sa.Uuid, sa.ForeignKey("work_teams.id"), nullable=False),
    *tenant(),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("start_q", sa.Integer, nullable=False),
    sa.Column("end_q", sa.Integer, nullable=False),
    sa.Column("travel_q", sa.Integer, nullable=False),
    sa.Column("occupied", INT4RANGE, sa.Computed("int4range(start_q, end_q + travel_q)", persisted=True)),
    instant("expires_at"),
    text("kind"),
    text("state"),
    instant("created_at"),
    instant("updated_at"),
    version(),
    sa.CheckConstraint("0 <= start_q AND start_q < end_q AND end_q <= 96 AND travel_q >= 0", name="quarters"),
    ExcludeConstraint(
        ("team_id", "="), ("day", "="), ("occupied", "&&"), where=sa.text(LIVE), using="gist", name="bookings_overlap"
    ),
)

assignment_runs = sa.Table(
    "assignment_runs",
    metadata,
    identity(),
    visit_ref(),
    order_ref(),
    *tenant(),
    instant("started_at"),
    json("funnel"),
    json("facts"),
    json("ranking"),
    version(),
)

offers = sa.Table(
    "offers",
    metadata,
    identity(),
    visit_ref(),
    order_ref(),
    sa.Column("provider_id", sa.Uuid, sa.ForeignKey("providers.id"), nullable=False),
    sa.Column("team_id", sa.Uuid, sa.ForeignKey("work_teams.id"), nullable=False),
    *tenant(),
    text("mode"),
    instant("sent_at"),
    instant("expires_at"),
    sa.Column("score", sa.Double, nullable=False),
    text("state"),
    instant("answered_at", nullable=True),
    text("rejection_reason", nullable=True),
    version(),
    sa.Index("offers_open", "team_id", postgresql_where=sa.text("state = 'PENDING'")),
)

assignments = sa.Table(
    "assignments",
    metadata,
    identity(),
    visit_ref(),
    order_ref(),
    sa.Column("provider_id", sa.Uuid, sa.ForeignKey("providers.id"), nullable=False),
    sa.Column("team_id", sa.Uuid, sa.ForeignKey("work_teams.id"), nullable=False),
    *tenant(),
    text("mode"),
    text("method"),
    instant("created_at"),
    instant("updated_at"),
    sa.Column("offer_id", sa.Uuid, sa.ForeignKey("offers.id")),
    sa.Column("score", sa.Double),
    text("state"),
    sa.Column("agreed_price", MONEY),
    text("justification", nullable=True),
    text("cancel_reason", nullable=True),
    version(),
    sa.Index("assignments_accepted", "visit_id", unique=True, postgresql_where=sa.text("state = 'ACCEPTED'")),
)

executions = sa.Table(
    "executions",
    metadata,
    identity(),
    visit_ref(),
    order_ref(),
    *tenant(),
    instant("dispatched_at"),
    sa.Column("provider_id", sa.Uuid, sa.ForeignKey("providers.id")),
    sa.Column("team_id", sa.Uuid, sa.ForeignKey("work_teams.id")),
    instant("checked_in_at", nullable=True),
    instant("checked_out_at", nullable=True),
    text("completion_status", nullable=True),
    text("reason", nullable=True),
    json("record", nullable=True),
    version(),
)

tv_outcomes = sa.Table(
    "tv_outcomes",
    metadata,
    identity(),
    sa.Column("number", sa.Text, nullable=False, unique=True),
    visit_ref(),
    sa.Column("execution_id", sa.Uuid, sa.ForeignKey("executions.id"), nullable=False),
    order_ref(),
    *tenant(),
    text("outcome"),
    instant("recorded_at"),
    json("modifications"),
    text("reason", nullable=True),
    text("scope_change"),
    version(),
)
