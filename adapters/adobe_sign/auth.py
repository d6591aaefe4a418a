"""Where the bearer token comes from: one interface for a refresh token and an integration key."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Protocol

import httpx

from adapters import http
from adapters.adobe_sign import wire
from adapters.adobe_sign.settings import IntegrationKey, OAuth
from workers.ports.errors import Misconfigured

REFRESH_EARLY_SECONDS = 60.0


class TokenSource(Protocol):
    """Gives the bearer token."""

    def bearer(self, place: str) -> str:
        """A token that is good now; `place` is the address to ask when a new one is needed."""
        ...

    def renew(self) -> bool:
        """The token was refused: whether a new one can be had for another try."""
        ...


class KeyToken:
    """An integration key: always the same."""

    def __init__(self, auth: IntegrationKey) -> None:
        self._auth = auth

    def bearer(self, place: str) -> str:
        """The key."""
        return self._auth.key.get_secret_value()

    def renew(self) -> bool:
        """A refused key stays refused."""
        return False


class RefreshedToken:
    """An access token of an hour, made from the refresh token. Safe to share between threads."""

    def __init__(self, auth: OAuth, *, client: httpx.Client, clock: Callable[[], float]) -> None:
        self._auth = auth
        self._client = client
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._until = float("-inf")

    def bearer(self, place: str) -> str:
        """The access token; made anew a minute before its hour is over."""
        with self._lock:
            if self._clock() >= self._until:
                answer = self._refresh(place)
                self._token = str(answer["access_token"])
                self._until = self._clock() + float(answer["expires_in"]) - REFRESH_EARLY_SECONDS
            return self._token

    def renew(self) -> bool:
        """Makes the next request ask for a new token."""
        with self._lock:
            self._until = float("-inf")
        return True

    def _refresh(self, place: str) -> dict[str, Any]:
        form = {
            "grant_type": "refresh_token",
            "refresh_token": self._auth.refresh_token.get_secret_value(),
            "client_id": self._auth.client_id,
            "client_secret": self._auth.client_secret.get_secret_value(),
        }
        with http.port_errors(wire.SYSTEM):
            response = self._client.post(place + self._auth.refresh_path, data=form)
        if response.is_client_error and response.status_code != httpx.codes.TOO_MANY_REQUESTS:
            told = wire.error_code(response) or response.status_code
            message = f"{wire.SYSTEM} refused the refresh token ({told}): access has to be granted anew"
            raise Misconfigured(message, system=wire.SYSTEM)
        return wire.stripped(wire.checked(response).json())


def token_source(auth: OAuth | IntegrationKey, *, client: httpx.Client, clock: Callable[[], float]) -> TokenSource:
    """The token source the settings name."""
    if isinstance(auth, OAuth):
        return RefreshedToken(auth, client=client, clock=clock)
    return KeyToken(auth)
