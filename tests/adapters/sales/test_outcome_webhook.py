"""The outcome webhook against a receiver that checks what a careful one checks."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import pytest
from starlette.responses import JSONResponse, Response

from adapters.emulator import Call, Emulator, LocalServer, answers
from adapters.sales.webhook import HttpOutcomeWebhooks, genuine, sign
from workers.domain import ids
from workers.ports.errors import Refused, Unavailable
from workers.ports.outcomes import Outcome, VisitOutcome
from workers.ports.sales import OrderReference

SECRET = "a-secret"
OUTCOME = Outcome(
    event_id=UUID(int=7),
    order=OrderReference(ids.order_id("tempo", "TS-1"), "tempo", "TS-1", "ES", "ES-DIY"),
    outcome=VisitOutcome.COMPLETED,
    completed_at=datetime(2027, 2, 6, 8, 5, tzinfo=UTC),
    actual_minutes=45,
    team_name="Atelier Nord Valencia 1",
    items=({"lineId": "1", "status": "INSTALLED"},),
    satisfaction=5,
)


@dataclass
class Receiver:
    """A sales system's side of it: what is not genuine is refused."""

    calls: list[Call] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.emulator = Emulator({"POST /outcomes": self._outcome})

    def _outcome(self, call: Call) -> Response:
        self.calls.append(call)
        known = genuine(SECRET, _headers(call), call.body, now=time.time())
        return JSONResponse({}, status_code=202 if known else 401)

    def webhooks(self, address: str) -> HttpOutcomeWebhooks:
        secrets = type("Secrets", (), {"read": lambda _, path: {"webhook_secret": SECRET}})()
        return HttpOutcomeWebhooks({"tempo": {"ES/ES-DIY": f"{address}/outcomes"}}, secrets, sleep=self.pauses.append)


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def webhooks(receiver: Receiver) -> Iterator[HttpOutcomeWebhooks]:
    with LocalServer(receiver.emulator.app) as server:
        made = receiver.webhooks(server.address)
        yield made
        made.close()


def _headers(call: Call) -> dict[str, str]:
    return {name: call.headers.get(name, "") for name in ("X-FSM-Signature", "X-FSM-Timestamp", "X-Correlation-ID")}


def test_a_genuine_call_tells_the_outcome(webhooks: HttpOutcomeWebhooks, receiver: Receiver) -> None:
    """Signed, stamped, correlated; the document names no person."""
    assert webhooks.deliver(OUTCOME)
    (call,) = receiver.calls
    told = json.loads(call.body)
    assert call.headers["x-correlation-id"] == "tempo:TS-1"
    assert (told["eventId"], told["outcome"], told["followUpRequired"]) == (str(UUID(int=7)), "COMPLETED", False)
    assert told["items"] == [{"lineId": "1", "status": "INSTALLED"}]


def test_the_signature_covers_stamp_and_body() -> None:
    """A changed body, a changed stamp and an old stamp are all refused: nobody can play a call back later."""
    now = 1_800_000_000
    headers = {"X-FSM-Timestamp": str(now), "X-FSM-Signature": sign(SECRET, str(now), b"{}")}
    assert genuine(SECRET, headers, b"{}", now=now + 299)
    assert not genuine(SECRET, headers, b"{ }", now=now)
    assert not genuine(SECRET, headers, b"{}", now=now + 301)
    assert not genuine(SECRET, headers | {"X-FSM-Timestamp": str(now + 200)}, b"{}", now=now + 301)
    for stamp in ("", "-1", "१२३", "9" * 400):
        assert not genuine(SECRET, headers | {"X-FSM-Timestamp": stamp}, b"{}", now=now)


def test_it_tries_three_times(webhooks: HttpOutcomeWebhooks, receiver: Receiver) -> None:
    """After two and four seconds; the stamp is new, the event id the same."""
    receiver.emulator.faults.plan("POST /outcomes", answers(503), answers(500))
    assert webhooks.deliver(OUTCOME)
    assert receiver.pauses == [2.0, 4.0]
    assert receiver.emulator.calls["POST /outcomes"] == 3


def test_then_the_job_fails(webhooks: HttpOutcomeWebhooks, receiver: Receiver) -> None:
    """A receiver that stays away is an outage, not a mistake."""
    receiver.emulator.faults.plan("POST /outcomes", *[answers(503)] * 3)
    with pytest.raises(Unavailable):
        webhooks.deliver(OUTCOME)
    assert receiver.emulator.calls["POST /outcomes"] == 3


def test_a_long_wait_is_left_to_the_job(webhooks: HttpOutcomeWebhooks, receiver: Receiver) -> None:
    """Nobody sleeps in a worker for as long as a receiver asks: the job comes back after that time."""
    receiver.emulator.faults.plan("POST /outcomes", answers(429, Retry_After="3600"))
    with pytest.raises(Unavailable) as raised:
        webhooks.deliver(OUTCOME)
    assert raised.value.retry_after is not None
    assert (raised.value.retry_after.total_seconds(), receiver.pauses) == (3600.0, [])


def test_a_refusal_is_not_repeated(webhooks: HttpOutcomeWebhooks, receiver: Receiver) -> None:
    """A receiver that does not want the document will not want it in two seconds."""
    receiver.emulator.faults.plan("POST /outcomes", answers(422))
    with pytest.raises(Refused):
        webhooks.deliver(OUTCOME)
    assert receiver.pauses == []


def test_a_tenant_without_an_address_is_not_called(receiver: Receiver) -> None:
    """Webhooks are per system and tenant; Vault is not asked for one that is not wanted."""
    hooks = HttpOutcomeWebhooks({}, secrets=None)  # type: ignore[arg-type]
    assert not hooks.deliver(OUTCOME)
