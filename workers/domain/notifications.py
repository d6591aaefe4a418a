r"""The ledger of messages: one row per message, recipient and channel, from the decision to send to the last receipt.

    deferred --> sent --> delivered --> read
        |          \-> undelivered, expired, rejected
        |-> refused, not-needed

No address and no text is kept; `address_key` is a digest by which an opt-out or a bounce finds the channel again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from workers.domain.notices import NoticeClass
from workers.domain.values import Recipient


class NotificationState(StrEnum):
    """Where a message is."""

    DEFERRED = "deferred"
    SENT = "sent"
    # A former attempt got through, and what the message says has changed since: the first one counts.
    SENT_BEFORE = "sent-before"
    REFUSED = "refused"
    NOT_NEEDED = "not-needed"
    DELIVERED = "delivered"
    READ = "read"
    UNDELIVERED = "undelivered"
    EXPIRED = "expired"
    REJECTED = "rejected"


S = NotificationState
# Receipts come late, twice and out of order: a state never falls back, and of two final ones the first counts.
_RANK: Mapping[NotificationState, int] = {
    S.DEFERRED: 0,
    S.SENT: 1,
    S.SENT_BEFORE: 1,
    S.DELIVERED: 2,
    S.UNDELIVERED: 2,
    S.EXPIRED: 2,
    S.REJECTED: 2,
    S.READ: 3,
    S.REFUSED: 4,
    S.NOT_NEEDED: 4,
}
ON_ITS_WAY = frozenset({S.DEFERRED, S.SENT, S.SENT_BEFORE, S.DELIVERED, S.READ})
LOST = frozenset({S.UNDELIVERED, S.EXPIRED, S.REJECTED, S.REFUSED})
# Words of a receipt; any other one says nothing new.
RECEIPTS: Mapping[str, NotificationState] = {
    "sent": S.SENT,
    "delivered": S.DELIVERED,
    "read": S.READ,
    "undelivered": S.UNDELIVERED,
    "expired": S.EXPIRED,
    "rejected": S.REJECTED,
}


class Block(StrEnum):
    """Why a channel to somebody is not used."""

    OPTED_OUT = "OPTED_OUT"
    BOUNCED = "BOUNCED"


class Scope(StrEnum):
    """What somebody opted out of."""

    ALL = "ALL"
    SURVEY = "SURVEY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One message on one channel. `spares` are the channels to try when this one is refused."""

    id: str
    group_id: str
    order_id: UUID | None
    country_code: str
    bu_code: str
    template: str
    notice: NoticeClass
    recipient: Recipient
    channel: str
    created_at: datetime
    updated_at: datetime
    role: str = "ops"
    status: NotificationState = NotificationState.DEFERRED
    due_at: datetime | None = None
    sent_at: datetime | None = None
    message_id: str = ""
    address_key: str = ""
    only_if_unread: bool = False
    keep_one: bool = False
    spares: tuple[str, ...] = ()
    visit_id: UUID | None = None
    offer_id: UUID | None = None
    wcf_id: UUID | None = None
    agreement_id: str | None = None
    negotiation_id: UUID | None = None
    provider_id: UUID | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    version: int = 1

    def told(self, word: str) -> Notification | None:
        """This message after a receipt; None when the receipt says nothing new."""
        state = RECEIPTS.get(word)
        if state is None or _RANK[state] <= _RANK[self.status]:
            return None
        return replace(self, status=state)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """A channel that is not to be used for an address."""

    channel: str
    address_key: str
    scope: Scope
    reason: Block
    country_code: str
    bu_code: str
    noted_at: datetime


def address_key(channel: str, address: str) -> str:
    """A digest of an address in its one form: the same person's number finds its opt-out, and nobody reads it from the table."""
    return hashlib.sha256(f"{channel}:{address.casefold()}".encode()).hexdigest()
