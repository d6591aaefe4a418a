"""The user task a task listener's job is about, as the listener shall see it: with what is about to change."""

from __future__ import annotations

from collections.abc import Callable

from zeebelet.gateway.jobs import ActivatedJob
from zeebelet.gateway.search.tables import Tables
from zeebelet.records import JsonObject, UserTask


def _properties(key: int, task: UserTask, changed: tuple[str, ...]) -> JsonObject:
    optional = {
        "assignee": task.assignee,
        "dueDate": task.due_date,
        "followUpDate": task.follow_up_date,
        "formKey": task.form_key if task.form_key > 0 else None,
    }
    return {
        "action": task.action,
        "candidateGroups": list(task.candidate_groups),
        "candidateUsers": list(task.candidate_users),
        "changedAttributes": list(changed),
        "priority": task.priority,
        "userTaskKey": key,
        **{name: value for name, value in optional.items() if value},
    }


def user_task_of(tables: Tables) -> Callable[[ActivatedJob], JsonObject | None]:
    """Returns the function that finds the user task of a listener's job."""

    def find(activated: ActivatedJob) -> JsonObject | None:
        job = activated.job
        if job.job_kind != "TASK_LISTENER":
            return None
        for row in tables.user_tasks.where("value.element_instance_key", job.element_instance_key):
            task = row.pending or row.value
            return _properties(row.key, task, job.changed_attributes or task.changed_attributes)
        return None

    return find
