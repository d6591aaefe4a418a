"""User tasks: native ones live in the engine, others are jobs."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

from zeebelet import feel
from zeebelet.errors import Failure
from zeebelet.graph import Element, Expression
from zeebelet.graph.specs import FormSpec, UserTaskSpec
from zeebelet.model.time import parse_date_time
from zeebelet.processors import (
    bindings,
    expressions,
    incidents,
    job_creation,
    subscriptions,
    user_task_transitions,
)
from zeebelet.processors.bpmn import transitions
from zeebelet.processors.bpmn.element import ElementProcessor, release
from zeebelet.processors.context import Context
from zeebelet.records import Job, UserTask
from zeebelet.state.views import ElementInstance

JOB_TYPE = "io.camunda.zeebe:userTask"
HEADER = "io.camunda.zeebe:"
DEFAULT_PRIORITY = 50


class UserTaskProcessor(ElementProcessor):
    """Waits until somebody completes it."""

    def activate(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """Create the task, or its job."""
        spec = _spec(element)
        if spec.native:
            task = _native(ctx, spec, instance)
            subscriptions.open_all(ctx, element, instance)
            transitions.activated(ctx, instance)
            user_task_transitions.create(ctx, task._replace(user_task_key=ctx.next_key()))
        else:
            job = _job(ctx, spec, instance)
            subscriptions.open_all(ctx, element, instance)
            job_creation.create(ctx, job)
            transitions.activated(ctx, instance)

    def terminate(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """A native task is canceled first; its listeners may take their time."""
        release(ctx, element, instance)
        if ctx.state.user_tasks.get(instance.user_task_key) is None:
            transitions.terminated(ctx, element, instance)
        else:
            user_task_transitions.cancel(ctx, instance.user_task_key)
            incidents.close(ctx, instance.key)


def _spec(element: Element) -> UserTaskSpec:
    assert element.user_task is not None
    return element.user_task


def _native(ctx: Context, spec: UserTaskSpec, instance: ElementInstance) -> UserTask:
    value = instance.value
    form = spec.form
    return UserTask(
        user_task_key=-1,
        element_id=value.element_id,
        element_instance_key=instance.key,
        process_instance_key=value.process_instance_key,
        process_definition_key=value.process_definition_key,
        bpmn_process_id=value.bpmn_process_id,
        process_definition_version=value.version,
        assignee=expressions.optional_string(ctx, spec.assignee, instance.key),
        candidate_groups=expressions.strings(ctx, spec.candidate_groups, instance.key),
        candidate_users=expressions.strings(ctx, spec.candidate_users, instance.key),
        due_date=_date(ctx, spec.due_date, instance),
        follow_up_date=_date(ctx, spec.follow_up_date, instance),
        form_key=_form_key(ctx, form, instance),
        external_form_reference=expressions.optional_string(ctx, form.external_reference, instance.key),
        priority=_priority(ctx, spec.priority, instance),
        custom_headers=spec.headers,
        creation_timestamp=ctx.now,
        tenant_id=value.tenant_id,
        tags=value.tags,
        root_process_instance_key=value.root_process_instance_key,
    )


def _date(ctx: Context, expression: Expression | None, instance: ElementInstance) -> str:
    """A date-time with zone, a text as it is written; null and empty mean none."""
    if expression is None:
        return ""
    result = expressions.evaluate(ctx, expression, instance.key)
    if isinstance(result.value, feel.ZonedDateTime | feel.LocalDateTime):
        return _utc(feel.epoch_millis(result.value), expression)
    text = result.value
    if text is None or text == "":
        return ""
    if not isinstance(text, str):
        raise expressions.unexpected(expression, result, "DATE_TIME", "STRING")
    try:
        parse_date_time(text)
    except ValueError:
        raise Failure(
            "EXTRACT_VALUE_ERROR", f"Invalid date-time format '{text}' for expression '{expression.text}'"
        ) from None
    return text


def _utc(millis: int, expression: Expression) -> str:
    try:
        return datetime.fromtimestamp(millis / 1000, UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError) as error:
        message = f"Expected the date of '{expression.text}' to lie in the years 1 to 9999, but it does not"
        raise Failure("EXTRACT_VALUE_ERROR", message) from error


def _as_java(moment: str) -> str:
    """As ZonedDateTime writes itself: seconds that are zero are left out."""
    return re.sub(r"(T\d\d:\d\d):00(?=Z|[+-])", r"\1", moment)


def _priority(ctx: Context, expression: Expression | None, instance: ElementInstance) -> int:
    if expression is None:
        return DEFAULT_PRIORITY
    priority = expressions.integer(ctx, expression, instance.key)
    if not 0 <= priority <= 100:
        raise Failure("EXTRACT_VALUE_ERROR", f"Expected priority to be in the range [0,100] but was '{priority}'.")
    return priority


def _form_key(ctx: Context, form: FormSpec, instance: ElementInstance) -> int:
    if form.form_id is None:
        return -1
    form_id = expressions.string(ctx, form.form_id, instance.key)
    found = bindings.find(ctx, ctx.state.definitions.forms, form_id, form.binding, instance)
    if found is None:
        raise Failure("FORM_NOT_FOUND", _form_not_found(form_id, form))
    return found.key


def _form_not_found(form_id: str, form: FormSpec) -> str:
    if form.binding.type == "deployment":
        return (
            f"Expected to use a form with id '{form_id}' with binding type 'deployment', but no such form found in the "
            "deployment with which the current process was deployed. To resolve this incident, migrate the process "
            "instance to a process definition that is deployed together with the intended form to use."
        )
    if form.binding.type == "versionTag":
        return (
            f"Expected to use a form with id '{form_id}' and version tag '{form.binding.version_tag}', but no such form "
            "found. To resolve the incident, deploy a form with the given id and version tag."
        )
    return (
        f"Expected to find a form with id '{form_id}', but no form with this id is found, at least a form with this id "
        "should be available. To resolve the Incident please deploy a form with the same id"
    )


def _job(ctx: Context, spec: UserTaskSpec, instance: ElementInstance) -> Job:
    """A job with the attributes as headers; empty ones are left out."""
    form_key = _form_key(ctx, spec.form, instance)
    groups = expressions.strings(ctx, spec.candidate_groups, instance.key)
    users = expressions.strings(ctx, spec.candidate_users, instance.key)
    attributes = {
        "assignee": expressions.optional_string(ctx, spec.assignee, instance.key),
        "candidateGroups": json.dumps(groups, separators=(",", ":")) if groups else "",
        "candidateUsers": json.dumps(users, separators=(",", ":")) if users else "",
        "dueDate": _as_java(_date(ctx, spec.due_date, instance)),
        "followUpDate": _as_java(_date(ctx, spec.follow_up_date, instance)),
        "formKey": str(form_key) if form_key > 0 else spec.form.form_key,
    }
    headers = spec.headers | {HEADER + name: value for name, value in attributes.items() if value}
    return job_creation.build(instance, JOB_TYPE, 1, headers=headers)
