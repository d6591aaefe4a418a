"""The operations of the API: how a request becomes a checked call."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from zeebelet.gateway.documents import parse
from zeebelet.gateway.errors import BadRequestError, InvalidRequestError, UnsupportedMediaTypeError
from zeebelet.gateway.rest.rules import RULES, SINGLE_TENANT
from zeebelet.gateway.rest.schema import Unreadable, compile_schema
from zeebelet.gateway.rest.source import Check, flatten, source
from zeebelet.records import JsonObject

_JSON = "application/json"
_QUERY_VALUES = {"true": True, "false": False}


def _refuse(problems: list[str]) -> None:
    unreadable = next((problem for problem in problems if isinstance(problem, Unreadable)), None)
    if unreadable is not None:
        raise BadRequestError(unreadable)
    if problems:
        raise InvalidRequestError(" ".join(problems))


class Operation:
    """One operation: its checks are compiled when it is first called."""

    def __init__(self, name: str) -> None:
        declared = source()["operations"][name]
        self.name = name
        self.method: str = declared["method"]
        self.path: str = declared["path"]
        self._parameters: list[JsonObject] = declared.get("parameters", [])
        self._body: JsonObject = declared.get("body", {})

    @cached_property
    def _checks(self) -> dict[str, Check]:
        return {parameter["name"]: compile_schema(parameter["schema"]) for parameter in self._parameters}

    @cached_property
    def _body_check(self) -> Check:
        return compile_schema(self._body[_JSON])

    @cached_property
    def _body_may_be_null(self) -> bool:
        return bool(flatten(self._body[_JSON]).get("nullable"))

    @property
    def is_multipart(self) -> bool:
        """Whether it takes files."""
        return "multipart/form-data" in self._body

    def parameters(self, given: Mapping[str, str], query: Mapping[str, str]) -> JsonObject:
        """Returns the parameters of the path and the query, checked."""
        problems: list[str] = []
        made: JsonObject = {}
        for parameter in self._parameters:
            name = parameter["name"]
            if parameter["in"] == "path":
                made[name] = self._of_path(name, given[name])
            elif name in query:
                value = _QUERY_VALUES.get(query[name].lower(), query[name])
                made[name] = self._checks[name](value, name, problems)
        _refuse(problems)
        return made

    def _of_path(self, name: str, text: str) -> Any:
        problems: list[str] = []
        made = self._checks[name](text, name, problems)
        if problems:
            raise BadRequestError(f"Failed to convert '{name}' with value: '{text}'")
        return made

    def body(self, content: bytes, content_type: str) -> JsonObject:
        """Returns the request body, checked; an absent one that may be absent is empty."""
        if _JSON not in self._body:
            return {}
        if not content.strip():
            if self._body["required"]:
                raise BadRequestError("Required request body is missing")
            return {}
        media_type = content_type.partition(";")[0].strip().lower()
        if media_type not in ("", _JSON):
            raise UnsupportedMediaTypeError(f"Content-Type '{media_type}' is not supported.")
        return self._checked(self._parsed(content))

    def _parsed(self, content: bytes) -> Any:
        try:
            value = parse(content)
        except ValueError as error:
            raise BadRequestError(f"Request body cannot be parsed as JSON: {error}.") from error
        if value is None:
            if not self._body_may_be_null:
                raise BadRequestError("Required request body is missing")
            return {}
        return value

    def _checked(self, value: Any) -> JsonObject:
        problems: list[str] = []
        made = self._body_check(value, "", problems)
        _refuse(problems)
        if not isinstance(made, dict):
            return {}  # a body of no schema means nothing
        _refuse([rule.problem for rule in (*RULES.get(self.name, ()), SINGLE_TENANT) if not rule.holds(made)])
        return made


def operations() -> list[Operation]:
    """Returns all operations of the API."""
    return [Operation(name) for name in source()["operations"]]
