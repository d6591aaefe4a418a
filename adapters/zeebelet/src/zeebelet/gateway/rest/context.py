"""What handlers of operations work with."""

from __future__ import annotations

from typing import Any, NamedTuple

from zeebelet.gateway.errors import InvalidRequestError
from zeebelet.gateway.security import Claims
from zeebelet.gateway.services import Services
from zeebelet.records import JsonObject


class Call(NamedTuple):
    """One request, checked."""

    services: Services
    parameters: JsonObject
    body: JsonObject
    claims: Claims
    form: Any = None

    def key(self, name: str) -> int:
        """Returns a key of the path."""
        return int(self.parameters[name])


class Created(NamedTuple):
    """An answer of status 201."""

    value: JsonObject


class Content(NamedTuple):
    """An answer that is not JSON."""

    content: bytes
    media_type: str


def key_of(value: JsonObject, name: str) -> int:
    """Returns a key of a body, -1 when it is absent."""
    text = value.get(name)
    if text is None:
        return -1
    key = int(text)
    if not -(2**63) <= key < 2**63:
        raise InvalidRequestError(f"The provided {name} '{text}' is not a valid key. Expected a 64 bit integer.")
    return key
