"""Typed contracts: what a task reads, what it writes, what its model configures.

Field names are snake case in code and camelCase in the process (`service_order_id` is the variable `serviceOrderId`).
Variables nobody declared are not fetched and not sent.
"""

from __future__ import annotations

import json

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticSerializationError

from workers.runtime.texts import variables_at_fault


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


class InvalidInput(Exception):
    """The job's variables do not meet the task's contract."""


class InvalidOutput(Exception):
    """The handler's result cannot be sent as the task's output."""


def read_input(model: type[TaskInput], variables: str) -> TaskInput:
    """Parses the job's variables in one step, from text to contract."""
    try:
        return model.model_validate_json(variables or "{}")
    except ValidationError as error:
        raise InvalidInput(variables_at_fault(error)) from None


def read_headers(model: type[TaskHeaders], headers: str) -> TaskHeaders:
    """Parses the task headers a model sets."""
    try:
        return model.model_validate_json(headers or "{}")
    except ValidationError as error:
        faults = variables_at_fault(error).replace("variable '", "header '")
        raise InvalidInput(f"{faults} (task headers are set in the model)") from None


def write_output(model: type[TaskOutput] | None, output: object) -> str:
    """The declared variables as JSON text."""
    if output is None:
        return "{}"
    if model is None or not isinstance(output, model):
        expected = model.__name__ if model else "None"
        raise InvalidOutput(f"Expected the handler to return {expected}, but it returned {type(output).__name__}")
    try:
        return output.model_dump_json(by_alias=True)
    except PydanticSerializationError as error:
        raise InvalidOutput(
            f"{type(output).__name__} holds a value JSON cannot express ({type(error).__name__})"
        ) from None


def check_size(text: str, *, budget: int) -> str:
    """The variables, if they are within the size budget; else the largest are named."""
    if len(text) <= budget:
        return text
    sizes = {name: len(json.dumps(value)) for name, value in json.loads(text).items()}
    largest = sorted(sizes.items(), key=lambda item: -item[1])[:3]
    named = ", ".join(f"'{name}' ({number} characters)" for name, number in largest)
    raise InvalidOutput(
        f"The variables are {len(text)} characters, the budget is {budget}; largest: {named}. "
        "Mark large fields LARGE (they are kept in the document store) or send less"
    )
