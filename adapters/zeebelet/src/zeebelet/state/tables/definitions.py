"""What is deployed: processes, decisions, forms, resources, each by key, by id and version, by deployment and by version tag."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from zeebelet import dmn
from zeebelet.graph import Element, ExecutableProcess
from zeebelet.graph.compiled import executable_of
from zeebelet.records import (
    DecisionMetadata,
    DecisionRequirementsMetadata,
    FormMetadata,
    ProcessMetadata,
    ResourceMetadata,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Deployed(Generic[T]):
    """A deployed thing and how it is found."""

    key: int
    id: str
    version: int
    deployment_key: int
    version_tag: str
    value: T


class Registry(Generic[T]):
    """Versions of named things."""

    def __init__(self) -> None:
        self._by_key: dict[int, Deployed[T]] = {}
        self._versions: dict[str, dict[int, int]] = {}
        self._last_version: dict[str, int] = {}
        self._by_deployment: dict[tuple[str, int], int] = {}
        self._by_tag: dict[tuple[str, str], list[int]] = {}

    def get(self, key: int) -> Deployed[T] | None:
        """By key."""
        return self._by_key.get(key)

    def latest(self, identifier: str) -> Deployed[T] | None:
        """The highest version that is not deleted."""
        versions = self._versions.get(identifier)
        return self._by_key[versions[max(versions)]] if versions else None

    def version(self, identifier: str, version: int) -> Deployed[T] | None:
        """A version by its number."""
        return self._by_key.get(self._versions.get(identifier, {}).get(version, -1))

    def deployed_with(self, identifier: str, deployment_key: int) -> Deployed[T] | None:
        """The version that came with a deployment."""
        return self._by_key.get(self._by_deployment.get((identifier, deployment_key), -1))

    def tagged(self, identifier: str, version_tag: str) -> Deployed[T] | None:
        """The newest version with a tag."""
        keys = self._by_tag.get((identifier, version_tag))
        return self._by_key[keys[-1]] if keys else None

    def last_version(self, identifier: str) -> int:
        """The highest version number ever given, deleted ones included."""
        return self._last_version.get(identifier, 0)

    def last_versions(self) -> dict[str, int]:
        """The highest version number of every id."""
        return self._last_version

    def restore_last_versions(self, versions: dict[str, int]) -> None:
        """Take over version numbers, also of ids that have no version left."""
        self._last_version.update(versions)

    def all(self) -> Iterable[Deployed[T]]:
        """Everything, oldest first."""
        return self._by_key.values()

    def put(self, deployed: Deployed[T]) -> None:
        """Add a version."""
        self._by_key[deployed.key] = deployed
        self._versions.setdefault(deployed.id, {})[deployed.version] = deployed.key
        self._last_version[deployed.id] = max(deployed.version, self.last_version(deployed.id))
        self._by_deployment[deployed.id, deployed.deployment_key] = deployed.key
        if deployed.version_tag:
            self._by_tag.setdefault((deployed.id, deployed.version_tag), []).append(deployed.key)

    def remove(self, key: int) -> None:
        """Delete a version; its number is not given again."""
        deployed = self._by_key.pop(key)
        del self._versions[deployed.id][deployed.version]
        self._by_deployment.pop((deployed.id, deployed.deployment_key), None)
        tagged = self._by_tag.get((deployed.id, deployed.version_tag))
        if tagged:
            tagged.remove(key)


@dataclass(frozen=True, slots=True)
class ProcessDefinition:
    """A deployed process: what it is, and how it runs."""

    metadata: ProcessMetadata
    executable: ExecutableProcess


@dataclass(frozen=True, slots=True)
class DecisionRequirements:
    """A deployed decision requirements graph."""

    metadata: DecisionRequirementsMetadata
    graph: dmn.DecisionRequirementsGraph


class DefinitionTable:
    """Everything deployed."""

    def __init__(self) -> None:
        self.processes: Registry[ProcessDefinition] = Registry()
        self.decision_requirements: Registry[DecisionRequirements] = Registry()
        self.decisions: Registry[DecisionMetadata] = Registry()
        self.forms: Registry[FormMetadata] = Registry()
        self.resources: Registry[ResourceMetadata] = Registry()
        self._executables: dict[int, ExecutableProcess] = {}

    def process(self, process_definition_key: int) -> ExecutableProcess:
        """The executable process of a definition that is known to exist."""
        return self._executables[process_definition_key]

    def element(self, process_definition_key: int, element_id: str) -> Element:
        """An element of a definition that is known to exist."""
        return self._executables[process_definition_key].elements[element_id]

    def put_process(self, deployed: Deployed[ProcessDefinition]) -> None:
        """Add a process definition."""
        self.processes.put(deployed)
        self._executables[deployed.key] = deployed.value.executable

    def remove_process(self, key: int) -> None:
        """Delete a process definition."""
        self.processes.remove(key)
        self._executables.pop(key)


def deploy_process(table: DefinitionTable, key: int, metadata: ProcessMetadata) -> None:
    """Parse and compile a process, once."""
    definition = ProcessDefinition(metadata, executable_of(metadata.resource, metadata.bpmn_process_id))
    identity = (metadata.bpmn_process_id, metadata.version, metadata.deployment_key, metadata.version_tag)
    table.put_process(Deployed(key, *identity, definition))


def deploy_requirements(table: DefinitionTable, key: int, metadata: DecisionRequirementsMetadata) -> None:
    """Parse and compile a decision requirements graph, once."""
    value = DecisionRequirements(metadata, dmn.compiled(metadata.resource))
    identity = (metadata.decision_requirements_id, metadata.decision_requirements_version, metadata.deployment_key)
    table.decision_requirements.put(Deployed(key, *identity, "", value))


def deploy_decision(table: DefinitionTable, key: int, metadata: DecisionMetadata) -> None:
    """A decision of a graph."""
    identity = (metadata.decision_id, metadata.version, metadata.deployment_key, metadata.version_tag)
    table.decisions.put(Deployed(key, *identity, metadata))


def deploy_form(table: DefinitionTable, key: int, metadata: FormMetadata) -> None:
    """A form."""
    identity = (metadata.form_id, metadata.version, metadata.deployment_key, metadata.version_tag)
    table.forms.put(Deployed(key, *identity, metadata))


def deploy_resource(table: DefinitionTable, key: int, metadata: ResourceMetadata) -> None:
    """A generic resource."""
    identity = (metadata.resource_id, metadata.version, metadata.deployment_key, metadata.version_tag)
    table.resources.put(Deployed(key, *identity, metadata))


DEPLOY: dict[str, Callable[[DefinitionTable, int, Any], None]] = {
    "PROCESS": deploy_process,
    "DECISION_REQUIREMENTS": deploy_requirements,
    "DECISION": deploy_decision,
    "FORM": deploy_form,
    "RESOURCE": deploy_resource,
}
