"""What a schema cannot say: rules between the properties of a request, by the operation they hold for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from zeebelet.records import DEFAULT_TENANT


class Rule(NamedTuple):
    """A rule and what is said when it is broken."""

    holds: Callable[[dict[str, Any]], bool]
    problem: str


def _filled(name: str) -> Rule:
    return Rule(lambda body: body.get(name) not in ("", []), f"No {name} provided.")


def _assignee(body: dict[str, Any]) -> bool:
    return bool(body.get("assignee"))


def _has_update(body: dict[str, Any]) -> bool:
    attributes = ("candidateGroups", "candidateUsers", "dueDate", "followUpDate", "priority")
    changeset = body.get("changeset") or {}
    return bool(body.get("action")) or any(changeset.get(name) is not None for name in attributes)


def _has_change(body: dict[str, Any]) -> bool:
    return any(body["changeset"].get(name) is not None for name in ("retries", "timeout"))


def _positive(name: str) -> Rule:
    return Rule(lambda body: body.get(name, 1) > 0, f"The value for {name} must be greater than 0.")


def _one_tenant(body: dict[str, Any]) -> bool:
    return all(
        tenant == DEFAULT_TENANT for tenant in (body.get("tenantId", DEFAULT_TENANT), *body.get("tenantIds", ()))
    )


SINGLE_TENANT = Rule(
    _one_tenant,
    "Expected to handle the request with the tenant identifier (tenantId) '<default>', but another one was given and "
    "multi-tenancy is disabled.",
)

_NARROWED = Rule(
    lambda body: any(value not in (None, [], {}) for value in (body.get("filter") or {}).values()),
    "At least one of [filter criteria] is required.",
)  # a batch operation with an empty filter would reach everything

RULES: dict[str, tuple[Rule, ...]] = {
    "activateAdHocSubProcessActivities": (_filled("elements"),),
    "activateJobs": (_filled("type"), _positive("timeout"), _positive("maxJobsToActivate")),
    "assignUserTask": (Rule(_assignee, "No assignee provided."),),
    "broadcastSignal": (_filled("signalName"),),
    "cancelProcessInstancesBatchOperation": (_NARROWED,),
    "correlateMessage": (_filled("name"),),
    "deleteProcessInstancesBatchOperation": (_NARROWED,),
    "evaluateConditionals": (Rule(lambda body: bool(body.get("variables")), "No variables provided."),),
    "evaluateExpression": (_filled("expression"),),
    "migrateProcessInstance": (_filled("mappingInstructions"),),
    "migrateProcessInstancesBatchOperation": (_NARROWED,),
    "modifyProcessInstancesBatchOperation": (_NARROWED,),
    "resolveIncidentsBatchOperation": (_NARROWED,),
    "pinClock": (Rule(lambda body: body["timestamp"] >= 0, "The value for timestamp must not be negative."),),
    "throwJobError": (_filled("errorCode"),),
    "updateJob": (Rule(_has_change, "At least one of [retries, timeout] is required in changeset."),),
    "updateUserTask": (
        Rule(
            _has_update,
            'No update data provided. Provide at least an "action" or a non-null value '
            'for a supported attribute in the "changeset".',
        ),
    ),
}
