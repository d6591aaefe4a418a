"""Tokens, shards and throttles of the Acrobat Sign client."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from adapters.adobe_sign import wire
from adapters.adobe_sign.client import AdobeSign
from adapters.adobe_sign.local import LocalAdobeSign
from adapters.adobe_sign.local_api import API, ONE
from adapters.adobe_sign.settings import AdobeSignSettings, IntegrationKey
from adapters.children import free_port
from adapters.emulator import Fault, answers
from workers.ports.errors import Misconfigured, PortError, Refused, Unavailable

REFRESH = "POST /oauth/v2/refresh"
READ = f"GET {ONE}"
BASE_URIS = f"GET {API}/baseUris"


def test_address_and_token_are_asked_for_once(signatures: AdobeSign, adobe: LocalAdobeSign, agreement: str) -> None:
    """Asking for the address before every request is bad practice."""
    for _ in range(5):
        signatures.get(agreement)
    assert (adobe.calls[BASE_URIS], adobe.calls[REFRESH]) == (1, 1)


def test_a_token_is_renewed_before_its_hour_is_over(
    signatures: AdobeSign, adobe: LocalAdobeSign, agreement: str, clock: Any
) -> None:
    """59 minutes later the next request asks for a new one first."""
    clock.seconds += 3539
    signatures.get(agreement)
    assert adobe.calls[REFRESH] == 1
    clock.seconds += 2
    signatures.get(agreement)
    assert adobe.calls[REFRESH] == 2


def test_a_revoked_token_is_replaced_once(signatures: AdobeSign, adobe: LocalAdobeSign, agreement: str) -> None:
    """401 heals by a refresh; if the new token is refused too, an operator must act."""
    adobe.service.tokens.clear()
    assert signatures.get(agreement).agreement_id == agreement
    refused = answers(401, {"code": "INVALID_ACCESS_TOKEN"})
    adobe.faults.plan(READ, refused, refused)
    with pytest.raises(Misconfigured):
        signatures.get(agreement)


def test_a_refresh_token_that_died_is_a_matter_for_an_operator(adobe: LocalAdobeSign) -> None:
    """After 60 days without use, or when revoked: access has to be granted anew."""
    auth = {**adobe.settings.auth.model_dump(), "refresh_token": "dead"}
    settings = AdobeSignSettings.model_validate({**adobe.settings.model_dump(), "auth": auth})
    with AdobeSign(settings) as signatures, pytest.raises(Misconfigured, match="granted anew"):
        signatures.get("x")


def test_a_refresh_that_fails_for_a_while_is_unavailable(
    signatures: AdobeSign, adobe: LocalAdobeSign, agreement: str, clock: Any
) -> None:
    """The token service may be down without the refresh token being dead."""
    clock.seconds += 4000
    adobe.faults.plan(REFRESH, answers(503), answers(429, {"code": "THROTTLING"}, Retry_After="5"))
    for _ in range(2):
        with pytest.raises(Unavailable):
            signatures.get(agreement)
    assert signatures.get(agreement).agreement_id == agreement


def test_an_account_that_moved_is_found_again(signatures: AdobeSign, adobe: LocalAdobeSign, agreement: str) -> None:
    """INVALID_API_ACCESS_POINT leads to one discovery, not to an error."""
    adobe.move_shard()
    assert signatures.get(agreement).agreement_id == agreement
    assert adobe.calls[BASE_URIS] == 2


def test_an_integration_key_is_used_as_it_is(adobe: LocalAdobeSign, agreement: str) -> None:
    """No refresh is tried; a refused key is a matter for an operator."""
    adobe.service.tokens.add("the-key")
    settings = adobe.settings.model_copy(update={"auth": IntegrationKey.model_validate({"key": "the-key"})})
    before = adobe.calls[REFRESH]
    with AdobeSign(settings) as signatures:
        assert signatures.get(agreement).agreement_id == agreement
        adobe.service.tokens.clear()
        with pytest.raises(Misconfigured):
            signatures.get(agreement)
    assert adobe.calls[REFRESH] == before


THROTTLES = {
    "header": (answers(429, {"code": "THROTTLING_TOO_MANY_REQUESTS"}, Retry_After="37"), 37),
    "body only": (answers(429, {"code": "THROTTLING_TOO_MANY_REQUESTS", "retryAfter": 37}), 37),
    "the longer of both": (answers(429, {"code": "T", "retryAfter": 37}, Retry_After="5"), 37),
    "neither": (answers(429), 1),
}


@pytest.mark.parametrize(("fault", "seconds"), THROTTLES.values(), ids=THROTTLES)
def test_a_throttle_is_kept_for_every_request(
    signatures: AdobeSign, adobe: LocalAdobeSign, agreement: str, clock: Any, fault: Fault, seconds: int
) -> None:
    """An early attempt would start the span anew: until it is over nothing reaches Adobe, whatever is asked."""
    adobe.faults.plan(READ, fault)
    with pytest.raises(Unavailable) as refused:
        signatures.get(agreement)
    assert refused.value.retry_after == timedelta(seconds=seconds)
    calls = sum(adobe.calls.values())
    clock.seconds += seconds - 0.5
    with pytest.raises(Unavailable) as early:
        signatures.audit_trail(agreement)
    assert early.value.retry_after == timedelta(seconds=0.5)
    assert sum(adobe.calls.values()) == calls
    clock.seconds += 0.5
    assert signatures.get(agreement).agreement_id == agreement


FAULTS = {
    "server error": (answers(500, {"code": "MISC_SERVER_ERROR"}), Unavailable),
    "gateway": (answers(502), Unavailable),
    "bad request": (answers(400, {"code": "BAD_REQUEST"}), Refused),
    "terms not accepted": (answers(403, {"code": "API_TERMS_NOT_ACCEPTED"}), Misconfigured),
    "an error that is no JSON": (answers(400), Refused),
}


@pytest.mark.parametrize(("fault", "kind"), FAULTS.values(), ids=FAULTS)
def test_each_fault_is_one_kind_of_trouble(
    signatures: AdobeSign, adobe: LocalAdobeSign, agreement: str, fault: Fault, kind: type[PortError]
) -> None:
    """Exactly that class, with the agreement as reference."""
    adobe.faults.plan(READ, fault)
    with pytest.raises(PortError) as raised:
        signatures.get(agreement)
    assert type(raised.value) is kind
    assert raised.value.reference == agreement


def test_no_service_is_unavailable(adobe: LocalAdobeSign) -> None:
    """Connection refused may heal."""
    settings = adobe.settings.model_copy(update={"discovery_url": f"http://127.0.0.1:{free_port()}"})
    with AdobeSign(settings) as signatures, pytest.raises(Unavailable):
        signatures.get("x")


def test_both_spellings_of_the_access_point_are_read() -> None:
    """Adobe's documents disagree; the address always gets its slash."""
    place = "https://api.eu1.adobesign.com/"
    assert wire.access_point_of({"apiAccessPoint": place}) == place
    assert wire.access_point_of({"api_access_point": place.rstrip("/")}) == place


def test_token_keys_with_blanks_are_read() -> None:
    """One of Adobe's samples has them."""
    assert wire.stripped({"access_token ": "t", "expires_in": 3600}) == {"access_token": "t", "expires_in": 3600}


def test_no_secret_shows_in_a_repr(adobe: LocalAdobeSign) -> None:
    """Settings get into logs."""
    assert "local-refresh" not in repr(adobe.settings)
