"""Any other file is a generic resource, named by its file name."""

from __future__ import annotations

import json

from zeebelet.processors.context import Context
from zeebelet.processors.deploying.draft import Draft
from zeebelet.records import DeploymentResource, ResourceMetadata


def read(ctx: Context, draft: Draft, resource: DeploymentResource, checksum: bytes) -> None:
    """Add a generic resource to the draft; an RPA script names itself in its content."""
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
    if resource.resource_name.endswith(".rpa"):
        document = json.loads(resource.resource)
        return str(document["id"]), str(document.get("versionTag") or "")
    return resource.resource_name, ""
