"""Batch operations: one command for each instance (or incident) a filter finds, a few at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from zeebelet.gateway.commands import Command
from zeebelet.gateway.errors import BadRequestError, GatewayError, InvalidRequestError, NotFoundError, WrongStateError
from zeebelet.gateway.rest import instance_commands, work_commands
from zeebelet.gateway.rest.context import Call
from zeebelet.gateway.rest.routes import Route
from zeebelet.gateway.search import views
from zeebelet.gateway.search.query import find
from zeebelet.gateway.search.rows import BatchItemRow, BatchRow, ProcessInstanceRow
from zeebelet.gateway.search.tables import Tables
from zeebelet.gateway.services import Services
from zeebelet.records import JsonObject

# What is done about an item, one command after the other.
Act = Callable[[BatchItemRow], Sequence[Command]]
_SCHEDULED_AFTER_S = 0.5  # time to suspend or cancel what was just created, as a cluster's scheduler leaves it
_OPEN = ("CREATED", "ACTIVE", "SUSPENDED")
_running: set[asyncio.Task[None]] = set()


def _new_key(tables: Tables) -> int:
    """Batch operations are the gateway's own: their keys count down from the end of the partition's, out of the way."""
    return (2 << 51) - 1 - len(tables.batches)


def _start(call: Call, kind: str, items: Iterable[tuple[int, ProcessInstanceRow]], act: Act) -> JsonObject:
    services = call.services
    batch = BatchRow(_new_key(services.tables), kind, services.clock.now())
    services.tables.batches.put(batch.key, batch)
    queued = []
    for key, instance in items:
        identity = f"{batch.key}_{key}"
        item = BatchItemRow(identity, batch, key, instance.key, instance.root_key)
        services.tables.batch_items.put(identity, item)
        instance.batches = (*instance.batches, str(batch.key))
        queued.append(item)
    batch.total = len(queued)
    task = asyncio.get_running_loop().create_task(_run(services, batch, queued, act))
    _running.add(task)
    task.add_done_callback(_running.discard)
    return {"batchOperationKey": str(batch.key), "batchOperationType": kind}


async def _run(services: Services, batch: BatchRow, items: list[BatchItemRow], act: Act) -> None:
    await asyncio.sleep(_SCHEDULED_AFTER_S)
    if batch.state == "CREATED":
        batch.state = "ACTIVE"
    for item in items:
        while batch.state == "SUSPENDED":
            await asyncio.sleep(0.05)
        if batch.state == "CANCELED":
            break
        await _apply(services, batch, item, act)
    _finish(services, batch, items)


async def _apply(services: Services, batch: BatchRow, item: BatchItemRow, act: Act) -> None:
    try:
        for command in act(item):
            await services.commands.ask(command)
        item.state = "COMPLETED"
        batch.completed += 1
    except GatewayError as error:
        item.state, item.error_message = "FAILED", error.detail
        batch.failed += 1
    item.processed_date = services.clock.now()
    await asyncio.sleep(0)


def _finish(services: Services, batch: BatchRow, items: list[BatchItemRow]) -> None:
    batch.end_date = services.clock.now()
    if batch.state == "CANCELED":
        for item in items:
            if item.state == "ACTIVE":
                item.state, item.processed_date = "CANCELED", batch.end_date
        return
    batch.state = "COMPLETED"


def _filtered(call: Call, *, state: str = "ACTIVE") -> list[tuple[int, ProcessInstanceRow]]:
    tables = call.services.tables
    rows = find(tables, views.PROCESS_INSTANCES, call.body.get("filter", {}))
    return [(row.key, row) for row in rows if (row.state == "ACTIVE") is (state == "ACTIVE")]


def cancel_instances(call: Call) -> JsonObject:
    """Cancels the root instances a filter finds."""
    roots = [(key, row) for key, row in _filtered(call) if row.value.parent_process_instance_key <= 0]
    return _start(call, "CANCEL_PROCESS_INSTANCE", roots, lambda item: [instance_commands.cancel(item.item_key)])


def migrate_instances(call: Call) -> JsonObject:
    """Migrates the instances a filter finds."""
    plan = call.body["migrationPlan"]
    return _start(
        call, "MIGRATE_PROCESS_INSTANCE", _filtered(call), lambda item: [instance_commands.migrate(item.item_key, plan)]
    )


def modify_instances(call: Call) -> JsonObject:
    """Moves tokens in the instances a filter finds."""
    moves = call.body["moveInstructions"]
    return _start(
        call,
        "MODIFY_PROCESS_INSTANCE",
        _filtered(call),
        lambda item: [instance_commands.move_all(item.item_key, moves)],
    )


def delete_instances(call: Call) -> JsonObject:
    """Forgets the finished instances a filter finds."""
    tables = call.services.tables

    def act(item: BatchItemRow) -> Sequence[Command]:
        _forget(tables, item.process_instance_key)
        return ()

    return _start(call, "DELETE_PROCESS_INSTANCE", _filtered(call, state="FINISHED"), act)


def delete_decision_instances(call: Call) -> JsonObject:
    """Forgets the decision instances a filter finds (8.9)."""
    wanted = call.body.get("filter") or {}
    if not any(value not in (None, [], {}) for value in wanted.values()):
        raise InvalidRequestError("At least one of [filter criteria] is required.")
    view, tables = views.DECISION_INSTANCES, call.services.tables
    unknown = [name for name in wanted if name != "$or" and name not in view.special and not view.has(name)]
    if unknown:
        raise BadRequestError(f"Request property [filter.{unknown[0]}] cannot be parsed")
    batch = BatchRow(_new_key(tables), "DELETE_DECISION_INSTANCE", call.services.clock.now())
    tables.batches.put(batch.key, batch)
    found = find(tables, view, wanted)
    for row in found:
        tables.decision_instances.remove(row.key)
    batch.total = batch.completed = len(found)
    batch.state, batch.end_date = "COMPLETED", call.services.clock.now()
    return {"batchOperationKey": str(batch.key), "batchOperationType": "DELETE_DECISION_INSTANCE"}


def decision_routes() -> Iterator[Route]:
    """What 8.9 has beside the described operations."""
    yield Route("POST", "/decision-instances/deletion", delete_decision_instances)


def _incidents(tables: Tables, rows: Iterable[ProcessInstanceRow]) -> list[tuple[int, ProcessInstanceRow]]:
    return [
        (incident.key, row)
        for row in rows
        for incident in tables.incidents.where("value.process_instance_key", row.key)
        if incident.state == "ACTIVE"
    ]


def _resolving(tables: Tables) -> Act:
    """A job that has no retries left gets one back first: else its incident could not be resolved."""

    def act(item: BatchItemRow) -> Sequence[Command]:
        resolution = instance_commands.resolve_incident(item.item_key)
        incident = tables.incidents.get(item.item_key)
        job = tables.jobs.get(incident.value.job_key) if incident else None
        if job is None or job.value.retries > 0:
            return [resolution]
        return [work_commands.one_retry(job.key), resolution]

    return act


def resolve_incidents(call: Call) -> JsonObject:
    """Resolves the incidents of the instances a filter finds."""
    rows = [row for _, row in _filtered(call)]
    return _start(call, "RESOLVE_INCIDENT", _incidents(call.services.tables, rows), _resolving(call.services.tables))


def resolve_instance_incidents(call: Call) -> JsonObject:
    """Resolves the incidents of one instance."""
    key, tables = call.key("processInstanceKey"), call.services.tables
    row = tables.instances.get(key)
    if row is None:
        raise NotFoundError(f"Process instance with key '{key}' not found")
    return _start(call, "RESOLVE_INCIDENT", _incidents(tables, [row]), _resolving(tables))


def delete_instance(call: Call) -> None:
    """Forgets one finished instance."""
    key, tables = call.key("processInstanceKey"), call.services.tables
    row = tables.instances.get(key)
    if row is None:
        raise NotFoundError(f"Process instance with key '{key}' not found")
    if row.state == "ACTIVE":
        raise WrongStateError(
            f"Process instance with key '{key}' is not in a completed or terminated state and cannot be deleted."
        )
    _forget(tables, key)


def _forget(tables: Tables, key: int) -> None:
    of_instance = "value.process_instance_key"
    related: tuple[tuple[Any, str], ...] = (
        (tables.elements, of_instance),
        (tables.incidents, of_instance),
        (tables.jobs, of_instance),
        (tables.user_tasks, of_instance),
        (tables.message_subscriptions, of_instance),
        (tables.variables, "process_instance_key"),
    )
    for table, attribute in related:
        for row in table.where(attribute, key):
            table.remove(row.key)
    for flow in tables.flows.where(of_instance, key):
        tables.flows.remove(flow.id)
    tables.instances.remove(key)


def _change(allowed: tuple[str, ...], state: str) -> Callable[[Call], None]:
    def apply(call: Call) -> None:
        key = str(call.parameters["batchOperationKey"])
        batch = call.services.tables.batches.get(int(key)) if key.isdigit() else None
        if batch is None or batch.state not in _OPEN:
            raise NotFoundError(
                f"Command 'BATCH_OPERATION' rejected with code 'NOT_FOUND': Expected to change an active batch "
                f"operation with key '{key}', but no such batch operation was found"
            )
        if batch.state not in allowed:
            raise WrongStateError(
                f"Expected batch operation '{key}' in one of {list(allowed)}, but it is {batch.state}."
            )
        batch.state = state

    return apply


cancel = _change(_OPEN, "CANCELED")
suspend = _change(("CREATED", "ACTIVE"), "SUSPENDED")
resume = _change(("SUSPENDED",), "ACTIVE")
