"""`POST /webhooks/messaging` over real HTTP and a real PostgreSQL: receipts and opt-outs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from adapters.emulator import LocalServer
from adapters.messaging.webhook import SIGNATURE, TIMESTAMP, MessagingWebhook, sign
from workers.api.app import make_app
from workers.bootstrap import Platform
from workers.journey.post import Post
from workers.ports.clock import Clock
from workers.ports.effects import EffectLedger
from workers.ports.events import EventBus
from workers.settings import Settings

CONFIRMED = {"template": "appointment-confirmed", "recipient": "customer"}
STATUS = "notifications.message.status"


@pytest.fixture
def told(world) -> Iterator[Any]:
    """Tells the API something, signed, and gives the status of its answer."""
    parts = {
        EffectLedger: world.ledger,
        Post: world.post,
        Clock: world.clock,
        EventBus: world.env.bus,
        MessagingWebhook: MessagingWebhook(lambda: "secret"),
    }
    with LocalServer(make_app(Platform(Settings(), parts))) as server:

        def tell(document: Any, *, secret: str = "secret") -> int:
            body, stamp = json.dumps(document).encode(), str(int(world.clock.at.timestamp()))
            headers = {TIMESTAMP: stamp, SIGNATURE: sign(secret, stamp, body)}
            return httpx.post(f"{server.address}/webhooks/messaging", content=body, headers=headers).status_code

        yield tell


def told_statuses(world) -> list[str]:
    """What became of the confirmations; reminders wait beside them."""
    rows = world.view().notifications
    return [row["status"] for row in rows if row["template"] == CONFIRMED["template"]]


def sms(world) -> str:
    return next(f"m-{m.idempotency_key}" for m in world.mail.sent.values() if m.channel == "sms")


def test_a_receipt_is_kept_and_told_once(world, told):
    """The ledger moves, one event goes out however often the service repeats itself, and it has no address in it."""
    world.created().scheduled().do("send-notification", CONFIRMED)
    assert [told({"id": sms(world), "status": "delivered"}) for _ in range(2)] == [200, 200]
    assert told_statuses(world) == ["delivered"]
    events = {event.event_id: event for event in world.env.bus.published if event.topic == STATUS}
    (event,) = events.values()
    assert (event.payload["status"], event.payload["countryCode"], event.key) == (
        "delivered",
        "FR",
        event.payload["notificationId"],
    )
    assert "+336" not in str(event)


def test_a_stranger_is_refused(world, told):
    """A wrong signature changes nothing."""
    world.created().scheduled().do("send-notification", CONFIRMED)
    assert told({"id": sms(world), "status": "rejected"}, secret="guess") == 401
    assert told_statuses(world) == ["sent"]


@pytest.mark.parametrize(
    ("document", "status"),
    [
        ({"id": "nobody", "status": "delivered"}, 404),
        ({"type": "opt-out", "channel": "sms", "to": "+33612345678"}, 404),
        ({"type": "opt-out", "channel": "pigeon", "to": "x"}, 404),
        ({"id": 7}, 400),
        ([], 400),
    ],
)
def test_what_we_do_not_know_is_told_again(told, document, status):
    """404 makes the service repeat it: a receipt may be quicker than our commit. What cannot be read is a mistake of theirs."""
    assert told(document) == status


def test_an_opt_out_counts_from_the_next_message_on(world, told):
    """STOP to an SMS, told by number: the next appointment comes by e-mail."""
    world.created().scheduled().do("send-notification", CONFIRMED)
    assert told({"type": "opt-out", "channel": "sms", "to": "+33639981234"}) == 200
    world.do("send-notification", CONFIRMED)
    assert [m.channel for m in world.mail.by_template("appointment-confirmed")] == ["sms", "email"]
    assert "opted out" in [entry.what for entry in world.view().timeline]


def test_a_dead_address_is_made_up_for(world, told):
    """A permanent loss of what a contract needs starts the delivery on the next channel."""
    world.created().scheduled().do("send-notification", CONFIRMED)
    assert told({"id": sms(world), "status": "undelivered", "permanent": True}) == 200
    assert "notification-deferred" in world.broker.names()
