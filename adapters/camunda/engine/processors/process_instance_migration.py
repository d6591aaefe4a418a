"""Moves a running instance to another process definition, keeping its keys, variables, jobs and incidents."""

from __future__ import annotations

from typing import Any

from adapters.camunda.engine.errors import Failure, invalid_state
from adapters.camunda.engine.graph.elements import INNER_INSTANCE
from adapters.camunda.engine.processors import migration_checks, subscriptions
from adapters.camunda.engine.processors.context import Context
from adapters.camunda.engine.processors.process_instance_modification import living
from adapters.camunda.engine.records import ProcessInstanceMigration, Record
from adapters.camunda.engine.state.views import Deployed, ElementInstance, ProcessDefinition

Target = Deployed[ProcessDefinition]


def migrate(ctx: Context, command: Record) -> None:
    """PROCESS_INSTANCE_MIGRATION/MIGRATE."""
    asked: ProcessInstanceMigration = command.value
    plan = migration_checks.check(ctx, asked)
    openings = {instance.key: _new_subscriptions(ctx, plan, instance) for instance in plan.instances}
    for instance in plan.instances:
        _migrate_element(ctx, plan, instance)
    for instance in plan.instances:
        for opening in openings[instance.key]:
            value = opening.value._replace(
                process_definition_key=plan.target.key,
                **({} if opening.value_type == "TIMER" else {"bpmn_process_id": plan.target.id}),
            )
            key = ctx.next_key()
            ctx.event(opening.value_type, "CREATED", key, value)
            if opening.value_type == "PROCESS_MESSAGE_SUBSCRIPTION":
                subscriptions.look_for_message(ctx, key, value)
    event = ctx.event("PROCESS_INSTANCE_MIGRATION", "MIGRATED", asked.process_instance_key, asked)
    ctx.answer(command, event)


def _new_subscriptions(
    ctx: Context, plan: migration_checks.Plan, instance: ElementInstance
) -> list[subscriptions.Opening]:
    """What the target element listens to beyond what is carried over."""
    target = plan.target.value.executable.elements[plan.element_id(instance)]
    carried = {
        plan.mapping[event]
        for event in plan.source.elements[instance.value.element_id].catch_ids
        if event in plan.mapping
    }
    try:
        return [
            subscriptions.opening(ctx, plan.target.value.executable.elements[event], instance)
            for event in subscriptions.listened_by(target, instance)
            if event not in carried and event != target.id
        ]
    except Failure as failure:
        raise invalid_state(
            f"Expected to migrate process instance '{instance.value.process_instance_key}' but active element with id "
            f"'{instance.value.element_id}' is mapped to element with id '{target.id}' that must be subscribed to an "
            f"event, but {failure.message}"
        ) from failure


def _migrate_element(ctx: Context, plan: migration_checks.Plan, instance: ElementInstance) -> None:
    source_id = instance.value.element_id
    element_id = plan.element_id(instance)
    target = plan.target
    moved = {
        "bpmn_process_id": target.id,
        "process_definition_key": target.key,
    }
    _migrate_subscriptions(ctx, plan, instance)
    value = instance.value._replace(
        bpmn_process_id=target.id, process_definition_key=target.key, version=target.version, element_id=element_id
    )
    ctx.event("PROCESS_INSTANCE", "ELEMENT_MIGRATED", instance.key, value)
    job = ctx.state.jobs.get(instance.job_key)
    if job is not None:
        ctx.event(
            "JOB",
            "MIGRATED",
            instance.job_key,
            job.value._replace(
                bpmn_process_id=target.id,
                process_definition_key=target.key,
                process_definition_version=target.version,
                element_id=element_id,
            ),
        )
    for key in ctx.state.incidents.by("element", instance.key):
        incident = ctx.state.incidents.get(key)
        assert incident is not None
        ctx.event("INCIDENT", "MIGRATED", key, incident._replace(element_id=element_id, **moved))  # type: ignore[arg-type]
    task = ctx.state.user_tasks.get(instance.user_task_key)
    if task is not None:
        ctx.event(
            "USER_TASK",
            "MIGRATED",
            instance.user_task_key,
            task.value._replace(
                bpmn_process_id=target.id,
                process_definition_key=target.key,
                process_definition_version=target.version,
                element_id=element_id,
            ),
        )
    assert source_id.removesuffix(INNER_INSTANCE)


def _migrate_subscriptions(ctx: Context, plan: migration_checks.Plan, instance: ElementInstance) -> None:
    """Mapped events keep their subscriptions, the others are closed."""
    for value_type, closed, table, field in subscriptions.tables(ctx):
        for key in table.by("element", instance.key):
            value: Any = table.get(key)
            event_id = getattr(value, field)
            if event_id == instance.value.element_id:
                target_id = plan.element_id(instance)
            elif event_id in plan.mapping:
                target_id = plan.mapping[event_id]
            else:
                ctx.event(value_type, closed, key, value)
                continue
            changes = {field: target_id, "process_definition_key": plan.target.key}
            if value_type != "TIMER":
                changes["bpmn_process_id"] = plan.target.id
            if value_type == "PROCESS_MESSAGE_SUBSCRIPTION":
                changes["interrupting"] = plan.target.value.executable.elements[target_id].interrupting
            ctx.event(value_type, "MIGRATED", key, value._replace(**changes))


PROCESSORS = {("PROCESS_INSTANCE_MIGRATION", "MIGRATE"): migrate}

__all__ = ["PROCESSORS", "living", "migrate"]
