"""DMN files: a decision requirements graph and its decisions."""

from __future__ import annotations

from zeebelet import dmn
from zeebelet.processors.context import Context
from zeebelet.processors.deploying.draft import Draft, ResourceProblem
from zeebelet.records import DecisionMetadata, DecisionRequirementsMetadata, DeploymentResource


def read(ctx: Context, draft: Draft, resource: DeploymentResource, checksum: bytes) -> None:
    """Add a file's graph and decisions to the draft."""
    try:
        graph = dmn.compiled(resource.resource)
    except dmn.DmnParseError as error:
        raise ResourceProblem(str(error)) from error
    _check_unique(draft, resource, graph)
    requirements = _requirements(ctx, resource, checksum, graph)
    draft.decision_requirements.append(requirements)
    for decision in graph.decisions.values():
        draft.decisions.append(_decision(ctx, requirements, decision))


def _check_unique(draft: Draft, resource: DeploymentResource, graph: dmn.DecisionRequirementsGraph) -> None:
    for other in draft.decision_requirements:
        if other.decision_requirements_id == graph.id:
            raise ResourceProblem(
                "Expected the decision requirements ids to be unique within a deployment but found a duplicated id "
                f"'{graph.id}' in the resources '{other.resource_name}' and '{resource.resource_name}'."
            )
    names = {item.decision_requirements_id: item.resource_name for item in draft.decision_requirements}
    for known in draft.decisions:
        if known.decision_id in graph.decisions:
            raise ResourceProblem(
                "Expected the decision ids to be unique within a deployment but found a duplicated id "
                f"'{known.decision_id}' in the resources '{names[known.decision_requirements_id]}' "
                f"and '{resource.resource_name}'."
            )


def _requirements(
    ctx: Context, resource: DeploymentResource, checksum: bytes, graph: dmn.DecisionRequirementsGraph
) -> DecisionRequirementsMetadata:
    latest = ctx.state.definitions.decision_requirements.latest(graph.id)
    if latest is not None:
        known = latest.value.metadata
        if known.checksum == checksum and known.resource_name == resource.resource_name:
            return known._replace(duplicate=True)
    return DecisionRequirementsMetadata(
        graph.id, graph.name, -1, -1, graph.namespace, resource.resource_name, checksum, resource=resource.resource
    )


def _decision(ctx: Context, requirements: DecisionRequirementsMetadata, decision: dmn.Decision) -> DecisionMetadata:
    latest = ctx.state.definitions.decisions.latest(decision.id)
    if (
        requirements.duplicate
        and latest is not None
        and latest.value.decision_requirements_key == requirements.decision_requirements_key
    ):
        return latest.value._replace(duplicate=True)
    return DecisionMetadata(
        decision.id,
        decision.name,
        -1,
        -1,
        requirements.decision_requirements_id,
        -1,
        version_tag=decision.version_tag,
    )
