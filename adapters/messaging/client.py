"""Sending through the enterprise messaging service over HTTPS."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

import httpx

from adapters import http
from adapters.messaging import wire
from adapters.messaging.settings import MessagingSettings
from workers.ports.errors import Unavailable
from workers.ports.messaging import AlreadySent, Channel, OptedOut, OutgoingMessage, Receipt


class HttpMessaging:
    """Implements `workers.ports.messaging.Messaging`.

    The `Idempotency-Key` makes a repeat harmless: the service answers it with the first receipt, 409 while the first
    request still runs, and 422 when the key was used for another message. A key of ours that was replaced while this process
    ran is read again, once per refusal: `renew` gives the newest.
    """

    def __init__(
        self,
        settings: MessagingSettings,
        *,
        renew: Callable[[], str] | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._settings = settings
        self._renew = renew
        self._key = settings.api_key.get_secret_value()
        self._client = http.new_client(
            settings.base_url,
            timeout=settings.timeout.total_seconds(),
            transport=transport,
        )

    def send(self, message: OutgoingMessage) -> Receipt:
        """Hands the message to the service, at most once per idempotency key."""
        reference = message.idempotency_key
        body = wire.body_of(message, self._settings)
        response = self._post(message, body)
        if response.status_code == httpx.codes.UNAUTHORIZED and self._renewed():
            response = self._post(message, body)
        _raise_for_key(response, reference)
        http.raise_for_status(response, system=wire.SYSTEM, reference=reference, detail=_code(response))
        return _receipt(response, reference)

    def _post(self, message: OutgoingMessage, body: Mapping[str, Any]) -> httpx.Response:
        headers = {"Idempotency-Key": message.idempotency_key, "Authorization": f"Bearer {self._key}"}
        with http.port_errors(wire.SYSTEM, reference=message.idempotency_key):
            return self._client.post(wire.path_of(message.channel), json=body, headers=headers)

    def _renewed(self) -> bool:
        """Whether there is another key than the one that was refused."""
        before = self._key
        self._key = self._renew() if self._renew else before
        return self._key != before

    def canonical(self, channel: Channel, address: str, country: str) -> str:
        """An address in the one form it is sent to."""
        return wire.canonical(channel, address, country)

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def __enter__(self) -> Self:
        """The adapter itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes."""
        self.close()


def _raise_for_key(response: httpx.Response, reference: str) -> None:
    """What the statuses about the idempotency key mean; they differ from the general table."""
    if response.status_code == httpx.codes.CONFLICT:
        raise Unavailable(
            "The same message is being sent by another request; its receipt is not there yet",
            system=wire.SYSTEM,
            reference=reference,
            retry_after=http.retry_after(response),
        )
    if response.status_code == httpx.codes.UNPROCESSABLE_ENTITY and _code(response) == "IDEMPOTENCY_KEY_REUSED":
        raise AlreadySent(system=wire.SYSTEM, reference=reference)
    if response.is_client_error and _code(response) in wire.OPTED_OUT:
        raise OptedOut(system=wire.SYSTEM, reference=reference)


def _receipt(response: httpx.Response, reference: str) -> Receipt:
    try:
        return wire.receipt_of(response.json())
    except (ValueError, KeyError, TypeError) as error:
        # The message may be on its way: the repeat with the same key asks for the receipt again.
        message = "Expected a receipt with id and status, but the service answered something else"
        raise Unavailable(message, system=wire.SYSTEM, reference=reference) from error


def _code(response: httpx.Response) -> str:
    try:
        body = response.json()
    except ValueError:
        return ""
    return str(body.get("code", "")) if isinstance(body, dict) else ""
