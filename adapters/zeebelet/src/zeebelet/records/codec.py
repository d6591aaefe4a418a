"""Records as JSON and back. A value is the list of its fields; which class it becomes again follows from its value type."""

from __future__ import annotations

import base64
import json
import types
import typing
from collections.abc import Callable
from functools import cache
from typing import Any

from zeebelet import records
from zeebelet.records.record import Record, RecordType

Decoder = Callable[[Any], Any]

# Value types whose class has another name than the value type spells.
_NAMES = {
    "PROCESS": "ProcessMetadata",
    "DECISION_REQUIREMENTS": "DecisionRequirementsMetadata",
    "DECISION": "DecisionMetadata",
    "FORM": "FormMetadata",
    "RESOURCE": "ResourceMetadata",
    "AD_HOC_SUB_PROCESS_INSTRUCTION": "AdHocActivation",
    "CLOCK": "ClockChange",
    "ERROR": "ErrorRecord",
    "CLUSTER": "ClusterChange",
}


def value_class(value_type: str) -> type:
    """The class of a value type's values."""
    name = _NAMES.get(value_type) or "".join(word.capitalize() for word in value_type.split("_"))
    found: type = getattr(records, name)
    return found


def _default(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    raise TypeError(f"Expected a value of the log to be JSON, bytes or a record value, but got {type(value).__name__}")


def dumps(content: Any) -> bytes:
    """JSON, with values as lists and bytes as base64."""
    return json.dumps(content, default=_default, separators=(",", ":")).encode()


def encode(record: Record) -> list[Any]:
    """An event as a list."""
    return [
        record.position,
        record.value_type,
        record.intent,
        record.key,
        record.timestamp,
        record.source_position,
        record.value,
    ]


def decode(fields: list[Any]) -> Record:
    """The event again."""
    position, value_type, intent, key, timestamp, source_position, value = fields
    decoded = decoder(value_class(value_type))(value)
    return Record(position, RecordType.EVENT, value_type, intent, key, decoded, timestamp, source_position)


@cache
def decoder(kind: Any) -> Decoder:
    """What turns JSON into a type: made once for each type, from its annotations."""
    if isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return _value_decoder(kind)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if kind is bytes:
        return base64.b64decode
    if origin is tuple:
        return _tuple_decoder(arguments)
    if origin in (typing.Union, types.UnionType):
        return _optional_decoder(arguments)
    return _same


def _same(value: Any) -> Any:
    return value


def _value_decoder(kind: Any) -> Decoder:
    """Only the fields that are not JSON already need a look; a field added since is left to its default."""
    hints = typing.get_type_hints(kind)
    special = [
        (index, decoder(hints[name])) for index, name in enumerate(kind._fields) if decoder(hints[name]) is not _same
    ]

    def decode_value(fields: list[Any]) -> Any:
        for index, decode_field in special:
            if index < len(fields):
                fields[index] = decode_field(fields[index])
        return kind(*fields)

    return decode_value


def _tuple_decoder(arguments: tuple[Any, ...]) -> Decoder:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        item = decoder(arguments[0])
        return lambda values: tuple(item(value) for value in values)
    items = [decoder(argument) for argument in arguments]
    return lambda values: tuple(item(value) for item, value in zip(items, values, strict=True))


def _optional_decoder(arguments: tuple[Any, ...]) -> Decoder:
    (inner,) = [argument for argument in arguments if argument is not type(None)]
    decode_inner = decoder(inner)
    return _same if decode_inner is _same else lambda value: None if value is None else decode_inner(value)
