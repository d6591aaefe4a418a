"""What every implementation of `Messaging` promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from adapters.messaging.client import HttpMessaging
from adapters.messaging.local import LocalMessaging
from workers.domain.messages import Content
from workers.ports.errors import Refused
from workers.ports.messaging import Channel, Messaging, OutgoingMessage

MESSAGE = OutgoingMessage("key-1", Channel.EMAIL, "a@example.com", "job-offer", "fr", Content("Offer 7", "Please"))


class MessagingContract(ABC):
    """Subclasses say what is tested and how to count what went out."""

    bad_address = "nobody"

    @pytest.fixture
    @abstractmethod
    def messaging(self) -> Iterator[Messaging]: ...

    @abstractmethod
    def sent(self) -> int: ...

    def test_a_repeat_sends_nothing_and_tells_the_same(self, messaging: Messaging) -> None:
        """At most once per idempotency key."""
        assert messaging.send(MESSAGE) == messaging.send(MESSAGE)
        assert self.sent() == 1

    def test_another_key_is_another_message(self, messaging: Messaging) -> None:
        """Even with the same words to the same address."""
        first, second = messaging.send(MESSAGE), messaging.send(replace(MESSAGE, idempotency_key="key-2"))
        assert first.message_id != second.message_id
        assert self.sent() == 2

    def test_a_receipt_has_an_id_and_a_status(self, messaging: Messaging) -> None:
        """Both are kept with the order."""
        receipt = messaging.send(MESSAGE)
        assert receipt.message_id
        assert receipt.status == "queued"

    def test_a_bad_address_is_refused_and_nothing_goes_out(self, messaging: Messaging) -> None:
        """The task tries the next channel."""
        with pytest.raises(Refused):
            messaging.send(replace(MESSAGE, to=self.bad_address))
        assert self.sent() == 0


class TestHttpMessaging(MessagingContract):
    """The real client over the local service."""

    @pytest.fixture
    def messaging(self) -> Iterator[Messaging]:
        with LocalMessaging() as self.service, HttpMessaging(self.service.settings) as client:
            yield client

    def sent(self) -> int:
        return len(self.service.outbox)


class TestFakeOfTheTaskTests(MessagingContract):
    """What task tests rely on is true of the real thing."""

    @pytest.fixture
    def messaging(self, fakes: ModuleType) -> Any:
        self.fake = fakes.Mailbox()
        self.fake.refused.add(self.bad_address)
        return self.fake

    def sent(self) -> int:
        return len(self.fake.sent)
