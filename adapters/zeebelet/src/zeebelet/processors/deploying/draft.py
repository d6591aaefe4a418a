"""What a deployment would deploy, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from zeebelet.graph import ExecutableProcess
from zeebelet.processors.context import Context
from zeebelet.records import (
    DecisionMetadata,
    DecisionRequirementsMetadata,
    Deployment,
    FormMetadata,
    ProcessMetadata,
    ResourceMetadata,
)


class ResourceProblem(Exception):
    """A file cannot be deployed; the message goes behind its name."""


@dataclass(slots=True)
class Draft:
    """Metadata as read; a resource that equals the latest deployed version carries that version and is marked duplicate."""

    processes: list[ProcessMetadata] = field(default_factory=list)
    decision_requirements: list[DecisionRequirementsMetadata] = field(default_factory=list)
    decisions: list[DecisionMetadata] = field(default_factory=list)
    forms: list[FormMetadata] = field(default_factory=list)
    resources: list[ResourceMetadata] = field(default_factory=list)
    executables: dict[str, ExecutableProcess] = field(default_factory=dict)

    def _everything(self) -> list[Any]:
        return [*self.processes, *self.decision_requirements, *self.decisions, *self.forms, *self.resources]

    @property
    def is_new(self) -> bool:
        """Whether anything changed: then everything gets a new version, which is what binding by deployment relies on."""
        return not all(item.duplicate for item in self._everything())

    def old_key(self) -> int:
        """The deployment an unchanged one repeats."""
        key: int = self._everything()[0].deployment_key
        return key

    def renewed(self, ctx: Context, deployment_key: int) -> Draft:
        """The draft with new keys and versions for everything."""
        definitions = ctx.state.definitions
        requirements_keys = {item.decision_requirements_id: ctx.next_key() for item in self.decision_requirements}
        return Draft(
            processes=[
                item._replace(
                    process_definition_key=ctx.next_key(),
                    version=definitions.processes.last_version(item.bpmn_process_id) + 1,
                    deployment_key=deployment_key,
                    duplicate=False,
                )
                for item in self.processes
            ],
            decision_requirements=[
                item._replace(
                    decision_requirements_key=requirements_keys[item.decision_requirements_id],
                    decision_requirements_version=definitions.decision_requirements.last_version(
                        item.decision_requirements_id
                    )
                    + 1,
                    deployment_key=deployment_key,
                    duplicate=False,
                )
                for item in self.decision_requirements
            ],
            decisions=[
                item._replace(
                    decision_key=ctx.next_key(),
                    version=definitions.decisions.last_version(item.decision_id) + 1,
                    decision_requirements_key=requirements_keys[item.decision_requirements_id],
                    deployment_key=deployment_key,
                    duplicate=False,
                )
                for item in self.decisions
            ],
            forms=[
                item._replace(
                    form_key=ctx.next_key(),
                    version=definitions.forms.last_version(item.form_id) + 1,
                    deployment_key=deployment_key,
                    duplicate=False,
                )
                for item in self.forms
            ],
            resources=[
                item._replace(
                    resource_key=ctx.next_key(),
                    version=definitions.resources.last_version(item.resource_id) + 1,
                    deployment_key=deployment_key,
                    duplicate=False,
                )
                for item in self.resources
            ],
        )

    def answer(self, command: Deployment, key: int) -> Deployment:
        """What the client hears."""
        return command._replace(
            processes=tuple(self.processes),
            decision_requirements=tuple(self.decision_requirements),
            decisions=tuple(self.decisions),
            forms=tuple(self.forms),
            generic_resources=tuple(self.resources),
            deployment_key=key,
        )
