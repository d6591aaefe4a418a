"""Requests to an account's shard: a token that is refreshed, an address that is discovered, a throttle that is kept."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx

from adapters import http
from adapters.adobe_sign import wire
from adapters.adobe_sign.auth import token_source
from adapters.adobe_sign.settings import AdobeSignSettings
from workers.ports.errors import Unavailable


class AdobeSession:
    """Sends requests. Safe to share between threads.

    After a 429 nothing is sent until the span it named is over: on newer accounts an early attempt starts the span anew.
    """

    def __init__(
        self,
        settings: AdobeSignSettings,
        *,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._discovery = settings.discovery_url.rstrip("/") + "/"
        self._access_point = ""
        self._quiet_until = 0.0
        self._client = http.new_client(
            settings.discovery_url, timeout=settings.timeout.total_seconds(), transport=transport
        )
        self._tokens = token_source(settings.auth, client=self._client, clock=clock)

    def request(self, method: str, path: str, *, reference: str = "", **content: Any) -> httpx.Response:
        """One request below `/api/rest/v6/`, checked. A refused token and a moved account are healed once each."""
        self._keep_quiet(reference)
        response = self._send(method, path, reference, **content)
        if response.is_error and wire.error_code(response) == wire.WRONG_SHARD:
            self._forget_access_point()
            response = self._send(method, path, reference, **content)
        if response.status_code == httpx.codes.UNAUTHORIZED and self._tokens.renew():
            response = self._send(method, path, reference, **content)
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise self._throttled(response, reference)
        return wire.checked(response, reference=reference)

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def _send(self, method: str, path: str, reference: str, **content: Any) -> httpx.Response:
        headers = {**content.pop("headers", {}), "Authorization": self._authorization()}
        if self._settings.api_user:
            headers["x-api-user"] = self._settings.api_user
        with http.port_errors(wire.SYSTEM, reference=reference):
            return self._client.request(method, self._place() + wire.API + path, headers=headers, **content)

    def _place(self) -> str:
        """The address of the account's shard; asked for once, since asking before every request is bad practice."""
        with self._lock:
            if not self._access_point:
                self._access_point = self._discover()
            return self._access_point

    def _discover(self) -> str:
        token = self._tokens.bearer(self._discovery)
        with http.port_errors(wire.SYSTEM):
            response = self._client.get(
                self._discovery + wire.API + "baseUris", headers={"Authorization": f"Bearer {token}"}
            )
        return wire.access_point_of(wire.checked(response).json())

    def _authorization(self) -> str:
        return f"Bearer {self._tokens.bearer(self._access_point or self._discovery)}"

    def _forget_access_point(self) -> None:
        with self._lock:
            self._access_point = ""

    def _keep_quiet(self, reference: str) -> None:
        left = self._quiet_until - self._clock()
        if left > 0:
            message = f"{wire.SYSTEM} asked us to stay away"
            raise Unavailable(message, system=wire.SYSTEM, reference=reference, retry_after=timedelta(seconds=left))

    def _throttled(self, response: httpx.Response, reference: str) -> Unavailable:
        wait = wire.wait_of(response)
        self._quiet_until = max(self._quiet_until, self._clock() + wait.total_seconds())
        message = f"{wire.SYSTEM} answered 429 ({wire.error_code(response)})"
        return Unavailable(message, system=wire.SYSTEM, reference=reference, retry_after=wait)
