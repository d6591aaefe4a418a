"""Adds the keys of linked resources to a job's headers."""

from __future__ import annotations

import json

from zeebelet.errors import Failure
from zeebelet.graph.specs import JobSpec, LinkedResource
from zeebelet.processors import bindings
from zeebelet.processors.context import Context
from zeebelet.state.views import ElementInstance

HEADER = "linkedResources"


def headers(ctx: Context, spec: JobSpec, instance: ElementInstance) -> dict[str, str]:
    """The task headers, with the linked resources found by their bindings."""
    if not spec.linked_resources:
        return spec.headers
    found = [_describe(ctx, link, instance) for link in spec.linked_resources]
    return spec.headers | {HEADER: json.dumps(found)}


def _describe(ctx: Context, link: LinkedResource, instance: ElementInstance) -> dict[str, str]:
    resource = bindings.find(ctx, ctx.state.definitions.resources, link.resource_id, link.binding, instance)
    if resource is None:
        raise Failure(
            "RESOURCE_NOT_FOUND",
            f"Expected to find a resource with id '{link.resource_id}', but no resource with this id is found, "
            "at least a resource with this id should be available. "
            "To resolve the Incident please deploy a resource with the same id",
        )
    return {
        "resourceId": link.resource_id,
        "resourceType": link.resource_type,
        "linkName": link.link_name,
        "resourceKey": str(resource.key),
    }
