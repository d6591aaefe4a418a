"""Typed contracts: what a task reads, what it writes, what its model configures.

Field names are snake case in code and camelCase in the process (`service_order_id` is the variable `serviceOrderId`).
Variables nobody declared are not fetched and not sent.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class TaskModel(BaseModel):
    """Base of all contracts: immutable, camelCase on the wire, unknown names ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True)


class TaskInput(TaskModel):
    """The process variables a task reads."""


class TaskOutput(TaskModel):
    """The process variables a task writes; nothing else is sent."""


class TaskHeaders(TaskModel):
    """The task headers a model sets in the Modeler (`zeebe:taskHeaders`)."""


def variable_names(model: type[TaskModel]) -> tuple[str, ...]:
    """The names on the wire, which is also what is fetched with a job."""
    aliases = ((name, info.validation_alias or info.alias) for name, info in model.model_fields.items())
    return tuple(alias if isinstance(alias, str) else name for name, alias in aliases)
