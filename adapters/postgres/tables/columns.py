"""Columns that many tables share, and the metadata all tables belong to."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

metadata = sa.MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_name)s_idx",
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)

INSTANT = sa.TIMESTAMP(timezone=True)
MONEY = sa.Numeric(12, 2)
LIVE = "state IN ('PRE_BOOKED', 'CONFIRMED')"


def identity() -> sa.Column[Any]:
    """Primary key."""
    return sa.Column("id", sa.Uuid, primary_key=True)


def order_ref() -> sa.Column[Any]:
    """The order it belongs to."""
    return sa.Column("order_id", sa.Uuid, sa.ForeignKey("service_orders.id"), nullable=False, index=True)


def visit_ref() -> sa.Column[Any]:
    """The visit it belongs to."""
    return sa.Column("visit_id", sa.Uuid, sa.ForeignKey("visits.id"), nullable=False, index=True)


def tenant() -> tuple[sa.Column[Any], ...]:
    """Country and business unit."""
    return (
        sa.Column("country_code", sa.String(2), nullable=False),
        sa.Column("bu_code", sa.String(50), nullable=False),
    )


def version() -> sa.Column[Any]:
    """Optimistic lock."""
    return sa.Column("version", sa.Integer, nullable=False, server_default="1")


def instant(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    """A moment in UTC."""
    return sa.Column(name, INSTANT, nullable=nullable)


def text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    """Words."""
    return sa.Column(name, sa.Text, nullable=nullable)


def json(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    """A document."""
    return sa.Column(name, JSONB(none_as_null=True), nullable=nullable)
