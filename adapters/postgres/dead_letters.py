"""Documents the intake could not take in, as they came: rows of the inbox under a consumer of their own (`<group>.failed`)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from adapters.postgres.client import Database
from adapters.postgres.tables import inbox
from workers.ports.inbox import InboxMessage

SUFFIX = ".failed"
_COLUMNS = ("message_id", "topic", "order_key", "raw", "partition", "offset")


class DeadLetters:
    """Read-only: what became of a letter that is sent again, its own row in the inbox says."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(
        self,
        group: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        order_key: str | None = None,
        limit: int = 1000,
    ) -> list[InboxMessage]:
        """The letters of a consumer group that were not taken in since, the oldest first; `limit` of them."""
        taken = inbox.alias()
        again = (taken.c.consumer == group) & (taken.c.message_id == inbox.c.message_id)
        conditions = [inbox.c.consumer == group + SUFFIX, ~sa.exists(sa.select(taken.c.message_id).where(again))]
        conditions += [inbox.c.received_at >= since] if since else []
        conditions += [inbox.c.received_at < until] if until else []
        conditions += [inbox.c.order_key == order_key] if order_key else []
        query = sa.select(*(inbox.c[name] for name in _COLUMNS)).where(*conditions).order_by(inbox.c.received_at)
        with self._database.begin() as connection:
            rows = connection.execute(query.limit(limit)).mappings().all()
        return [InboxMessage(consumer=group, **(dict(row) | {"raw": bytes(row["raw"])})) for row in rows]
