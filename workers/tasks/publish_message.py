"""publish-message: sends a message to another part of the journey. Headers name it and the variable that is its key."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from pydantic import field_validator

from workers.domain.errors import TenantMismatch
from workers.journey.contract import OrderInput
from workers.ports.processes import Processes, ProcessMessage
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, Permanent, TaskHeaders, task


class Input(OrderInput):
    """Variables a message may be keyed by or carry."""

    order_key: str | None = None
    order_number: str | None = None
    scheduled_at: str | None = None
    abandoned: dict[str, Any] | None = None
    visit_id: UUID | None = None
    offer_id: UUID | None = None
    agreement_id: str | None = None
    cancellation: dict[str, Any] | None = None
    fee: dict[str, Any] | None = None
    reason: str | None = None
    visit_result: dict[str, Any] | None = None


class Headers(TaskHeaders):
    """Set in the model: the message, the variable with its correlation key, how long it waits, what it carries."""

    message: str
    key: str
    ttl: timedelta = timedelta(hours=24)
    variables: tuple[str, ...] = ()

    @field_validator("variables", mode="before")
    @classmethod
    def _names(cls, value: object) -> object:
        return tuple(name.strip() for name in value.split(",") if name.strip()) if isinstance(value, str) else value


@task("publish-message", raises=(TenantMismatch,), system="camunda")
def publish_message(data: Input, ctx: Context, *, headers: Headers, unit: UnitOfWork, processes: Processes) -> None:
    """The message id is the effect key: the broker takes a repeat for the same message."""
    order = unit.orders.of(data)
    values = data.model_dump(mode="json", by_alias=True)
    unknown = sorted({headers.key, *headers.variables} - set(values))
    if unknown:
        raise Permanent(f"Message {headers.message!r} asks for {', '.join(unknown)}; known are {', '.join(values)}")
    if values[headers.key] is None:
        raise Permanent(f"Message {headers.message!r} is keyed by {headers.key!r}, but that variable is not set")
    if data.order_key not in (None, order.order_key):
        raise TenantMismatch(f"Expected the key of order {order.id}, but it is another order's")
    carried = {name: values[name] for name in headers.variables}
    processes.publish(ProcessMessage(headers.message, str(values[headers.key]), ctx.key, headers.ttl, carried))
    unit.orders.note(order, "message to the journey", message=headers.message)
