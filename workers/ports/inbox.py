"""The inbox: every message from outside is kept once, with what it has to say to the journey.

`receive`, `amend` and `note` each run one transaction: the inbox row (consumer, message id, raw document, the process
message to publish) and the change of the order commit together. The process message goes out afterwards and `confirm`
remembers that it did; a message that comes again finds its row and is told what is still to be published.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from workers.ports.feeds import News
from workers.ports.processes import ProcessMessage
from workers.ports.sales import NormalisedOrder, OrderChange
from workers.ports.statuses import StatusChange


@dataclass(frozen=True, slots=True)
class InboxMessage:
    """One message as it arrived. `message_id` is the sender's event id, else `topic-partition-offset`."""

    consumer: str
    message_id: str
    topic: str
    order_key: str
    raw: bytes = field(repr=False)
    partition: int = 0
    offset: int = 0


class Reception(StrEnum):
    """What became of a message."""

    NEW = "NEW"  # first time: its change is stored
    REPEATED = "REPEATED"  # this very message was here before
    TWIN = "TWIN"  # another message told the same order before: nothing changed


@dataclass(frozen=True, slots=True)
class Received:
    """The outcome, and the process messages of this row that are not known to be published."""

    reception: Reception
    unpublished: Sequence[ProcessMessage] = ()


class Inbox(Protocol):
    """Keeps incoming messages. Raises `Unavailable` when the database does not answer."""

    def receive(self, message: InboxMessage, order: NormalisedOrder, *, publish: Sequence[ProcessMessage]) -> Received:
        """Stores a new order (state RECEIVED, raw document unchanged, issues kept) and its row.

        `TWIN` when the order exists through another message: the row is kept, the order and its messages are not.
        """
        ...

    def amend(self, message: InboxMessage, change: OrderChange, *, publish: Sequence[ProcessMessage]) -> Received:
        """Stores the facts a later document changed (payment, delivery, totals, lines) and its row.

        An amendment that overtook its order is kept and applied when the order is received.
        """
        ...

    def status(self, message: InboxMessage, change: StatusChange, *, publish: Sequence[ProcessMessage]) -> Received:
        """Stores what was told about payment or delivery and its row; older news than is known changes nothing.

        News that overtook its order is kept and applied when the order is received.
        """
        ...

    def learn(self, message: InboxMessage, news: News, *, publish: Sequence[ProcessMessage]) -> Received:
        """Stores what was told about no order (a quote, a service, a payment) and its row; older news changes nothing.

        Raises `Unreadable` for what is about a business unit, a service or an invoice nobody knows.
        """
        ...

    def note(self, message: InboxMessage, *, publish: Sequence[ProcessMessage]) -> Received:
        """Stores a row that changes no order by itself (a wish to cancel)."""
        ...

    def confirm(self, consumer: str, message_id: str) -> None:
        """Remembers that every process message of this row was accepted by Camunda."""
        ...
