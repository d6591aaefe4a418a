"""The webhook side of the local Acrobat Sign: asks for intent, sends, checks the echo, repeats and mixes up on demand."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import httpx

from adapters import http
from adapters.adobe_sign.local_account import Stored
from adapters.adobe_sign.webhook import CLIENT_ID_HEADER

TIMEOUT_SECONDS = 5.0
WEBHOOK_EVENTS = {
    "CREATED": "AGREEMENT_CREATED",
    "WORKFLOW_COMPLETED": "AGREEMENT_WORKFLOW_COMPLETED",
    "REJECTED": "AGREEMENT_REJECTED",
    "RECALLED": "AGREEMENT_RECALLED",
    "EXPIRED": "AGREEMENT_EXPIRED",
}


class IntentRefusedError(Exception):
    """The address did not answer the verification of intent with 2xx and our application id."""


class Webhooks:
    """Registered addresses and their notifications.

    `held` keeps notifications back until `flush`; `twice` sends each of them two times. What was not accepted waits in
    `failed` until `flush`, as the real service repeats it for 72 hours.
    """

    def __init__(self, client_id: str) -> None:
        self.client_id = client_id
        self.held = False
        self.twice = False
        self.failed: list[tuple[str, dict[str, Any]]] = []
        self._addresses: dict[str, str] = {}
        self._lock = threading.Lock()
        self._client = http.new_client("http://127.0.0.1", timeout=TIMEOUT_SECONDS)

    def register(self, url: str) -> str:
        """Verifies the intent of the address by a GET and registers it; an address that is known keeps its id."""
        known = next((webhook_id for webhook_id, address in self._addresses.items() if address == url), None)
        if known:
            return known
        answer = self._client.get(url, headers={CLIENT_ID_HEADER: self.client_id})
        if not self._echoed(answer):
            raise IntentRefusedError(f"Expected 2xx and the echo of {CLIENT_ID_HEADER}, but {answer.status_code} came")
        webhook_id = uuid.uuid4().hex
        self._addresses[webhook_id] = url
        return webhook_id

    def notify(self, agreement: Stored, event: str, extra: dict[str, Any]) -> None:
        """Sends an event to every address, or keeps it back."""
        if event not in WEBHOOK_EVENTS:
            return
        for webhook_id, url in list(self._addresses.items()):
            body = _payload(webhook_id, url, agreement, WEBHOOK_EVENTS[event]) | extra
            with self._lock:
                self.failed.append((url, body))
        if not self.held:
            self.flush()

    def flush(self, *, newest_first: bool = False) -> int:
        """Sends what was held or not accepted; returns how many notifications are still not accepted."""
        with self._lock:
            waiting, self.failed = self.failed, []
        for url, body in reversed(waiting) if newest_first else waiting:
            accepted = [self._post(url, body) for _ in range(2 if self.twice else 1)]
            if not all(accepted):
                with self._lock:
                    self.failed.append((url, body))
        return len(self.failed)

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def _post(self, url: str, body: dict[str, Any]) -> bool:
        try:
            answer = self._client.post(url, json=body, headers={CLIENT_ID_HEADER: self.client_id})
        except httpx.HTTPError:
            return False
        return self._echoed(answer)

    def _echoed(self, answer: httpx.Response) -> bool:
        if not answer.is_success:
            return False
        if answer.headers.get(CLIENT_ID_HEADER) == self.client_id:
            return True
        try:
            return bool(answer.json().get("xAdobeSignClientId") == self.client_id)
        except (ValueError, AttributeError):
            return False


def _payload(webhook_id: str, url: str, agreement: Stored, event: str) -> dict[str, Any]:
    """The minimal payload: conditional parameters are off."""
    return {
        "webhookId": webhook_id,
        "webhookName": agreement.external_id,
        "webhookNotificationId": uuid.uuid4().hex,
        "webhookUrlInfo": {"url": url},
        "webhookScope": "ACCOUNT",
        "event": event,
        "eventDate": agreement.events[-1]["date"],
        "eventResourceType": "agreement",
        "agreement": {"id": agreement.id, "name": agreement.body["name"], "status": agreement.status},
    }
