"""The message classes of the gateway protocol: pyzeebe's descriptor plus `additions`, in a descriptor pool of their own.

A pool of its own, because pyzeebe registers its file in the default one, and a client may live in the same process.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import Message

from zeebelet.gateway.rpc import additions

PACKAGE = "gateway_protocol"
SERVICE = f"{PACKAGE}.Gateway"
_FIELD = descriptor_pb2.FieldDescriptorProto
_SCALARS = {
    "string": _FIELD.TYPE_STRING,
    "int64": _FIELD.TYPE_INT64,
    "int32": _FIELD.TYPE_INT32,
    "bool": _FIELD.TYPE_BOOL,
}


class AddedField(NamedTuple):
    """One line of `additions`, taken apart."""

    name: str
    number: int
    type: str
    repeated: bool
    optional: bool


class Method(NamedTuple):
    """An RPC of the service."""

    name: str
    request: type[Message]
    response: type[Message]
    streams: bool


def _load_stubs() -> ModuleType:
    """Loads pyzeebe's generated module by its file: importing the package would load the whole client (0.3 s)."""
    name = "pyzeebe.proto.gateway_pb2"
    if name in sys.modules:
        return sys.modules[name]
    package = importlib.util.find_spec("pyzeebe")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("Expected the package pyzeebe, which ships the gateway protocol's stubs")
    path = Path(package.submodule_search_locations[0]) / "proto" / "gateway_pb2.py"
    spec = importlib.util.spec_from_file_location("_gateway_protocol_stubs", path)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"Expected pyzeebe's gateway stubs as a module, but got {path.name}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _added(text: str) -> Iterator[AddedField]:
    for line in text.split(","):
        name, number, kind = line.split()
        yield AddedField(name, int(number), kind.lstrip("?*"), kind.startswith("*"), kind.startswith("?"))


def _add_field(message: Any, added: AddedField, enums: set[str]) -> None:
    field = message.field.add(name=added.name, number=added.number, json_name=added.name)
    field.label = _FIELD.LABEL_REPEATED if added.repeated else _FIELD.LABEL_OPTIONAL
    if added.type in _SCALARS:
        field.type = _SCALARS[added.type]
    else:
        field.type = _FIELD.TYPE_ENUM if added.type in enums else _FIELD.TYPE_MESSAGE
        field.type_name = f".{PACKAGE}.{added.type}"
    if added.optional:
        field.proto3_optional = True
        field.oneof_index = len(message.oneof_decl)
        message.oneof_decl.add(name=f"_{added.name}")


def _extended() -> descriptor_pb2.FileDescriptorProto:
    file = descriptor_pb2.FileDescriptorProto.FromString(_load_stubs().DESCRIPTOR.serialized_pb)
    messages = _messages(file)
    enums = _add_enums(file, messages)
    for name, fields in (additions.MESSAGES | additions.FIELDS).items():
        present = {field.name for field in messages[name].field}
        for added in _added(fields):
            if added.name not in present:
                _add_field(messages[name], added, enums)
    _add_methods(file.service[0])
    return file


def _messages(file: Any) -> dict[str, Any]:
    """Every message by its name, nested ones by `Owner.Name`; the added ones are made."""
    messages = {message.name: message for message in file.message_type}
    for owner, message in list(messages.items()):
        messages |= {f"{owner}.{nested.name}": nested for nested in message.nested_type}
    for name in additions.MESSAGES:
        owner, _, nested = name.rpartition(".")
        messages[name] = messages[owner].nested_type.add(name=nested) if owner else file.message_type.add(name=name)
    return messages


def _add_enums(file: Any, messages: dict[str, Any]) -> set[str]:
    enums: set[str] = set()
    for owner, declared in additions.ENUMS.items():
        for name, values in declared.items():
            enum = (messages[owner] if owner else file).enum_type.add(name=name)
            enums.add(f"{owner}.{name}".lstrip("."))
            for number, value in enumerate(values.split()):
                enum.value.add(name=value, number=number)
    return enums


def _add_methods(service: Any) -> None:
    present = {method.name for method in service.method}
    for name, (request, response) in additions.METHODS.items():
        if name not in present:
            service.method.add(name=name, input_type=f".{PACKAGE}.{request}", output_type=f".{PACKAGE}.{response}")


_pool = descriptor_pool.DescriptorPool()
_file = _extended()
_pool.Add(_file)


def message(name: str) -> type[Any]:
    """Returns the class of a message of the protocol."""
    descriptor = _pool.FindMessageTypeByName(f"{PACKAGE}.{name}")
    return message_factory.GetMessageClass(descriptor)


def methods() -> list[Method]:
    """Returns every RPC of the service."""
    return [
        Method(
            method.name,
            message(method.input_type.rpartition(".")[2]),
            message(method.output_type.rpartition(".")[2]),
            method.server_streaming,
        )
        for method in _file.service[0].method
    ]
