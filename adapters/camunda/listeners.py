"""What listeners of user tasks need beyond pyzeebe's stubs: the task a job is about, and the word no (Camunda 8.8 and later).

The stubs are older than these fields. Protobuf keeps fields it does not know, so they are read and written with a small
description of our own; the numbers are those of Camunda's `gateway.proto`.
"""

from __future__ import annotations

import json
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.unknown_fields import UnknownFieldSet
from pyzeebe.proto import gateway_pb2 as pb

# How Camunda names a task's properties in the headers of its listeners' jobs.
HEADER = "io.camunda.zeebe:"
_PACKAGE = "fsm.camunda"
_USER_TASK = 15
_FIELD = descriptor_pb2.FieldDescriptorProto
# Message -> fields: number, type, repeated. A type that is a text names another message.
_SHAPES: dict[str, dict[str, tuple[int, Any, bool]]] = {
    "UserTask": {
        "action": (1, _FIELD.TYPE_STRING, False),
        "assignee": (2, _FIELD.TYPE_STRING, False),
        "candidateGroups": (3, _FIELD.TYPE_STRING, True),
        "dueDate": (6, _FIELD.TYPE_STRING, False),
        "formKey": (8, _FIELD.TYPE_INT64, False),
        "priority": (9, _FIELD.TYPE_INT32, False),
        "userTaskKey": (10, _FIELD.TYPE_INT64, False),
    },
    "Job": {"userTask": (_USER_TASK, "UserTask", False)},
    "Result": {
        "denied": (1, _FIELD.TYPE_BOOL, False),
        "deniedReason": (3, _FIELD.TYPE_STRING, False),
        "type": (4, _FIELD.TYPE_STRING, False),
    },
    "Complete": {
        "jobKey": (1, _FIELD.TYPE_INT64, False),
        "variables": (2, _FIELD.TYPE_STRING, False),
        "result": (3, "Result", False),
    },
}


def _described() -> dict[str, Any]:
    file = descriptor_pb2.FileDescriptorProto(name="fsm/listeners.proto", package=_PACKAGE, syntax="proto3")
    for name, fields in _SHAPES.items():
        message = file.message_type.add(name=name)
        for field, (number, kind, repeated) in fields.items():
            label = _FIELD.LABEL_REPEATED if repeated else _FIELD.LABEL_OPTIONAL
            added = message.field.add(name=field, number=number, label=label)
            if isinstance(kind, str):
                added.type, added.type_name = _FIELD.TYPE_MESSAGE, f".{_PACKAGE}.{kind}"
            else:
                added.type = kind
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    found = {name: pool.FindMessageTypeByName(f"{_PACKAGE}.{name}") for name in _SHAPES}
    return {name: message_factory.GetMessageClass(kind) for name, kind in found.items()}


_MESSAGES = _described()


def headers_of(job: Any) -> str:
    """The headers of an activated job, JSON; those of a listener hold its user task, as older gateways put it there."""
    unknown = UnknownFieldSet(job)
    if not any(unknown[index].field_number == _USER_TASK for index in range(len(unknown))):
        return str(job.customHeaders)
    known = json.loads(job.customHeaders or "{}")
    task = _MESSAGES["Job"].FromString(job.SerializeToString()).userTask
    told = {
        "action": task.action,
        "assignee": task.assignee,
        "candidateGroups": json.dumps(list(task.candidateGroups)) if task.candidateGroups else "",
        "dueDate": task.dueDate,
        "formKey": str(task.formKey or ""),
        "priority": str(task.priority),
        "userTaskKey": str(task.userTaskKey or ""),
    }
    return json.dumps({**{HEADER + name: value for name, value in told.items() if value}, **known})


def denial(key: int, reason: str) -> Any:
    """The completion of a listener's job that says no to what it listens to."""
    message = _MESSAGES["Complete"](jobKey=key, variables="{}")
    message.result.denied, message.result.deniedReason, message.result.type = True, reason, "userTask"
    return pb.CompleteJobRequest.FromString(message.SerializeToString())
