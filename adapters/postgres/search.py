"""Finding orders by words, names, numbers and parts of numbers (migration 0012), a page at a time.

Accents and case do not matter. A word finds what begins with it; a number, a postal code or a phone number is found by any part
of it that is three signs long. All words must be there. Pages are keyset pages: the next one begins behind the last order shown,
whatever came in meanwhile.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY

from adapters.postgres.client import Database
from adapters.postgres.reads import LINE, OrderLine
from adapters.postgres.tables import order_progress, order_search, service_orders

LONGEST_TEXT, WORDS_AT_MOST = 200, 10


@dataclass(frozen=True, slots=True)
class Within:
    """Whose orders are searched; None or empty: all of them."""

    countries: Collection[str] | None = None
    bu_codes: Collection[str] = ()
    store_codes: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Some orders, the newest first, and where the next page begins; None at the end."""

    lines: Sequence[OrderLine]
    following: str | None


class OrderSearch:
    """Searches, each in a short transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, text: str, *, within: Within | None = None, after: str | None = None, limit: int = 50) -> Page:
        """A page of the orders that have every word of `text`. `ValueError` for a place that is none of ours."""
        behind = _place(after) if after else None
        with self._database.begin() as connection:
            words = connection.execute(sa.select(sa.func.search_text(text[:LONGEST_TEXT]))).scalar_one().split()
            if not words:
                return Page([], None)
            query = _query(words[:WORDS_AT_MOST], within or Within(), behind).limit(limit + 1)
            rows = connection.execute(query).all()
        lines = [OrderLine(*row[: len(LINE)]) for row in rows[:limit]]
        return Page(lines, _written(rows[limit - 1].at, rows[limit - 1].id) if len(rows) > limit else None)


def _query(words: Sequence[str], within: Within, behind: tuple[datetime, UUID] | None) -> sa.Select[Any]:
    """The page is found in `order_search` alone; only its orders are looked up."""
    found = sa.cast(" & ".join(f"'{word}':*" for word in words), TSQUERY)
    key = sa.tuple_(order_search.c.created_at, order_search.c.order_id)
    conditions: list[sa.ColumnElement[bool]] = [order_search.c.words.op("@@")(found)]
    if within.countries is not None:
        conditions.append(order_search.c.country_code.in_(sorted(within.countries)))
    if within.bu_codes:
        conditions.append(order_search.c.bu_code.in_(sorted(within.bu_codes)))
    if within.store_codes:
        conditions.append(order_search.c.store_code.in_(sorted(within.store_codes)))
    if behind is not None:
        conditions.append(key < sa.tuple_(*(sa.literal(part) for part in behind)))
    newest = (order_search.c.created_at.desc(), order_search.c.order_id.desc())
    return (
        sa.select(*LINE, order_search.c.created_at.label("at"))
        .select_from(order_search)
        .join(service_orders, service_orders.c.id == order_search.c.order_id)
        .join(order_progress, order_progress.c.order_id == order_search.c.order_id)
        .where(*conditions)
        .order_by(*newest)
    )


def _written(at: datetime, order_id: UUID) -> str:
    return base64.urlsafe_b64encode(json.dumps([at.isoformat(), str(order_id)]).encode()).decode()


def _place(told: str) -> tuple[datetime, UUID]:
    try:
        at, order_id = json.loads(base64.urlsafe_b64decode(told.encode()))
        return datetime.fromisoformat(at), UUID(order_id)
    except (ValueError, TypeError, AttributeError) as error:
        raise ValueError(f"Expected where a page ended, but {told[:80]!r} is none") from error
