"""The ledger of messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from adapters.postgres.repositories.orders import OrderRepository
from adapters.postgres.rows import Rows, Session
from adapters.postgres.tables import notifications, suppressions
from adapters.postgres.wire import Mapper
from workers.domain.matters import Matter
from workers.domain.notifications import Block, Notification, Scope, Suppression
from workers.domain.orders import ServiceOrder
from workers.domain.values import Recipient
from workers.ports.repositories import Blocked

NOTIFICATIONS = Mapper(Notification, notifications)
SUPPRESSIONS = Mapper(Suppression, suppressions)


class NotificationRepository(Rows[Notification]):
    """`workers.ports.repositories.Notifications`."""

    def __init__(self, session: Session, orders: OrderRepository) -> None:
        super().__init__(session, NOTIFICATIONS)
        self._orders = orders

    def add(self, matter: Matter, sent: Notification) -> None:  # type: ignore[override]
        """Remembers a message; the same id again is the same message."""
        statement = insert(notifications).values(NOTIFICATIONS.row(sent))
        self._session.connection.execute(statement.on_conflict_do_nothing(index_elements=["id"]))
        if not isinstance(matter, ServiceOrder):
            return
        detail = {"template": sent.template, "recipient": sent.recipient.value, "channel": sent.channel}
        due = {"due": sent.due_at.isoformat()} if sent.due_at else {}
        self._orders.note(matter, "message sent", **detail, status=sent.status.value, **due)

    def of_group(self, group_id: str) -> list[Notification]:
        """The rows of one message to one person, oldest first."""
        return self._select(
            notifications.c.group_id == group_id, order=[notifications.c.created_at, notifications.c.id]
        )

    def told(self, visit_id: UUID, templates: Sequence[str], recipient: Recipient) -> list[Notification]:
        """What somebody was told about a visit, oldest first."""
        table = notifications.c
        about = (table.visit_id == visit_id) & table.template.in_(templates) & (table.recipient == recipient.value)
        return self._select(about, order=[table.created_at, table.id])

    def by_message(self, message_id: str) -> Notification | None:
        """The message the service knows by this id."""
        found = self._select(notifications.c.message_id == message_id) if message_id else []
        return found[0] if found else None

    def to_address(self, address_key: str) -> list[Notification]:
        """The newest message of each tenant to an address."""
        found = self._select(notifications.c.address_key == address_key, order=[notifications.c.created_at])
        return list({(row.country_code, row.bu_code): row for row in found}.values())

    def blocks(self, keys: Mapping[str, str], *, country: str) -> list[Blocked]:
        """What stands against writing to these addresses."""
        if not keys:
            return []
        table = suppressions.c
        mine = sa.tuple_(table.channel, table.address_key).in_(list(keys.items()))
        query = sa.select(table.channel, table.scope, table.reason).where(mine, table.country_code == country)
        return [Blocked(c, Scope(s), Block(r)) for c, s, r in self._session.connection.execute(query)]

    def block(self, suppression: Suppression) -> None:
        """Noted once."""
        statement = insert(suppressions).values(SUPPRESSIONS.row(suppression))
        self._session.connection.execute(statement.on_conflict_do_nothing())
