"""Webhooks: the echo, notifications that come twice, late, mixed up or forged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.responses import JSONResponse, Response

from adapters.adobe_sign import webhook
from adapters.adobe_sign.client import AdobeSign
from adapters.adobe_sign.local import LocalAdobeSign
from adapters.emulator import Call, Emulator, LocalServer, answers
from workers.ports.signatures import AgreementStatus

CLIENT_IDS = frozenset({"local-application"})


class Receiver:
    """Our side, as an API would do it with the adapter's two functions."""

    def __init__(self) -> None:
        self.notifications: list[webhook.Notification] = []
        self.emulator = Emulator({"GET /adobe": self.verify, "POST /adobe": self.receive})
        self.server = LocalServer(self.emulator.app)

    def verify(self, call: Call) -> Response:
        echo = webhook.echo(call.headers, CLIENT_IDS)
        return Response(status_code=200, headers=echo) if echo else Response(status_code=403)

    def receive(self, call: Call) -> Response:
        echo = webhook.echo(call.headers, CLIENT_IDS)
        if echo is None:
            return Response(status_code=403)
        self.notifications.append(webhook.parse(call.body))
        return Response(status_code=204, headers=echo)

    @property
    def url(self) -> str:
        return self.server.address + "/adobe"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    with made.server:
        yield made


def test_a_closed_agreement_is_told_and_then_read(
    adobe: LocalAdobeSign, signatures: AdobeSign, agreement: str, receiver: Receiver
) -> None:
    """The notification names the agreement; what counts is what the service then tells."""
    adobe.webhooks.register(receiver.url)
    adobe.sign(agreement)
    [told] = receiver.notifications
    assert (told.agreement_id, told.event, told.closes) == (agreement, "AGREEMENT_WORKFLOW_COMPLETED", True)
    assert signatures.get(told.agreement_id).status is AgreementStatus.SIGNED


def test_duplicates_carry_the_same_id(adobe: LocalAdobeSign, agreement: str, receiver: Receiver) -> None:
    """An inbox can drop them."""
    adobe.webhooks.register(receiver.url)
    adobe.webhooks.twice = True
    adobe.decline(agreement, "wrong amount")
    first, second = receiver.notifications
    assert first == second


def test_notifications_may_come_late_and_mixed_up(
    adobe: LocalAdobeSign, signatures: AdobeSign, request_for: Any, receiver: Receiver
) -> None:
    """Whatever the order, re-reading tells the truth."""
    adobe.webhooks.register(receiver.url)
    adobe.webhooks.held = True
    agreement = signatures.create(request_for)
    adobe.expire(agreement)
    assert receiver.notifications == []
    assert adobe.webhooks.flush(newest_first=True) == 0
    assert [told.event for told in receiver.notifications] == ["AGREEMENT_EXPIRED", "AGREEMENT_CREATED"]
    assert {signatures.get(told.agreement_id).status for told in receiver.notifications} == {AgreementStatus.EXPIRED}


def test_an_answer_without_the_echo_is_repeated(adobe: LocalAdobeSign, agreement: str, receiver: Receiver) -> None:
    """A 2xx alone is a failure to Adobe; so is a 5xx."""
    adobe.webhooks.register(receiver.url)
    receiver.emulator.faults.plan("POST /adobe", answers(200), answers(500))
    adobe.sign(agreement)
    assert adobe.webhooks.flush() == 1
    assert adobe.webhooks.flush() == 0
    assert len(receiver.notifications) == 1


def test_the_echo_may_be_in_the_body(adobe: LocalAdobeSign, receiver: Receiver) -> None:
    """Adobe takes either form at registration."""
    receiver.emulator.faults.plan("GET /adobe", lambda: JSONResponse({"xAdobeSignClientId": adobe.webhooks.client_id}))
    assert adobe.webhooks.register(receiver.url) == adobe.webhooks.register(receiver.url)


def test_an_address_that_does_not_echo_is_not_registered(
    adobe: LocalAdobeSign, signatures: AdobeSign, receiver: Receiver
) -> None:
    """Through the API as well: 400 INVALID_WEBHOOK_URL."""
    receiver.emulator.faults.plan("GET /adobe", answers(200))
    signatures.upload(name="a", content=b"x")  # a token
    [token] = adobe.service.tokens
    answer = httpx.post(
        f"{adobe.service.address}/api/rest/v6/webhooks",
        json={"webhookUrlInfo": {"url": receiver.url}},
        headers={"Authorization": f"Bearer {token}"},
        timeout=5,
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_WEBHOOK_URL")


def test_a_stranger_gets_no_echo() -> None:
    """An unknown or missing application id must not be answered with 2xx; header names have no case."""
    assert webhook.echo({"x-adobesign-clientid": "local-application"}, CLIENT_IDS) == {
        webhook.CLIENT_ID_HEADER: "local-application"
    }
    for headers in ({}, {"X-AdobeSign-ClientId": "other"}, {"X-AdobeSign-ClientId": ""}):
        assert webhook.echo(headers, CLIENT_IDS) is None
    assert webhook.echo({"X-AdobeSign-ClientId": ""}, frozenset()) is None


BODIES = {
    "no JSON": b"{",
    "no text": b"\xff",
    "no object": b"[]",
    "another resource": b'{"webhookNotificationId": "n", "event": "WIDGET_CREATED", "widget": {"id": "w"}}',
    "no id": b'{"event": "AGREEMENT_EXPIRED", "agreement": {"id": "a"}}',
    "an id that is no text": b'{"webhookNotificationId": 7, "event": "E", "agreement": {"id": "a"}}',
    "an agreement without id": b'{"webhookNotificationId": "n", "event": "E", "agreement": {}}',
    "too long": b"x" * (webhook.MAX_BYTES + 1),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_that_is_no_notification_is_refused(body: bytes) -> None:
    """One kind of error, so that the API answers 400 and nothing else happens."""
    with pytest.raises(ValueError):
        webhook.parse(body)


def test_an_unknown_event_closes_nothing() -> None:
    """New events appear; they are heard and ignored."""
    body = {"webhookNotificationId": "n", "event": "AGREEMENT_SMS_FAILED", "agreement": {"id": "a"}}
    assert not webhook.parse(json.dumps(body).encode()).closes


def test_the_control_endpoints_play_the_signer(adobe: LocalAdobeSign, signatures: AdobeSign, agreement: str) -> None:
    """A demo in another process signs by HTTP, and sees what there is to sign."""
    with httpx.Client(base_url=adobe.service.address, timeout=5) as control:
        [row] = control.get("/control/agreements").json()
        assert (row["id"], row["status"]) == (agreement, "OUT_FOR_SIGNATURE")
        place = f"/control/agreements/{agreement}"
        assert control.post(f"{place}/sign", json={"formData": {"rating": "5"}}).json() == {"changed": True}
        assert control.post(f"{place}/decline", json={"reason": "late"}).json() == {"changed": False}
        assert control.post(f"{place}/expire").json() == {"changed": False}
        assert control.post("/control/agreements/absent/sign").status_code == 404
    assert signatures.form_data(agreement) == {"rating": "5"}
