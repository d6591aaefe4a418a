"""The Authorization header: a service user's, or a bearer token of the identity domain that is made anew in time."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable
from typing import Protocol
from uuid import uuid4

import httpx
from joserfc import jwt
from joserfc.jwk import RSAKey

from adapters import http
from adapters.oracle_fusion.settings import BasicAuth, OAuth
from workers.ports.errors import Misconfigured, Unavailable

SYSTEM = "oracle-fusion"
EARLY_SECONDS = 60.0
ASSERTION_SECONDS = 300
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class Credentials(Protocol):
    """Shows who we are."""

    def header(self) -> str:
        """The value of the Authorization header, good now."""
        ...

    def renew(self) -> bool:
        """It was refused: whether another one can be had."""
        ...


class ServiceUser:
    """Always the same."""

    def __init__(self, auth: BasicAuth) -> None:
        self._header = _basic(auth.username, auth.password.get_secret_value())

    def header(self) -> str:
        """User and password."""
        return self._header

    def renew(self) -> bool:
        """A refused password stays refused."""
        return False


class Bearer:
    """A token of an hour. Safe to share between threads."""

    def __init__(self, auth: OAuth, client: httpx.Client, clock: Callable[[], float] = time.monotonic) -> None:
        self._auth, self._client, self._clock = auth, client, clock
        self._lock = threading.Lock()
        self._token, self._until = "", float("-inf")

    def header(self) -> str:
        """The token; made anew a minute before its hour is over."""
        with self._lock:
            if self._clock() >= self._until:
                self._token, seconds = self._ask()
                self._until = self._clock() + seconds - EARLY_SECONDS
            return f"Bearer {self._token}"

    def renew(self) -> bool:
        """Makes the next request ask for a new token."""
        with self._lock:
            self._until = float("-inf")
        return True

    def _ask(self) -> tuple[str, float]:
        auth = self._auth
        headers = {"Authorization": _basic(auth.client_id, auth.client_secret.get_secret_value())}
        with http.port_errors(SYSTEM):
            response = self._client.post(auth.token_url, data=self._grant(), headers=headers)
        if response.is_client_error and response.status_code != httpx.codes.TOO_MANY_REQUESTS:
            raise Misconfigured(
                f"The identity domain refused our application ({response.status_code}): check client and scope",
                system=SYSTEM,
            )
        http.raise_for_status(response, system=SYSTEM)
        try:
            body = response.json()
            return str(body["access_token"]), float(body["expires_in"])
        except (ValueError, KeyError, TypeError) as error:
            raise Unavailable(
                "Expected a token, but the identity domain answered something else", system=SYSTEM
            ) from error

    def _grant(self) -> dict[str, str]:
        auth = self._auth
        if auth.private_key is None:
            return {"grant_type": "client_credentials", "scope": auth.scope}
        return {"grant_type": JWT_BEARER, "assertion": _assertion(auth), "scope": auth.scope}


def _assertion(auth: OAuth) -> str:
    now = int(time.time())
    claims = {"iss": auth.client_id, "sub": auth.user, "aud": auth.audience, "jti": str(uuid4())}
    key = RSAKey.import_key((auth.private_key.get_secret_value() if auth.private_key else "").encode())
    header = {"alg": "RS256", **({"kid": auth.key_id} if auth.key_id else {})}
    return jwt.encode(header, claims | {"iat": now, "exp": now + ASSERTION_SECONDS}, key)


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def credentials(auth: BasicAuth | OAuth, client: httpx.Client) -> Credentials:
    """What the settings name."""
    return ServiceUser(auth) if isinstance(auth, BasicAuth) else Bearer(auth, client)
