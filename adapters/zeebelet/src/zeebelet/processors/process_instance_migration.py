"""Moves a running instance to another process definition, keeping its keys, variables, jobs, incidents and waiting tokens."""

from __future__ import annotations

from typing import Any

from zeebelet.errors import Failure, invalid_state
from zeebelet.processors import migration_checks, subscriptions, values
from zeebelet.processors.bpmn import lifecycle
from zeebelet.processors.context import Context
from zeebelet.processors.migration_checks import Plan
from zeebelet.records import ProcessInstanceMigration, Record
from zeebelet.state.views import ElementInstance


def migrate(ctx: Context, command: Record) -> None:
    """PROCESS_INSTANCE_MIGRATION/MIGRATE: everything is checked and evaluated first."""
    asked: ProcessInstanceMigration = command.value
    plan = migration_checks.check(ctx, asked)
    openings = [(instance, _new_subscriptions(ctx, plan, instance)) for instance in plan.instances]
    for instance in plan.instances:
        _migrate_subscriptions(ctx, plan, instance)
        _migrate_work(ctx, plan, instance)
        _migrate_element(ctx, plan, instance)
    _migrate_compensations(ctx, plan, asked.process_instance_key)
    for instance, found in openings:
        _open(ctx, instance, found)
    ctx.answer(command, ctx.event("PROCESS_INSTANCE_MIGRATION", "MIGRATED", asked.process_instance_key, asked))


def _new_subscriptions(ctx: Context, plan: Plan, instance: ElementInstance) -> list[subscriptions.Opening]:
    """What the target element listens to beyond what is carried over; before it is active it listens to nothing."""
    if instance.state == lifecycle.ACTIVATING:
        return []
    process = plan.target.value.executable
    target = process.elements[plan.element_id(instance)]
    source = plan.source.elements[instance.value.element_id]
    carried = {plan.mapping[event] for event in source.catch_ids if event in plan.mapping}
    new = [
        event for event in subscriptions.listened_by(target, instance) if event not in carried and event != target.id
    ]
    try:
        return [subscriptions.opening(ctx, process.elements[event], instance) for event in new]
    except Failure as failure:
        raise invalid_state(
            f"Expected to migrate process instance '{instance.value.process_instance_key}' but active element with id "
            f"'{source.id}' is mapped to element with id '{target.id}' that must be subscribed to an event, "
            f"but {failure.message}"
        ) from failure


def _open(ctx: Context, instance: ElementInstance, found: list[subscriptions.Opening]) -> None:
    """Open what was evaluated before; it belongs to the target now."""
    for value_type, value in found:
        changes = {"process_definition_key": instance.value.process_definition_key}
        if value_type != "TIMER":
            changes["bpmn_process_id"] = instance.value.bpmn_process_id  # type: ignore[assignment]
        subscriptions.open_one(ctx, subscriptions.Opening(value_type, value._replace(**changes)))


def _migrate_element(ctx: Context, plan: Plan, instance: ElementInstance) -> None:
    """The element itself; tokens that wait at its gateways go along."""
    waiting = [(flow_id, count) for (_, flow_id), count in (instance.joins or {}).items()]
    for flow_id, _ in waiting:
        flow = plan.source.flows[flow_id]
        ctx.event(
            "PROCESS_INSTANCE",
            "SEQUENCE_FLOW_DELETED",
            ctx.next_key(),
            values.flow(instance.value, instance.key, flow),
        )
    target = plan.target
    value = instance.value._replace(
        bpmn_process_id=target.id,
        process_definition_key=target.key,
        version=target.version,
        element_id=plan.element_id(instance),
    )
    ctx.event("PROCESS_INSTANCE", "ELEMENT_MIGRATED", instance.key, value)
    for flow_id, count in waiting:
        for _ in range(count):
            flow = target.value.executable.flows[flow_id]
            ctx.event("PROCESS_INSTANCE", "SEQUENCE_FLOW_TAKEN", ctx.next_key(), values.flow(value, instance.key, flow))


def _migrate_work(ctx: Context, plan: Plan, instance: ElementInstance) -> None:
    """Its job, incidents and user task."""
    identity: dict[str, Any] = {
        "bpmn_process_id": plan.target.id,
        "process_definition_key": plan.target.key,
        "element_id": plan.element_id(instance),
    }
    versioned = identity | {"process_definition_version": plan.target.version}
    job = ctx.state.jobs.get(instance.job_key)
    if job is not None:
        ctx.event("JOB", "MIGRATED", instance.job_key, job.value._replace(**versioned))
    for key in ctx.state.incidents.by("element", instance.key):
        incident = ctx.state.incidents.get(key)
        assert incident is not None
        ctx.event("INCIDENT", "MIGRATED", key, incident._replace(**identity))
    task = ctx.state.user_tasks.get(instance.user_task_key)
    if task is not None:
        ctx.event("USER_TASK", "MIGRATED", instance.user_task_key, task.value._replace(**versioned))


def _migrate_subscriptions(ctx: Context, plan: Plan, instance: ElementInstance) -> None:
    """Mapped events keep their subscriptions, the others are closed."""
    own = {instance.value.element_id: plan.element_id(instance)}
    for value_type, closed, table, field in subscriptions.tables(ctx):
        for key in table.by("element", instance.key):
            value: Any = table.get(key)
            target_id = (plan.mapping | own).get(getattr(value, field))
            if target_id is None:
                ctx.event(value_type, closed, key, value)
                continue
            changes: dict[str, Any] = {field: target_id, "process_definition_key": plan.target.key}
            if value_type != "TIMER":
                changes["bpmn_process_id"] = plan.target.id
            if value_type == "PROCESS_MESSAGE_SUBSCRIPTION":
                changes["interrupting"] = plan.target.value.executable.elements[target_id].interrupting
            ctx.event(value_type, "MIGRATED", key, value._replace(**changes))


def _migrate_compensations(ctx: Context, plan: Plan, process_instance_key: int) -> None:
    """What completed can still be compensated if the target knows it with a handler; else it is forgotten."""
    table = ctx.state.subscriptions.compensations
    for key in table.by("instance", process_instance_key):
        subscription = table.get(key)
        assert subscription is not None
        activity = plan.target.value.executable.elements.get(
            plan.mapping.get(subscription.compensable_activity_id, subscription.compensable_activity_id)
        )
        boundary = activity and plan.target.value.executable.elements.get(activity.compensation_boundary_id)
        handler = boundary.compensation.handler_id if boundary and boundary.compensation else ""
        if activity is None or bool(handler) != bool(subscription.compensation_handler_id):
            ctx.event("COMPENSATION_SUBSCRIPTION", "DELETED", key, subscription)
            continue
        moved = subscription._replace(
            process_definition_key=plan.target.key,
            compensable_activity_id=activity.id,
            compensation_handler_id=handler,
        )
        ctx.event("COMPENSATION_SUBSCRIPTION", "MIGRATED", key, moved)


PROCESSORS = {("PROCESS_INSTANCE_MIGRATION", "MIGRATE"): migrate}
