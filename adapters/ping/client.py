"""Verifies bearer tokens: signature (RS256 alone), issuer, audience, time, type.

The keys are fetched once and kept; a token that names a key we do not have asks for them again, at most once a minute, so that
strangers with invented key ids cannot make us call the identity provider. While it is away the keys we have go on serving.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from adapters import http
from adapters.ping import wire
from adapters.ping.settings import PingSettings
from workers.domain.callers import Caller
from workers.ports.errors import Misconfigured, PortError, Unavailable
from workers.ports.identity import InvalidTokenError

SYSTEM = "ping"
ALGORITHM = "RS256"
TYPES = frozenset({"", "jwt", "at+jwt", "application/at+jwt"})
LONGEST_TOKEN = 16 * 1024
AGAIN_SECONDS = 60.0

Fetch = Callable[[str], Mapping[str, Any]]


class SigningKeys:
    """The keys an issuer signs with."""

    def __init__(self, settings: PingSettings, fetch: Fetch, clock: Callable[[], float]) -> None:
        self._settings, self._fetch, self._clock = settings, fetch, clock
        self._lock = threading.Lock()
        self._keys: KeySet | None = None
        self._good_until = self._not_before = float("-inf")

    def having(self, key_id: str | None) -> KeySet:
        """The keys, fetched anew when they are old or lack this one. `Unavailable` when there are none to be had."""
        if self._keys is not None and self._clock() < self._good_until and self._has(key_id):
            return self._keys
        with self._lock:  # one asks, the others wait for its answer (bounded by the time-out of the call)
            if self._clock() >= self._not_before and not (self._clock() < self._good_until and self._has(key_id)):
                self._renew()
        if self._keys is None:
            raise Unavailable("Expected the keys of the identity provider, but it does not answer", system=SYSTEM)
        return self._keys

    def _has(self, key_id: str | None) -> bool:
        return self._keys is not None and (key_id is None or any(key.kid == key_id for key in self._keys.keys))

    def _renew(self) -> None:
        self._not_before = self._clock() + AGAIN_SECONDS
        try:
            self._keys = self._read()
            self._good_until = self._clock() + self._settings.keys_last_seconds
        except PortError:
            if self._keys is None:
                self._not_before = float("-inf")  # nothing to serve with: the next caller may ask at once
                raise

    def _read(self) -> KeySet:
        url = self._settings.jwks_url or self._discovered()
        try:
            return KeySet.import_key_set(dict(self._fetch(url)))  # type: ignore[arg-type]
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise Misconfigured(f"Expected a set of keys at {url}, but it is none", system=SYSTEM) from error

    def _discovered(self) -> str:
        issuer = self._settings.issuer.rstrip("/")
        found = self._fetch(f"{issuer}/.well-known/openid-configuration")
        if str(found.get("issuer", "")).rstrip("/") != issuer or not isinstance(found.get("jwks_uri"), str):
            raise Misconfigured(
                f"Expected {issuer} to describe itself, but its configuration is of {found.get('issuer')!r}",
                system=SYSTEM,
            )
        return str(found["jwks_uri"])


class PingIdentity:
    """The `Identity` port over PingFederate or PingOne."""

    def __init__(
        self, settings: PingSettings, *, fetch: Fetch | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings = settings
        self._client = http.new_client(settings.issuer, timeout=settings.timeout_seconds)
        self._keys = SigningKeys(settings, fetch or self._get, clock)

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def caller(self, token: str) -> Caller:
        """Who shows this token. `InvalidTokenError` for one that is not valid here, `Unavailable` when that cannot be told."""
        if len(token) > LONGEST_TOKEN:
            raise InvalidTokenError("Expected a token of a usual length, but it is longer")
        try:
            claims = self._verified(token)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise InvalidTokenError(f"Expected a valid bearer token, but: {type(error).__name__}") from error
        found = wire.caller(claims, self._settings)
        if not found.subject:
            raise InvalidTokenError("Expected a token of somebody, but it names neither a subject nor a client")
        return found

    def _verified(self, token: str) -> Mapping[str, Any]:
        header = jws.extract_compact(token.encode()).headers()
        if header.get("alg") != ALGORITHM or str(header.get("typ") or "").lower() not in TYPES:
            raise InvalidTokenError(f"Expected a token signed with {ALGORITHM}, but its header says something else")
        key_id = header.get("kid")
        decoded = jwt.decode(token, self._keys.having(str(key_id) if key_id else None), algorithms=[ALGORITHM])
        claims: dict[str, Any] = decoded.claims
        wanted: dict[str, Any] = {
            "iss": {"essential": True, "value": self._settings.issuer},
            "aud": {"essential": True, "values": sorted(self._settings.audiences)},
            "exp": {"essential": True},
        }
        jwt.JWTClaimsRegistry(leeway=self._settings.leeway_seconds, **wanted).validate(claims)
        return claims

    def _get(self, url: str) -> Mapping[str, Any]:
        with http.port_errors(SYSTEM):
            answer = http.raise_for_status(self._client.get(url), system=SYSTEM)
        try:
            found = answer.json()
        except ValueError as error:
            raise Misconfigured(f"Expected JSON at {url}, but it is none", system=SYSTEM) from error
        if not isinstance(found, dict):
            raise Misconfigured(f"Expected an object at {url}, but it is none", system=SYSTEM)
        return found
