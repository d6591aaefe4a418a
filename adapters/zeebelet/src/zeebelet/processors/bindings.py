"""Finds the version of a resource that a binding means."""

from __future__ import annotations

from typing import TypeVar

from zeebelet.graph.specs import DEPLOYMENT, VERSION_TAG, Binding
from zeebelet.processors.context import Context
from zeebelet.state.views import Deployed, ElementInstance, Registry

T = TypeVar("T")


def find(
    ctx: Context, registry: Registry[T], identifier: str, binding: Binding, instance: ElementInstance
) -> Deployed[T] | None:
    """The latest version, the one deployed together with the instance's process, or the one with the tag."""
    if binding.type == DEPLOYMENT:
        process = ctx.state.definitions.processes.get(instance.value.process_definition_key)
        return registry.deployed_with(identifier, process.deployment_key) if process else None
    if binding.type == VERSION_TAG:
        return registry.tagged(identifier, binding.version_tag)
    return registry.latest(identifier)
