"""The REST side of the sales systems, over a real PostgreSQL: who gets in, what is taken in, what may be asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from adapters.emulator import LocalServer
from adapters.postgres.client import Database
from adapters.postgres.local import LocalPostgres
from adapters.postgres.seed import seed
from adapters.postgres.settings import PostgresSettings
from adapters.sales.pyxis import local as pyxis
from adapters.sales.tempo import local as tempo
from workers.api.app import make_app
from workers.api.sales.access import SalesKeys
from workers.bootstrap import Platform
from workers.ports.clock import Clock
from workers.ports.decisions import Decisions
from workers.ports.errors import NotFound, Unavailable
from workers.ports.events import Event, EventBus
from workers.ports.processes import Processes, ProcessMessage
from workers.ports.secrets import Secrets
from workers.settings import MODELS, Settings
from workers.workshop.decisions import FileDecisions

NOW = datetime(2027, 1, 11, 9, tzinfo=UTC)
TABLES = FileDecisions([MODELS / "dmn" / "slot-and-buffer-rules.dmn"])
KEYS = {"sales-pyxis": "pyxis-key", "sales-tempo": "tempo-key"}
QUERY = {"businessUnitId": "102", "sku": "70018000", "postalCode": "59000", "from": "2027-01-11", "to": "2027-01-25"}


@dataclass
class Played:
    """Camunda, Kafka, Vault and the clock: all of them remember, none of them is slow."""

    messages: list[ProcessMessage] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=lambda: dict(KEYS))
    reads: int = 0
    down: bool = False

    def publish(self, *told: Any) -> None:
        if self.down:
            raise Unavailable("no answer", system="camunda")
        for one in told:
            (self.messages if isinstance(one, ProcessMessage) else self.events).append(one)

    def read(self, path: str) -> dict[str, str]:
        self.reads += 1
        if path not in self.keys:
            raise NotFound("no such secret")
        return {"api_key": self.keys[path]}

    def now(self) -> datetime:
        return NOW


@dataclass
class Side:
    """The API, and what is played around it."""

    played: Played
    client: httpx.Client

    def call(self, method: str, path: str, key: str = "pyxis-key", **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {key}", **more.pop("headers", {})}
        return self.client.request(method, path, headers=headers, **more)


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    with LocalPostgres() as server:
        seed(server.url)
        database = Database(PostgresSettings(url=server.url))
        yield database
        database.close()


@pytest.fixture
def side(database: Database) -> Iterator[Side]:
    played = Played()
    parts = {Database: database, Clock: played, Processes: played, EventBus: played, Secrets: played, Decisions: TABLES}
    app = make_app(Platform(Settings(), parts))
    with LocalServer(app) as server, httpx.Client(base_url=server.address, timeout=20) as client:
        yield Side(played, client)


def test_an_order_by_http_is_an_order(side: Side) -> None:
    """Stored, told to the journey under the sender's event id, and to whoever watches."""
    answer = side.call("POST", "/sales/pyxis/orders", content=pyxis.created("H-1"), headers={"event-id": "e-1"})
    assert answer.status_code == 202
    assert answer.json() == {"orderKey": "pyxis:H-1", "reception": "NEW", "issues": []}
    assert [(m.name, m.message_id) for m in side.played.messages] == [("order-created", "e-1")]
    assert {event.topic for event in side.played.events} == {
        "integration.sales.order.received",
        "integration.sales.order.normalized",
    }


def test_the_same_call_again_is_the_same_order(side: Side) -> None:
    """Who got no answer calls again; without an event id the document itself is the id."""
    first, again = (side.call("POST", "/sales/tempo/orders", "tempo-key", content=tempo.requested("H-2")) for _ in "ab")
    assert [first.json()["reception"], again.json()["reception"]] == ["NEW", "REPEATED"]
    assert len(side.played.messages) == 1


def test_another_message_of_a_known_order_is_a_duplicate(side: Side) -> None:
    """Final for the sender: 409 DUPLICATE_ORDER."""
    for number, event in (("H-3", "e-31"), ("H-3", "e-32")):
        answer = side.call("POST", "/sales/pyxis/orders", content=pyxis.created(number), headers={"event-id": event})
    assert (answer.status_code, answer.json()["title"]) == (409, "DUPLICATE_ORDER")


def test_what_is_wrong_is_told_by_code_and_path(side: Side) -> None:
    """No tenant: 422 with all of it. A tenant: taken in, and what an operator has to correct."""
    nobody = side.call("POST", "/sales/pyxis/orders", content=pyxis.created("H-4", {"order": {"businessUnitId": "9"}}))
    assert (nobody.status_code, nobody.json()["title"]) == (422, "INVALID_ORDER")
    assert {"code": "UNKNOWN_BUSINESS_UNIT", "field": "order.businessUnitId"} in nobody.json()["errors"]
    wrong = side.call("POST", "/sales/pyxis/orders", content=pyxis.created("H-5", {"address": {"city": ""}}))
    assert (wrong.status_code, wrong.json()["issues"]) == (202, [{"code": "MISSING_FIELD", "field": "address.city"}])


def test_updates_and_cancellations_have_their_own_routes(side: Side) -> None:
    """Each route is a topic: an update is told as one, with what it says of payment and delivery."""
    gone = tempo.cancelled("H-6", reason="SOLVED_BY_CUSTOMER", at=NOW)
    assert side.call("POST", "/sales/tempo/updates", "tempo-key", content=tempo.requested("H-6")).status_code == 202
    assert side.call("POST", "/sales/tempo/cancellations", "tempo-key", content=gone).status_code == 202
    told = [message.name for message in side.played.messages]
    assert (told[0], told[-1]) == ("order-updated", "cancellation-requested")


def test_nobody_answers_for_an_outage(side: Side) -> None:
    """503 SERVICE_UNAVAILABLE: worth another try, and the order is not lost."""
    side.played.down = True
    answer = side.call("POST", "/sales/pyxis/orders", content=pyxis.created("H-7"))
    assert (answer.status_code, answer.json()["title"]) == (503, "SERVICE_UNAVAILABLE")
    side.played.down = False
    assert side.call("POST", "/sales/pyxis/orders", content=pyxis.created("H-7")).json()["reception"] == "REPEATED"
    assert [message.name for message in side.played.messages] == ["order-created"]


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/sales/pyxis/orders/H-1", "tempo-key"),
        ("/sales/tempo/orders/H-1", "pyxis-key"),
        ("/sales/sap/orders/1", "pyxis-key"),
        ("/sales/pyxis/orders/H-1", "none"),
        ("/sales/pyxis/orders/H-1", "é"),
    ],
)
def test_a_key_opens_its_own_system_alone(side: Side, path: str, key: str) -> None:
    """Another system's key, no key and an unknown system are one refusal."""
    answer = side.client.get(path, headers={"Authorization": f"Bearer {key}".encode()})
    assert answer.status_code == 401


def test_a_changed_key_is_looked_up_once_in_a_while(side: Side) -> None:
    """A rotated key works after five seconds at most; wrong keys cost Vault one question in five seconds."""
    seconds = [0.0]
    keys = SalesKeys(lambda: side.played, clock=lambda: seconds[0])  # type: ignore[arg-type, return-value]
    assert keys.fits("pyxis", "pyxis-key")
    side.played.keys["sales-pyxis"] = "new-key"
    asked = side.played.reads
    assert not any(keys.fits("pyxis", "new-key") for _ in range(20))
    assert side.played.reads == asked
    seconds[0] = 6.0
    assert keys.fits("pyxis", "new-key")
    assert not keys.fits("pyxis", "pyxis-key")


def test_too_many_orders_of_a_tenant_wait(side: Side) -> None:
    """100 a minute, 25 at once; then 429 with the wait, and another tenant goes on."""
    answers = [side.call("POST", "/sales/pyxis/orders", content=pyxis.created("H-8")) for _ in range(60)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert refused[0].json()["title"] == "RATE_LIMIT_EXCEEDED"
    assert int(refused[0].headers["Retry-After"]) >= 1
    assert side.call("POST", "/sales/tempo/orders", "tempo-key", content=tempo.requested("H-9")).status_code == 202


def test_a_slot_query_tells_when_and_why_not_earlier(side: Side) -> None:
    """An appliance in Lille ordered on Monday: three days of notice, so Thursday; no team is named."""
    answer = side.call("POST", "/sales/pyxis/slots/query", json=QUERY)
    told = answer.json()
    assert answer.status_code == 200, told
    assert told["earliest"] == "2027-01-14"
    assert "notice" in told["reasons"][0]
    assert told["slots"][0]["day"] == "2027-01-14"
    assert told["slots"][0]["capacity"] >= 1
    assert {slot["window"] for slot in told["slots"]} <= {"MORNING", "AFTERNOON", "EVENING", "FULL_DAY"}
    assert {closed["date"]: closed["reason"] for closed in told["closedDays"]}["2027-01-16"] == "weekend"
    assert not {"team", "teamId", "provider"} & set(told["slots"][0])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"postalCode": "7000"}, "INVALID_ADDRESS"),
        ({"postalCode": "20000"}, "SKILLS_NOT_AVAILABLE"),
        ({"skills": ["ROCKETRY"]}, "SKILLS_NOT_AVAILABLE"),
        ({"to": "2027-01-12"}, "NO_SLOTS_AVAILABLE"),
        ({"to": "2027-09-01"}, "INVALID_ORDER"),
        ({"businessUnitId": "ES-DIY"}, "INVALID_ORDER"),
        ({"sku": "nothing"}, "INVALID_ORDER"),
    ],
)
def test_each_reason_for_no_slot_has_its_word(side: Side, change: dict[str, Any], code: str) -> None:
    """The sales side's own words; a business unit of another system is none."""
    assert side.call("POST", "/sales/pyxis/slots/query", json=QUERY | change).json()["title"] == code


def test_an_order_is_found_by_the_sales_sides_id(side: Side) -> None:
    """State, appointment and provider; nothing personal, and only by the key of its own system."""
    side.call("POST", "/sales/pyxis/orders", content=pyxis.created("H-10"))
    told = side.call("GET", "/sales/pyxis/orders/H-10", params={"type": "SALES_ORDER"}).json()
    assert (told["state"], told["appointment"], told["provider"]) == ("RECEIVED", None, None)
    assert "Garnier" not in str(told)
    for path, kind in (("H-10", "LEAD"), ("H-11", "SALES_ORDER")):
        answer = side.call("GET", f"/sales/pyxis/orders/{path}", params={"type": kind})
        assert (answer.status_code, answer.json()["title"]) == (404, "NOT_FOUND")
    assert side.call("GET", "/sales/tempo/orders/H-10", "tempo-key").status_code == 404
