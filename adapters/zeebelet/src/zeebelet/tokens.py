"""Verifies bearer tokens of an OIDC issuer (RS256 and its kin) against the keys it publishes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from zeebelet.gateway.security import Claims, InvalidTokenError, Verify

_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256"]
_KEYS_LAST_S = 300.0
_LEEWAY_S = 30


class IssuerKeys:
    """The signing keys of an issuer, fetched again when they are old or a token names one that is not among them."""

    def __init__(self, issuer: str, fetch: Callable[[str], Any]) -> None:
        self._issuer = issuer.rstrip("/")
        self._fetch = fetch
        self._keys: KeySet | None = None
        self._fetched_at = 0.0

    def get(self, *, renew: bool = False) -> KeySet:
        """Returns the keys."""
        if self._keys is None or renew or time.monotonic() - self._fetched_at > _KEYS_LAST_S:
            configuration = self._fetch(f"{self._issuer}/.well-known/openid-configuration")
            self._keys = KeySet.import_key_set(self._fetch(configuration["jwks_uri"]))
            self._fetched_at = time.monotonic()
        return self._keys


def _fetch_json(url: str) -> Any:
    response = httpx.get(url, timeout=5.0)
    response.raise_for_status()
    return response.json()


def issuer_verifier(issuer: str, *, audience: str | None = None, fetch: Callable[[str], Any] = _fetch_json) -> Verify:
    """Returns the function that verifies a token: its signature, issuer, audience and time."""
    keys = IssuerKeys(issuer, fetch)
    wanted: dict[str, Any] = {"iss": {"essential": True, "value": issuer}, "exp": {"essential": True}}
    if audience is not None:
        wanted["aud"] = {"essential": True, "value": audience}

    def decoded(token: str) -> jwt.Token:
        try:
            return jwt.decode(token, keys.get(), algorithms=_ALGORITHMS)
        except (JoseError, ValueError):
            return jwt.decode(token, keys.get(renew=True), algorithms=_ALGORITHMS)

    def verify(token: str) -> Claims:
        try:
            claims = decoded(token).claims
            jwt.JWTClaimsRegistry(leeway=_LEEWAY_S, **wanted).validate(claims)
        except (JoseError, ValueError) as error:
            raise InvalidTokenError(str(error)) from error
        except httpx.HTTPError as error:
            raise InvalidTokenError(f"the keys of {issuer} cannot be had ({error})") from error
        return claims

    return verify
