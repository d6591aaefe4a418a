"""What is deployed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from zeebelet import dmn
from zeebelet.graph import Element, ExecutableProcess
from zeebelet.records import (
    DecisionMetadata,
    DecisionRequirementsMetadata,
    FormMetadata,
    ProcessMetadata,
    ResourceMetadata,
)

T_co = TypeVar("T_co", covariant=True)


class Deployed(Protocol[T_co]):
    """A deployed thing."""

    @property
    def key(self) -> int:
        """Its key."""
        ...

    @property
    def id(self) -> str:
        """Its id in the model."""
        ...

    @property
    def version(self) -> int:
        """Its version."""
        ...

    @property
    def deployment_key(self) -> int:
        """The deployment it came with."""
        ...

    @property
    def version_tag(self) -> str:
        """Its version tag."""
        ...

    @property
    def value(self) -> T_co:
        """The thing."""
        ...


class Registry(Protocol[T_co]):
    """Versions of named things."""

    def get(self, key: int) -> Deployed[T_co] | None:
        """By key."""
        ...

    def latest(self, identifier: str) -> Deployed[T_co] | None:
        """The highest version that is not deleted."""
        ...

    def version(self, identifier: str, version: int) -> Deployed[T_co] | None:
        """By number."""
        ...

    def deployed_with(self, identifier: str, deployment_key: int) -> Deployed[T_co] | None:
        """Of the same deployment."""
        ...

    def tagged(self, identifier: str, version_tag: str) -> Deployed[T_co] | None:
        """The newest with a tag."""
        ...

    def last_version(self, identifier: str) -> int:
        """The highest version number ever given."""
        ...

    def all(self) -> Iterable[Deployed[T_co]]:
        """Everything, oldest first."""
        ...


class ProcessDefinition(Protocol):
    """A deployed process."""

    @property
    def metadata(self) -> ProcessMetadata:
        """What its record says."""
        ...

    @property
    def executable(self) -> ExecutableProcess:
        """How it runs."""
        ...


class DecisionRequirements(Protocol):
    """A deployed decision requirements graph."""

    @property
    def metadata(self) -> DecisionRequirementsMetadata:
        """What its record says."""
        ...

    @property
    def graph(self) -> dmn.DecisionRequirementsGraph:
        """How it is evaluated."""
        ...


class Definitions(Protocol):
    """What is deployed."""

    @property
    def processes(self) -> Registry[ProcessDefinition]:
        """Processes."""
        ...

    @property
    def decision_requirements(self) -> Registry[DecisionRequirements]:
        """Decision requirements graphs."""
        ...

    @property
    def decisions(self) -> Registry[DecisionMetadata]:
        """Decisions."""
        ...

    @property
    def forms(self) -> Registry[FormMetadata]:
        """Forms."""
        ...

    @property
    def resources(self) -> Registry[ResourceMetadata]:
        """Generic resources."""
        ...

    def process(self, process_definition_key: int) -> ExecutableProcess:
        """The executable process of a definition that exists."""
        ...

    def element(self, process_definition_key: int, element_id: str) -> Element:
        """An element of a definition that exists."""
        ...
