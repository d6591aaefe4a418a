"""Attacks by what a request or a document holds: signs that are no text, numbers that are none, forged notifications."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from adapters.adobe_sign.webhook import parse
from adapters.documents.wire import showable, tagless
from adapters.emulator import LocalServer
from workers.api.app import make_app
from workers.api.edge import TooManyRequests
from workers.bootstrap import OrderSearch, Platform, SignWebhook
from workers.ports.identity import Owners
from workers.ports.signatures import Signatures
from workers.settings import ApiSettings, Settings


class Asked:
    """Whoever is asked remembers it."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    def get(self, agreement_id: str) -> Any:
        self.ids.append(agreement_id)
        raise AssertionError("nobody is to be asked about an agreement that is not ours")

    def owner(self, kind: object, key: object) -> None:
        return None

    def find(self, text: str, **within: Any) -> Any:
        raise AssertionError("no such text is searched")


ASKED = Asked()
HEADERS = {"Authorization": "Bearer key"}


@pytest.fixture(scope="module")
def api() -> Iterator[httpx.Client]:
    parts = {Signatures: ASKED, Owners: ASKED, OrderSearch: ASKED, SignWebhook: SignWebhook({"ours"})}
    platform = Platform(Settings(api=ApiSettings(token="key")), parts)
    with LocalServer(make_app(platform)) as server, httpx.Client(base_url=server.address) as client:
        yield client


UNFIT = ["\\u0000", "\\u001b[31m", "\\ud800", "a\\u0007b"]
FIELDS = {
    "check-in": '{"at": "2027-01-28T08:00:00Z", "%s": "%s"}',
    "withdrawal": '{"reason": "%s%s"}',
    "check-out": '{"at": "2027-01-28T10:00:00Z", "completionStatus": "%s%s"}',
    "pause": '{"at": "2027-01-28T09:00:00Z", "reason": "%s%s"}',
}


@pytest.mark.parametrize("route", FIELDS)
@pytest.mark.parametrize("sign", UNFIT)
def test_signs_that_are_no_text_are_422(api: httpx.Client, route: str, sign: str) -> None:
    """Control characters, NUL and halves of characters, in names as in values; the answer repeats nothing of them."""
    body = FIELDS[route] % (sign, sign)
    answer = api.post(
        f"/visits/{uuid4()}/{route}", content=body, headers=HEADERS | {"content-type": "application/json"}
    )
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"] == "INVALID_INPUT"
    assert "\x1b" not in answer.text


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_numbers_that_are_none_are_422(api: httpx.Client, number: str) -> None:
    """Python's JSON takes them; we do not."""
    body = f'{{"at": "2027-01-28T08:00:00Z", "latitude": {number}, "longitude": 3.0}}'
    answer = api.post(
        f"/visits/{uuid4()}/check-in", content=body, headers=HEADERS | {"content-type": "application/json"}
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("path", ["/orders?q=a%00b", "/orders?q=%1b[31m", "/visits/%00/check-in"])
def test_addresses_that_are_no_text_are_422(api: httpx.Client, path: str) -> None:
    """Refused at the door: a database would answer a NUL with a fault of its own."""
    assert api.get(path, headers=HEADERS).status_code == 422


def test_nothing_describes_itself_unless_it_is_told_to(api: httpx.Client) -> None:
    """No list of routes for strangers."""
    assert [api.get(path).status_code for path in ("/docs", "/openapi.json", "/redoc")] in (
        [404, 404, 401],
        [404, 404, 404],
    )


def test_a_forged_notification_makes_us_ask_nobody(api: httpx.Client) -> None:
    """An agreement that is not ours: answered as any other, and the signature service is not asked (no amplification)."""
    body = {"webhookNotificationId": "n", "event": "AGREEMENT_RECALLED", "agreement": {"id": "not-ours"}}
    answer = api.post("/webhooks/adobe-sign", json=body, headers={"X-AdobeSign-ClientId": "ours"})
    assert (answer.status_code, ASKED.ids) == (200, [])


@pytest.mark.parametrize("agreement_id", ["../users/me", "a/b", "a?x=1", "a%2fb", "a b", "", "x" * 200, "\x00"])
def test_an_id_cannot_lead_elsewhere(agreement_id: str) -> None:
    """It becomes a part of an address at the signature service."""
    told = {"webhookNotificationId": "n", "event": "AGREEMENT_RECALLED", "agreement": {"id": agreement_id}}
    with pytest.raises(ValueError, match="Expected"):
        parse(json.dumps(told).encode())


@pytest.mark.parametrize(
    "text", ["{{Sig_es_:signer2:signature}}", "{{{x}}}", "{{", "\uff5b\uff5bSig_es_:signer1\uff5d\uff5d", "{\u0301{x}}"]
)
def test_text_from_outside_is_no_signature_field(text: str) -> None:
    """Whatever a seller or a customer wrote, the signature service finds no tag in it."""
    shown = tagless(showable(text))
    assert "{{" not in shown
    assert "}}" not in shown


def test_one_caller_cannot_take_everything() -> None:
    """Twelve hundred calls in a minute, some at once; then 429 with the wait."""
    platform = Platform(Settings(api=ApiSettings(token="key")), {})
    from workers.api import access

    request = type("Request", (), {})()
    request.url = httpx.URL("http://x/orders")
    request.headers, request.state = HEADERS | {"authorization": "Bearer key"}, type("State", (), {})()
    for _ in range(access.CALLS.burst):
        access.known(platform, request)
    with pytest.raises(TooManyRequests):
        _flood(access.known, platform, request)


def _flood(call: Any, *arguments: Any) -> None:
    for _ in range(2000):
        call(*arguments)
