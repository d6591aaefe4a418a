"""The outcome webhook: a signed POST per system and tenant, tried three times.

The signature covers `<timestamp>.<body>`: with the body alone, an old call could be sent again by anybody who heard it, and no
receiver could refuse it by its age. A receiver refuses stamps more than five minutes old.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import httpx

from adapters import http
from adapters.sales.contract import filled, instant
from workers.ports.errors import Unavailable
from workers.ports.outcomes import Outcome
from workers.ports.secrets import Secrets

SYSTEM = "sales webhook"
TIMEOUT = 30.0
PAUSES = (2.0, 4.0)
OLDEST = timedelta(minutes=5)
SIGNATURE, TIMESTAMP, CORRELATION = "X-FSM-Signature", "X-FSM-Timestamp", "X-Correlation-ID"


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 over `<timestamp>.<body>`, in hexadecimal."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def genuine(secret: str, headers: Mapping[str, str], body: bytes, *, now: float) -> bool:
    """What a receiver checks: the stamp is not older (or newer) than five minutes and the signature is ours."""
    stamp = headers.get(TIMESTAMP, "")
    if not stamp.isascii() or not stamp.isdigit() or abs(now - int(stamp[:12])) > OLDEST.total_seconds():
        return False
    return hmac.compare_digest(sign(secret, stamp, body).encode(), headers.get(SIGNATURE, "").encode())


class HttpOutcomeWebhooks:
    """Implements `workers.ports.outcomes.OutcomeWebhooks`. `addresses` is system -> `FR/FR-HOME` -> URL."""

    def __init__(
        self,
        addresses: Mapping[str, Mapping[str, str]],
        secrets: Secrets,
        *,
        timeout: float = TIMEOUT,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._addresses, self._secrets, self._sleep = addresses, secrets, sleep
        self._client = http.new_client("", timeout=timeout) if any(addresses.values()) else None

    def deliver(self, outcome: Outcome) -> bool:
        """Tells an outcome; each try is stamped and signed anew, the event id stays."""
        order = outcome.order
        address = self._addresses.get(order.source_system, {}).get(f"{order.country_code}/{order.bu_code}")
        if address is None or self._client is None:
            return False
        secret = self._secrets.read(f"sales-{order.source_system}")["webhook_secret"]
        body = json.dumps(body_of(outcome), separators=(",", ":"), ensure_ascii=False).encode()
        for pause in (*PAUSES, None):
            try:
                self._post(self._client, address, secret, outcome, body)
                return True
            except Unavailable as error:
                asked = error.retry_after.total_seconds() if error.retry_after else 0.0
                # Who asks for more patience than the job has gets the next attempt of the job, after as long.
                if pause is None or asked > PAUSES[-1]:
                    raise
                self._sleep(max(pause, asked))
        raise AssertionError("the last try returns or raises")

    def close(self) -> None:
        """Closes the connections."""
        if self._client:
            self._client.close()

    def _post(self, client: httpx.Client, address: str, secret: str, outcome: Outcome, body: bytes) -> None:
        stamp, reference = str(int(time.time())), str(outcome.event_id)
        order = outcome.order
        headers = {
            "Content-Type": "application/json",
            TIMESTAMP: stamp,
            SIGNATURE: sign(secret, stamp, body),
            CORRELATION: f"{order.source_system}:{order.external_order_id}",
        }
        with http.port_errors(SYSTEM, reference=reference):
            response = client.post(address, content=body, headers=headers)
        http.raise_for_status(response, system=SYSTEM, reference=reference)


def body_of(outcome: Outcome) -> dict[str, Any]:
    """The document the sales system gets."""
    order = outcome.order
    told = {
        "eventId": str(outcome.event_id),
        "orderId": str(order.order_id),
        "externalOrderId": order.external_order_id,
        "visitId": None if outcome.visit_id is None else str(outcome.visit_id),
        "outcome": outcome.outcome.value,
        "completedAt": instant(outcome.completed_at),
        "actualMinutes": outcome.actual_minutes,
        "teamName": outcome.team_name,
        "items": [dict(item) for item in outcome.items],
        "satisfaction": outcome.satisfaction,
        "issues": list(outcome.issues),
        "followUpRequired": outcome.follow_up_reason is not None,
        "followUpReason": outcome.follow_up_reason,
    }
    return filled(told)
