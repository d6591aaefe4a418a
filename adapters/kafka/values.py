"""JSON-ready payloads as the values Avro wants, and back. Total both ways: what a schema has no room for is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID


def to_avro(schema: Any, value: Any, unknown: list[str], path: str = "") -> Any:
    """`value` for fastavro: ISO instants become datetimes where the schema has time stamps.

    Fields the schema does not have are left out and added to `unknown`. Values of the wrong type are left as they are: the
    serializer tells what it does not like.
    """
    if isinstance(schema, list):
        return None if value is None else to_avro(_branch(schema), value, unknown, path)
    if not isinstance(schema, dict):
        return value
    convert = _INTO.get(str(schema.get("logicalType") or schema.get("type")))
    return convert(schema, value, unknown, path) if convert else value


def to_json(value: Any) -> Any:
    """What Avro read, JSON-ready; anything JSON has no word for becomes its text."""
    if isinstance(value, Mapping):
        return {str(name): to_json(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(part) for part in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _branch(union: Sequence[Any]) -> Any:
    """The branch that is not null: our unions are optional values and nothing else."""
    return next((branch for branch in union if branch != "null"), "null")


def _record(schema: Mapping[str, Any], value: Any, unknown: list[str], path: str) -> Any:
    if not isinstance(value, Mapping):
        return value
    fields = {field["name"]: field["type"] for field in schema["fields"]}
    unknown.extend(f"{path}{name}" for name in value if name not in fields)
    return {
        name: to_avro(kind, value[name], unknown, f"{path}{name}.") for name, kind in fields.items() if name in value
    }


def _array(schema: Mapping[str, Any], value: Any, unknown: list[str], path: str) -> Any:
    if not isinstance(value, list | tuple):
        return value
    return [to_avro(schema["items"], part, unknown, path) for part in value]


def _instant(schema: Mapping[str, Any], value: Any, unknown: list[str], path: str) -> Any:
    if not isinstance(value, str):
        return value
    at = datetime.fromisoformat(value)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


Convert = Callable[[Mapping[str, Any], Any, list[str], str], Any]
_INTO: Mapping[str, Convert] = {"record": _record, "array": _array, "timestamp-millis": _instant}
