"""Our HTTP API: who gets in, what is believed, and what a repeat does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from adapters.adobe_sign.local import LocalAdobeSign
from adapters.emulator import LocalServer
from workers.api.app import make_app
from workers.bootstrap import Platform, SignWebhook
from workers.domain.callers import Kind, Owner
from workers.domain.errors import NotKnown
from workers.domain.states import VisitState
from workers.domain.values import ContractStatus, GoStatus
from workers.ports.effects import EffectLedger
from workers.ports.errors import Unavailable
from workers.ports.identity import Owners
from workers.ports.processes import Processes, ProcessMessage
from workers.ports.signatures import Agreement, AgreementStatus, Signatures
from workers.settings import ApiSettings, Settings

TOKEN = "a-token"
CLIENT = {"X-AdobeSign-ClientId": "local-application"}
PLANNED = datetime(2027, 1, 28, 8, tzinfo=UTC)


@dataclass
class Camunda:
    """Remembers what was published; a repeated message id is no second message."""

    published: list[ProcessMessage] = field(default_factory=list)
    down: bool = False

    def publish(self, message: ProcessMessage) -> None:
        if self.down:
            raise Unavailable("no answer", system="camunda")
        if message.message_id not in {m.message_id for m in self.published}:
            self.published.append(message)


@dataclass
class Signing:
    """Tells one state for every agreement."""

    status: AgreementStatus = AgreementStatus.SIGNED

    def get(self, agreement_id: str) -> Agreement:
        return Agreement(agreement_id, "wcf:1", self.status)


class Agreements:
    """Every agreement is ours but one."""

    def owner(self, kind: Kind, key: object) -> Owner | None:
        return None if key == "not-ours" else Owner("FR", "FR-HOME")


@dataclass
class Known:
    """One row is known."""

    row: Any

    def find(self, key: Any) -> Any:
        return self.row if self.row is not None and key == self.row.id else None

    def get(self, key: UUID) -> Any:
        if key != self.row.id:
            raise NotKnown(f"Expected {key}, but there is none")
        return self.row


@dataclass
class Row:
    """A visit that is ready, and the order it belongs to."""

    id: UUID
    order_id: UUID
    state: VisitState = VisitState.READY
    start: datetime = PLANNED
    version: int = 1
    frozen: bool = False
    is_main: bool = True
    go_status: GoStatus = GoStatus.OK
    contract_status: ContractStatus = ContractStatus.NOT_NEEDED


@dataclass
class Ledger:
    """Remembers results by key, as the real one does."""

    visit: UUID
    now: datetime = PLANNED
    results: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @contextmanager
    def open(self, key: str, *, task_type: str) -> Iterator[Any]:
        order = Row(uuid4(), uuid4())
        orders = Known(order)
        orders.note = lambda _order, what, **_: self.notes.append(what)  # type: ignore[attr-defined]
        nowhere = type("Executions", (), {"latest": lambda _, visit: None})()
        parts = {
            "visits": Known(Row(self.visit, order.id)),
            "orders": orders,
            "agreements": Known(None),
            "executions": nowhere,
            "now": self.now,
        }
        unit = type("Unit", (), parts)()
        store = lambda _self, result: self.results.update({key: result})  # noqa: E731 - a method of the fake
        fields = {"stored": self.results.get(key), "unit": unit, "events": (), "store": store}
        yield type("Effect", (), fields)()


@dataclass
class Api:
    """The application with its surroundings."""

    client: httpx.Client
    camunda: Camunda
    signing: Signing
    visit: UUID
    ledger: Ledger


@pytest.fixture
def api() -> Iterator[Api]:
    camunda, signing, visit = Camunda(), Signing(), uuid4()
    ledger = Ledger(visit)
    parts: Mapping[Any, Any] = {
        Processes: camunda,
        Signatures: signing,
        EffectLedger: ledger,
        SignWebhook: SignWebhook({"local-application"}),
        Owners: Agreements(),
    }
    platform = Platform(Settings(api=ApiSettings(token=TOKEN)), parts)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with LocalServer(make_app(platform)) as server, httpx.Client(base_url=server.address, headers=headers) as client:
        yield Api(client, camunda, signing, visit, ledger)


def notification(event: str = "AGREEMENT_WORKFLOW_COMPLETED", agreement: str = "A1") -> dict[str, Any]:
    return {"webhookNotificationId": "n1", "event": event, "agreement": {"id": agreement}}


def test_a_closed_agreement_is_told_to_the_journey(api: Api) -> None:
    """A notification that is confirmed at the source becomes `agreement-closed` with the state read there."""
    answer = api.client.post("/webhooks/adobe-sign", json=notification(), headers=CLIENT)

    assert answer.status_code == 200
    assert answer.headers["X-AdobeSign-ClientId"] == "local-application"
    assert [(m.name, m.correlation_key, m.variables) for m in api.camunda.published] == [
        ("agreement-closed", "A1", {"agreementStatus": "SIGNED"})
    ]


def test_a_notification_is_never_believed(api: Api) -> None:
    """A forged notification about an open agreement changes nothing: the agreement is read again."""
    api.signing.status = AgreementStatus.PENDING_SIGNATURE

    answer = api.client.post("/webhooks/adobe-sign", json=notification(), headers=CLIENT)

    assert answer.status_code == 200
    assert api.camunda.published == []


def test_a_repeated_notification_is_one_message(api: Api) -> None:
    """Acrobat Sign repeats and reorders; the journey hears once."""
    for _ in range(3):
        api.client.post("/webhooks/adobe-sign", json=notification(), headers=CLIENT)

    assert len(api.camunda.published) == 1


def test_a_notification_is_refused_while_camunda_is_down(api: Api) -> None:
    """A 503 makes Acrobat Sign send it again, so nothing is lost."""
    api.camunda.down = True

    answer = api.client.post("/webhooks/adobe-sign", json=notification(), headers=CLIENT)

    assert answer.status_code == 503
    assert answer.json()["title"] == "Unavailable"


@pytest.mark.parametrize("headers", [{}, {"X-AdobeSign-ClientId": "somebody-else"}])
def test_a_stranger_gets_no_echo(api: Api, headers: dict[str, str]) -> None:
    """A request that names no application of ours is no 2xx, at registration and later."""
    asked = api.client.get("/webhooks/adobe-sign", headers=headers)
    told = api.client.post("/webhooks/adobe-sign", json=notification(), headers=headers)

    assert (asked.status_code, told.status_code) == (403, 403)
    assert api.camunda.published == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"event": 1}', b'{"agreement": "x"}'])
def test_a_malformed_notification_is_400(api: Api, body: bytes) -> None:
    """What is no notification is refused in a sentence."""
    answer = api.client.post("/webhooks/adobe-sign", content=body, headers=CLIENT)

    assert answer.status_code == 400
    assert api.camunda.published == []


def test_registration_works_with_the_emulator(api: Api) -> None:
    """The emulator asks for intent as Adobe does, and accepts our echo."""
    with LocalAdobeSign() as adobe:
        header = {"X-AdobeSign-ClientId": adobe.webhooks.client_id}

        answer = api.client.get("/webhooks/adobe-sign", headers=header)

    assert answer.headers["X-AdobeSign-ClientId"] == adobe.webhooks.client_id


@pytest.mark.parametrize("authorization", ["", "Bearer wrong", "Basic a-token", "Bearer"])
def test_answers_need_the_token(api: Api, authorization: str) -> None:
    """Without the token nobody answers for a provider."""
    body = {"at": PLANNED.isoformat()}

    answer = api.client.post(f"/visits/{api.visit}/check-in", json=body, headers={"Authorization": authorization})

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_check_in_is_told_once(api: Api) -> None:
    """The same report twice acts once and is one message, also when Camunda was down the first time."""
    body = {"at": PLANNED.isoformat()}
    api.camunda.down = True
    lost = api.client.post(f"/visits/{api.visit}/check-in", json=body).status_code
    api.camunda.down = False

    answers = [api.client.post(f"/visits/{api.visit}/check-in", json=body).status_code for _ in range(2)]

    assert (lost, answers) == (503, [200, 200])
    assert api.ledger.notes == ["check-in reported"]
    assert [m.name for m in api.camunda.published] == ["visit-checked-in"]


@pytest.mark.parametrize(("minutes", "status"), [(35, 409), (30, 200)])
def test_a_team_cannot_arrive_too_early(api: Api, minutes: int, status: int) -> None:
    """Arrival is accepted from 30 minutes before the appointment on (S29)."""
    api.ledger.now = PLANNED - timedelta(minutes=minutes)

    answer = api.client.post(f"/visits/{api.visit}/check-in", json={"at": api.ledger.now.isoformat()})

    assert answer.status_code == status


def test_an_unknown_visit_is_404(api: Api) -> None:
    """A visit nobody planned is not found, and nothing is published."""
    answer = api.client.post(f"/visits/{uuid4()}/check-in", json={"at": PLANNED.isoformat()})

    assert answer.status_code == 404
    assert api.camunda.published == []


@pytest.mark.parametrize(
    "body",
    [{}, {"at": "yesterday"}, {"at": "2027-01-28T08:00:00"}, {"at": PLANNED.isoformat(), "name": "Joe"}, {"at": None}],
)
def test_a_malformed_arrival_is_422(api: Api, body: dict[str, Any]) -> None:
    """Missing, mistyped, zone-less and unknown fields are refused with the field's name."""
    answer = api.client.post(f"/visits/{api.visit}/check-in", json=body)

    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"][0] == "body"


def test_an_oversized_body_is_not_read(api: Api) -> None:
    """More than ten megabytes are refused by their announced length."""
    answer = api.client.post("/webhooks/adobe-sign", content=bytes(11 * 1024 * 1024), headers=CLIENT)

    assert answer.status_code == 413
