"""Bearer tokens. Who may call is decided outside: the gateway is given a function that verifies a token."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from zeebelet.gateway.errors import UnauthenticatedError

Claims = Mapping[str, Any]
Verify = Callable[[str], Claims]
_SCHEME = "bearer "
ANONYMOUS: Claims = {}


class InvalidTokenError(Exception):
    """A verifier raises it: the token is not valid, for the reason given."""


def admit(verify: Verify | None, authorization: str) -> Claims:
    """Returns the claims of the caller; anybody may call where no verifier is set."""
    if verify is None:
        return ANONYMOUS
    if not authorization.lower().startswith(_SCHEME):
        raise UnauthenticatedError("Expected bearer token at header with key [authorization], but found nothing")
    try:
        return verify(authorization[len(_SCHEME) :].strip())
    except InvalidTokenError as error:
        raise UnauthenticatedError(f"Expected a valid bearer token, but it was refused: {error}") from error
