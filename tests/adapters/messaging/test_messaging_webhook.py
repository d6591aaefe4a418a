"""Calls of the messaging service: whose they are, how old, and what they say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.messaging.webhook import SIGNATURE, TIMESTAMP, MessagingWebhook, Told, sign

NOW = datetime(2027, 1, 11, 12, 0, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))
BODY = b'{"id":"msg_1","status":"delivered"}'
hook = MessagingWebhook(lambda: "secret")


def headers(stamp: str = STAMP, secret: str = "secret", body: bytes = BODY) -> dict[str, str]:
    return {TIMESTAMP: stamp, SIGNATURE: sign(secret, stamp, body)}


def test_a_fresh_call_is_the_services() -> None:
    """Signed over time stamp and body with the shared secret."""
    assert hook.verify(headers(), BODY, now=NOW)


FORGED = {
    "another secret": headers(secret="guess"),
    "another body": headers(body=b"{}"),
    "six minutes old": headers(str(int(NOW.timestamp()) - 360)),
    "from the future": headers(str(int(NOW.timestamp()) + 360)),
    "no stamp": {SIGNATURE: sign("secret", "", BODY)},
    "no number": headers("yesterday"),
    "a number of another script": headers("\u0661\u0662\u0663"),
    "a huge number": headers("9" * 400),
    "nothing": {},
    "not ASCII": {TIMESTAMP: STAMP, SIGNATURE: "\u00e9"},
}


@pytest.mark.parametrize("shown", FORGED.values(), ids=FORGED)
def test_a_forged_or_old_call_is_refused(shown: dict[str, str]) -> None:
    """An old call cannot be sent again by whoever heard it; nothing raises."""
    assert not hook.verify(shown, BODY, now=NOW)


def test_without_a_secret_nobody_gets_in() -> None:
    """A secret that was never set must not mean that the empty one is right."""
    assert not MessagingWebhook(lambda: "").verify(headers(secret=""), BODY, now=NOW)


SAID = [
    (b'{"id":"m","status":"delivered"}', Told("receipt", "m", "delivered")),
    (b'{"id":"m","status":"rejected","permanent":true}', Told("receipt", "m", "rejected", dead=True)),
    (b'{"type":"opt-out","id":"m"}', Told("opt-out", "m")),
    (
        b'{"type":"opt-out","channel":"sms","to":"+33","scope":"SURVEY"}',
        Told("opt-out", channel="sms", address="+33", only_surveys=True),
    ),
]


@pytest.mark.parametrize(("body", "told"), SAID)
def test_what_a_call_says(body: bytes, told: Told) -> None:
    """Receipts and opt-outs."""
    assert hook.parse(body) == told


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"id":1,"status":2}', b'{"type":"opt-out"}', b"\xff"])
def test_what_says_nothing_is_told_as_a_mistake(body: bytes) -> None:
    """The caller's fault, never ours."""
    with pytest.raises(ValueError):
        hook.parse(body)
