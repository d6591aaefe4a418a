"""Deployments: files in, metadata out."""

from __future__ import annotations

from typing import Any

from zeebelet.gateway.commands import Command
from zeebelet.gateway.errors import InvalidRequestError
from zeebelet.gateway.rest.context import Call
from zeebelet.gateway.rest.rules import SINGLE_TENANT
from zeebelet.gateway.search.columns import Columns, columns, show
from zeebelet.records import Deployment, DeploymentResource, JsonObject

_KINDS = ("processDefinition", "decisionDefinition", "decisionRequirements", "form", "resource")
_SHOWN: dict[str, tuple[str, Columns]] = {
    "processDefinition": (
        "processes",
        columns(
            """processDefinitionId=bpmn_process_id processDefinitionVersion=version resourceName tenantId
            processDefinitionKey:key"""
        ),
    ),
    "decisionDefinition": (
        "decisions",
        columns(
            """decisionDefinitionId=decision_id version name=decision_name tenantId decisionRequirementsId
            decisionDefinitionKey=decision_key:key decisionRequirementsKey:key"""
        ),
    ),
    "decisionRequirements": (
        "decision_requirements",
        columns(
            """decisionRequirementsId decisionRequirementsName version=decision_requirements_version resourceName
            tenantId decisionRequirementsKey:key"""
        ),
    ),
    "form": ("forms", columns("formId version resourceName tenantId formKey:key")),
    "resource": ("generic_resources", columns("resourceId resourceName version tenantId resourceKey:key")),
}


async def _resources(form: Any) -> tuple[DeploymentResource, ...]:
    resources = []
    for name, part in form.multi_items():
        if name == "resources":
            if isinstance(part, str):
                raise InvalidRequestError("Expected every part 'resources' to be a file, but one has no file name.")
            resources.append(DeploymentResource(part.filename, await part.read()))
        elif name != "tenantId":
            raise InvalidRequestError(f"Request property [{name}] cannot be parsed: it is not known.")
    if not resources:
        raise InvalidRequestError("No resources provided.")
    if not SINGLE_TENANT.holds({name: value for name, value in form.multi_items() if name == "tenantId"}):
        raise InvalidRequestError(SINGLE_TENANT.problem)
    return tuple(resources)


async def create(call: Call) -> Any:
    """Deploys the files of a multipart form."""
    resources = await _resources(call.form)
    record = await call.services.commands.ask(Command("DEPLOYMENT", "CREATE", Deployment(resources)))
    return {
        "deploymentKey": str(record.key),
        "tenantId": record.value.tenant_id,
        "deployments": [
            _metadata(kind, show(item, shown))
            for kind, (attribute, shown) in _SHOWN.items()
            for item in getattr(record.value, attribute)
        ],
    }


def _metadata(kind: str, shown: JsonObject) -> JsonObject:
    return {name: shown if name == kind else None for name in _KINDS}
