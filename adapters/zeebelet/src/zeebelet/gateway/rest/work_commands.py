"""Commands on jobs and user tasks."""

from __future__ import annotations

from typing import Any

from zeebelet.gateway.commands import Command
from zeebelet.gateway.jobs import BLANK_JOB, ActivatedJob
from zeebelet.gateway.rest.context import Call
from zeebelet.gateway.search.columns import columns, show
from zeebelet.gateway.services import Services
from zeebelet.records import JobBatch, JsonObject, UserTask

BLANK_TASK = UserTask(-1, "", -1, -1, -1, "", -1)

# Attribute of a changeset -> (field of the user task, name the engine calls a change of it)
_CHANGES = {
    "candidateGroups": ("candidate_groups", "candidateGroupsList"),
    "candidateUsers": ("candidate_users", "candidateUsersList"),
    "dueDate": ("due_date", "dueDate"),
    "followUpDate": ("follow_up_date", "followUpDate"),
    "priority": ("priority", "priority"),
}

_JOB = columns(
    """type processDefinitionId=bpmn_process_id processDefinitionVersion elementId customHeaders worker retries
    deadline variables tenantId processInstanceKey:key processDefinitionKey:key elementInstanceKey:key
    kind=job_kind listenerEventType tags:list"""
)


def _activated(services: Services, activated: ActivatedJob) -> JsonObject:
    root = activated.job.root_process_instance_key
    user_task = services.user_task_of(activated)
    if user_task is not None:
        for name in ("formKey", "userTaskKey"):
            user_task[name] = str(user_task[name]) if name in user_task else None
        user_task = {"assignee": None, "dueDate": None, "followUpDate": None, "priority": None, **user_task}
    return {
        **show(activated.job, _JOB),
        "jobKey": str(activated.key),
        "rootProcessInstanceKey": str(root if root > 0 else activated.job.process_instance_key),
        "userTask": user_task,
    }


async def activate_jobs(call: Call) -> Any:
    """Activates jobs, waiting for some as long as the request says."""
    body = call.body
    batch = JobBatch(
        body["type"],
        body.get("worker", ""),
        body["timeout"],
        body["maxJobsToActivate"],
        tuple(body.get("fetchVariable", ())),
    )
    jobs = await call.services.polls.poll(batch, body.get("requestTimeout", 0))
    return {"jobs": [_activated(call.services, job) for job in jobs]}


def complete_job(call: Call) -> Command:
    """Returns the command that completes a job."""
    result = call.body.get("result")
    if result is not None:
        result = {"type": "userTask", **{name: value for name, value in result.items() if value is not None}}
    value = BLANK_JOB._replace(variables=call.body.get("variables") or {}, result=result)
    return Command("JOB", "COMPLETE", value, call.key("jobKey"))


def fail_job(call: Call) -> Command:
    """Returns the command that fails a job."""
    value = BLANK_JOB._replace(
        retries=call.body.get("retries", 0),
        error_message=call.body.get("errorMessage", ""),
        retry_backoff=call.body.get("retryBackOff", 0),
        variables=call.body.get("variables", {}),
    )
    return Command("JOB", "FAIL", value, call.key("jobKey"))


def throw_error(call: Call) -> Command:
    """Returns the command that throws a BPMN error."""
    value = BLANK_JOB._replace(
        error_code=call.body["errorCode"],
        error_message=call.body.get("errorMessage") or "",
        variables=call.body.get("variables") or {},
    )
    return Command("JOB", "THROW_ERROR", value, call.key("jobKey"))


def update_job(call: Call) -> Command:
    """Returns the command that changes retries and time-out of a job."""
    changes = {name: value for name, value in call.body["changeset"].items() if value is not None}
    value = BLANK_JOB._replace(**changes, changed_attributes=tuple(changes))
    return Command("JOB", "UPDATE", value, call.key("jobKey"))


def one_retry(job_key: int) -> Command:
    """The command that gives a job one retry."""
    return Command("JOB", "UPDATE", BLANK_JOB._replace(retries=1, changed_attributes=("retries",)), job_key)


def complete_task(call: Call) -> Command:
    """Returns the command that completes a user task."""
    key = call.key("userTaskKey")
    value = BLANK_TASK._replace(
        user_task_key=key,
        variables=call.body.get("variables") or {},
        action=call.body.get("action") or "complete",
    )
    return Command("USER_TASK", "COMPLETE", value, key)


def assign_task(call: Call) -> Command:
    """Returns the command that assigns a user task; without the right to override it is a claim."""
    claims = call.body.get("allowOverride") is False
    return _assign(
        call,
        call.body["assignee"],
        "CLAIM" if claims else "ASSIGN",
        call.body.get("action") or ("claim" if claims else "assign"),
    )


def unassign_task(call: Call) -> Command:
    """Returns the command that takes the assignee away."""
    return _assign(call, "", "ASSIGN", "unassign")


def _assign(call: Call, assignee: str, intent: str, action: str) -> Command:
    key = call.key("userTaskKey")
    value = BLANK_TASK._replace(user_task_key=key, assignee=assignee, action=action, changed_attributes=("assignee",))
    return Command("USER_TASK", intent, value, key)


def update_task(call: Call) -> Command:
    """Returns the command that changes attributes of a user task."""
    key = call.key("userTaskKey")
    changeset = call.body.get("changeset") or {}
    given = {name: changeset[name] for name in _CHANGES if changeset.get(name) is not None}
    fields: JsonObject = {
        _CHANGES[name][0]: tuple(value) if isinstance(value, list) else value for name, value in given.items()
    }
    value = BLANK_TASK._replace(
        **fields,
        user_task_key=key,
        action=call.body.get("action") or "update",
        changed_attributes=tuple(_CHANGES[name][1] for name in given),
    )
    return Command("USER_TASK", "UPDATE", value, key)
