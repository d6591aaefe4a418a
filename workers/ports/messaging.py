"""The enterprise messaging service: SMS, e-mail and push to customers, providers and operators."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from workers.domain.messages import Content
from workers.ports.errors import Conflict, Refused


class Channel(StrEnum):
    """How a message travels."""

    EMAIL = "email"
    SMS = "sms"
    PUSH = "push"
    IN_APP = "in-app"


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One message to one recipient on one channel.

    `idempotency_key` is deterministic (process instance, element, recipient, channel): the service answers a repeat with
    the first receipt. `content` is what it says, written already. `to` is an address of the channel: an e-mail address, a
    phone number, a user or device id.
    """

    idempotency_key: str
    channel: Channel
    to: str = field(repr=False)
    template: str
    locale: str
    content: Content = field(repr=False)
    # Of the order: a phone number without its country is read as one of this.
    country: str = ""
    # Ids of the order and of what the message is about: for whoever looks into the service, no personal data.
    about: str = ""
    purpose: str = "transactional"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the service answered: its id and `queued`, `sent` ..."""

    message_id: str
    status: str


class OptedOut(Refused):
    """The service does not write to this address: whoever it is has opted out, or the address is known as dead."""


class AlreadySent(Conflict):
    """A message with this idempotency key was accepted before, in other words: it is on its way, this one is not needed."""


class Messaging(Protocol):
    """Sends messages. `Unavailable` on time-outs, 429 and 5xx; `Refused` on a bad address, `OptedOut` when its owner wants none.

    `AlreadySent` when a former attempt got through and the order changed since: what a message says is read when it is sent.
    """

    def send(self, message: OutgoingMessage) -> Receipt:
        """Hands the message to the service, at most once per idempotency key."""
        ...

    def canonical(self, channel: Channel, address: str, country: str) -> str:
        """An address in the one form it is sent to, however it was written. `Refused` when it cannot be one of the channel."""
        ...
