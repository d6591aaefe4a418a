"""What the messaging service tells us: receipts and opt-outs, signed over time stamp and body.

X-Messaging-Timestamp: seconds since 1970; older or newer than five minutes is refused, so that nobody sends an old call again.
X-Messaging-Signature: HMAC-SHA256 of `<timestamp>.<body>` with our shared secret, in hexadecimal.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

SIGNATURE, TIMESTAMP = "X-Messaging-Signature", "X-Messaging-Timestamp"
TOLERANCE = timedelta(minutes=5)
OPT_OUT = "opt-out"


@dataclass(frozen=True, slots=True)
class Told:
    """A receipt (`status` of message `message_id`), or the wish for no more messages.

    `dead`: the address does not exist, and no later message would reach it. An opt-out names the message it answers, or the
    address itself.
    """

    kind: str
    message_id: str = ""
    status: str = ""
    dead: bool = False
    channel: str = ""
    address: str = field(default="", repr=False)
    only_surveys: bool = False


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The signature of a call."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


class MessagingWebhook:
    """Checks and reads calls. `secret` is asked for each time: it may be replaced while we run."""

    def __init__(self, secret: Callable[[], str]) -> None:
        self._secret = secret

    def verify(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> bool:
        """Whether the call is the service's, and fresh. Without a secret of ours nobody's is."""
        stamp, shown = headers.get(TIMESTAMP, ""), headers.get(SIGNATURE, "")
        secret = self._secret()
        if not secret or not stamp.isascii() or not stamp.isdecimal() or len(stamp) > len("9999999999"):
            return False
        if abs(now.timestamp() - int(stamp)) > TOLERANCE.total_seconds():
            return False
        return hmac.compare_digest(sign(secret, stamp, body).encode(), shown.encode())

    def parse(self, body: bytes) -> Told:
        """What a call says. `ValueError` when it is neither a receipt nor an opt-out."""
        document = json.loads(body)
        if not isinstance(document, dict):
            raise ValueError("expected an object")
        if document.get("type", "receipt") == OPT_OUT:
            return _opt_out(document)
        if not (_text(document, "id") and _text(document, "status")):
            raise ValueError("expected a receipt with id and status")
        return Told("receipt", _text(document, "id"), _text(document, "status"), dead=document.get("permanent") is True)


def _opt_out(document: Mapping[str, Any]) -> Told:
    told = Told(
        OPT_OUT,
        _text(document, "id"),
        channel=_text(document, "channel"),
        address=_text(document, "to"),
        only_surveys=document.get("scope") == "SURVEY",
    )
    if not told.message_id and not (told.channel and told.address):
        raise ValueError("expected an opt-out with the id of a message, or with channel and to")
    return told


def _text(document: Mapping[str, Any], name: str) -> str:
    value = document.get(name)
    return value if isinstance(value, str) else ""
