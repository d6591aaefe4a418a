"""Routes without a schema: what a set-up script needs, beside the operations that `schema.json` describes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from zeebelet.gateway.documents import parse
from zeebelet.gateway.errors import BadRequestError, UnsupportedMediaTypeError
from zeebelet.gateway.rest.context import Call
from zeebelet.records import JsonObject


class Route:
    """An operation whose body is any JSON object; read as the others are."""

    is_multipart = False

    def __init__(self, method: str, path: str, handler: Callable[[Call], Any]) -> None:
        self.method = method
        self.path = path
        self.name = f"{method} {path}"
        self.handler = handler

    def parameters(self, given: Mapping[str, str], query: Mapping[str, str]) -> JsonObject:
        """The parameters of the path, as they are."""
        return dict(given)

    def body(self, content: bytes, content_type: str) -> JsonObject:
        """The request body; an absent one is empty."""
        if not content.strip():
            return {}
        media_type = content_type.partition(";")[0].strip().lower()
        if media_type not in ("", "application/json"):
            raise UnsupportedMediaTypeError(f"Content-Type '{media_type}' is not supported.")
        try:
            value = parse(content)
        except ValueError as error:
            raise BadRequestError(f"Request body cannot be parsed as JSON: {error}.") from error
        if not isinstance(value, dict):
            raise BadRequestError("Request property [] cannot be parsed")
        return value
