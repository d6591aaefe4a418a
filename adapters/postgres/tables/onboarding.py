"""How providers come to work for us: applications, documents with their end, and the audit of their states."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from adapters.postgres.tables.columns import identity, instant, metadata, tenant, text, version


def _provider() -> sa.Column[Any]:
    return sa.Column("provider_id", sa.Uuid, sa.ForeignKey("providers.id"), nullable=False, index=True)


provider_applications = sa.Table(
    "provider_applications",
    metadata,
    identity(),
    sa.Column("number", sa.Text, nullable=False, unique=True),
    _provider(),
    *tenant(),
    text("state"),
    text("reason", nullable=True),
    instant("opened_at"),
    instant("closed_at", nullable=True),
    instant("updated_at"),
    version(),
    sa.CheckConstraint("state IN ('OPEN', 'ACTIVATED', 'DECLINED', 'DROPPED')", name="state"),
    sa.Index("provider_applications_open", "provider_id", unique=True, postgresql_where=sa.text("state = 'OPEN'")),
)

provider_documents = sa.Table(
    "provider_documents",
    metadata,
    identity(),
    _provider(),
    *tenant(),
    text("kind"),
    sa.Column("team_id", sa.Uuid, sa.ForeignKey("work_teams.id")),
    text("reference"),
    text("sha256"),
    sa.Column("pages", sa.Integer, nullable=False),
    sa.Column("valid_until", sa.Date),
    text("state"),
    text("stage"),
    sa.Column("looked_at", sa.Date),
    text("reviewed_by", nullable=True),
    instant("reviewed_at", nullable=True),
    text("remarks", nullable=True),
    instant("uploaded_at"),
    instant("updated_at"),
    version(),
    sa.CheckConstraint("state IN ('UPLOADED', 'APPROVED', 'REJECTED', 'SUPERSEDED', 'EXPIRED')", name="state"),
    sa.CheckConstraint("stage IN ('NONE', 'WARNED', 'REVIEWED', 'ENDED')", name="stage"),
    sa.Index("provider_documents_end", "valid_until", postgresql_where=sa.text("state = 'APPROVED'")),
)

provider_moves = sa.Table(
    "provider_moves",
    metadata,
    sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    _provider(),
    *tenant(),
    text("source", nullable=True),
    text("target"),
    text("actor"),
    text("reason", nullable=True),
    instant("at"),
)
