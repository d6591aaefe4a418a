"""RPA scripts: generic resources that name themselves in their content."""

from __future__ import annotations

import json

from zeebelet.processors.context import Context
from zeebelet.processors.deploying.draft import Draft, ResourceProblem
from zeebelet.records import DeploymentResource, ResourceMetadata


def read(ctx: Context, draft: Draft, resource: DeploymentResource, checksum: bytes) -> None:
    """Add a script to the draft."""
    identifier, version_tag = _identity(resource)
    latest = ctx.state.definitions.resources.latest(identifier)
    if (
        latest is not None
        and latest.value.checksum == checksum
        and latest.value.resource_name == resource.resource_name
    ):
        draft.resources.append(latest.value._replace(duplicate=True))
        return
    draft.resources.append(
        ResourceMetadata(
            identifier, -1, -1, resource.resource_name, checksum, version_tag=version_tag, resource=resource.resource
        )
    )


def _identity(resource: DeploymentResource) -> tuple[str, str]:
    try:
        script = json.loads(resource.resource)
        return str(script["id"]), str(script.get("versionTag") or "")
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError) as error:
        raise ResourceProblem("Expected an RPA script: a JSON object with an id") from error
