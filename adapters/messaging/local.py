"""The messaging service for a laptop and the tests: it keeps what it is told in an outbox one can read."""

from __future__ import annotations

import hashlib
import threading
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Self

import httpx
from starlette.responses import JSONResponse, Response

from adapters.emulator import Call, Emulator, Faults, LocalServer
from adapters.messaging.settings import MessagingSettings
from adapters.messaging.wire import later

API_KEY = "local-messaging-key"


@dataclass(frozen=True, slots=True)
class Sent:
    """One message in the outbox."""

    message_id: str
    idempotency_key: str
    channel: str
    to: str = field(repr=False)
    template: str
    locale: str
    subject: str
    text: str = field(repr=False)
    purpose: str
    about: str = ""
    html: str = field(default="", repr=False)
    status: str = "queued"
    callback_url: str | None = None


class LocalMessaging:
    """`with LocalMessaging() as messaging:` `messaging.settings` reaches it, `messaging.outbox` holds what was sent.

    `suppressed` are addresses that opted out.
    """

    def __init__(self, *, api_key: str = API_KEY, port: int = 0) -> None:
        self.api_key = api_key
        self.suppressed: set[str] = set()
        self._lock = threading.Lock()
        self._sent: dict[str, Sent] = {}
        self._digests: dict[str, str] = {}
        table = {f"POST {path}": self._accept for path in ("/email", "/sms", "/push", "/in-app")}
        self._emulator = Emulator({**table, "GET /outbox": self._outbox}, guard=self._unknown_caller)
        self._server = LocalServer(self._emulator.app, port=port)

    def __enter__(self) -> Self:
        """Starts."""
        self._server.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops."""
        self._server.stop()

    @property
    def settings(self) -> MessagingSettings:
        """What an adapter needs to reach it."""
        return MessagingSettings.model_validate({"base_url": self._server.address, "api_key": self.api_key})

    @property
    def faults(self) -> Faults:
        """Faults to plan, by operation: `POST /email` ..."""
        return self._emulator.faults

    @property
    def calls(self) -> Mapping[str, int]:
        """Requests per operation, repeats and refused ones included."""
        return self._emulator.calls

    @property
    def outbox(self) -> list[Sent]:
        """What was accepted, in order; a repeat is not accepted again."""
        with self._lock:
            return list(self._sent.values())

    def report(self, message_id: str, status: str) -> Sent:
        """A delivery receipt: moves the status forward, never back, and tells the sender's callback if it named one."""
        with self._lock:
            key, known = next((key, sent) for key, sent in self._sent.items() if sent.message_id == message_id)
            sent = self._sent[key] = replace(known, status=later(known.status, status))
        if sent.callback_url:
            httpx.post(sent.callback_url, json={"id": message_id, "status": status}, timeout=5).raise_for_status()
        return sent

    def _unknown_caller(self, call: Call) -> Response | None:
        if call.headers.get("authorization") == f"Bearer {self.api_key}":
            return None
        return _refusal(401, "UNAUTHORIZED")

    def _accept(self, call: Call) -> Response:
        key = call.headers.get("idempotency-key", "")
        if not key:
            return _refusal(400, "IDEMPOTENCY_KEY_MISSING")
        digest = hashlib.sha256(call.operation.encode() + call.body).hexdigest()
        with self._lock:
            if key in self._sent:
                return self._repeated(key, digest)
            refusal = _wrong(call.json(), suppressed=self.suppressed)
            if refusal:
                return refusal
            self._digests[key] = digest
            self._sent[key] = _sent(key, call)
            return _receipt(self._sent[key])

    def _repeated(self, key: str, digest: str) -> Response:
        if self._digests[key] != digest:
            return _refusal(422, "IDEMPOTENCY_KEY_REUSED")
        return _receipt(self._sent[key])

    def _outbox(self, call: Call) -> Response:
        hidden = {"to", "subject", "text", "html", "callback_url"}
        rows = [{name: getattr(sent, name) for name in Sent.__slots__ if name not in hidden} for sent in self.outbox]
        return JSONResponse(rows)


def begin_anew(messaging: LocalMessaging) -> None:
    """Forgets what was sent, who opted out and planned faults."""
    with messaging._lock:
        messaging._sent.clear()
        messaging._digests.clear()
    messaging.suppressed.clear()
    messaging.faults.forget()
    messaging._emulator.calls.update(dict.fromkeys(messaging.calls, 0))


def _wrong(body: Mapping[str, Any], *, suppressed: Collection[str]) -> Response | None:
    if body.get("to") in suppressed:
        return _refusal(400, "RECIPIENT_OPTED_OUT")
    if not (body.get("to") or body.get("userId")):
        return _refusal(400, "RECIPIENT_MISSING")
    return None


def _sent(key: str, call: Call) -> Sent:
    body = call.json()
    return Sent(
        message_id=f"msg_{uuid.uuid5(uuid.NAMESPACE_OID, key).hex}",
        idempotency_key=key,
        channel=call.operation.rpartition("/")[2],
        to=body.get("to") or body["userId"],
        template=body["metadata"]["template"],
        locale=body["locale"],
        subject=body.get("subject") or body.get("title", ""),
        text=body.get("text") or body.get("message") or body["body"],
        html=body.get("html", ""),
        purpose=body["purpose"],
        about=body["metadata"].get("about", ""),
        callback_url=body.get("callbackUrl"),
    )


def _receipt(sent: Sent) -> Response:
    return JSONResponse({"id": sent.message_id, "status": sent.status}, status_code=202)


def _refusal(status: int, code: str) -> Response:
    return JSONResponse({"code": code, "message": code.replace("_", " ").lower()}, status_code=status)
