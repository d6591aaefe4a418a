"""How everybody but the appliers sees the state: read-only. Each Protocol is the readable half of a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from zeebelet.records import Incident
from zeebelet.state.views.deployed import (
    DecisionRequirements,
    Definitions,
    Deployed,
    ProcessDefinition,
    Registry,
)
from zeebelet.state.views.execution import ElementInstance, Instances, Variables
from zeebelet.state.views.indexed import Indexed, Schedule
from zeebelet.state.views.waiting import Messages, Started, StartedBy, Subscriptions, Trigger, Triggers
from zeebelet.state.views.work import JobEntry, Jobs, UserTaskEntry, UserTasks


class Views(Protocol):
    """Everything, read-only."""

    @property
    def definitions(self) -> Definitions:
        """What is deployed."""
        ...

    @property
    def instances(self) -> Instances:
        """Element instances."""
        ...

    @property
    def variables(self) -> Variables:
        """Variables."""
        ...

    @property
    def jobs(self) -> Jobs:
        """Jobs."""
        ...

    @property
    def incidents(self) -> Indexed[Incident]:
        """Open incidents, by `element`, `job` and `instance`."""
        ...

    @property
    def subscriptions(self) -> Subscriptions:
        """What is waited for."""
        ...

    @property
    def messages(self) -> Messages:
        """Buffered messages."""
        ...

    @property
    def started(self) -> Started:
        """Instances started by a message."""
        ...

    @property
    def user_tasks(self) -> UserTasks:
        """Native user tasks."""
        ...

    @property
    def banned(self) -> Mapping[int, None]:
        """Process instances that a fault of the engine stopped: they can only be cancelled."""
        ...

    @property
    def changes(self) -> int:
        """How often the cluster was purged."""
        ...

    @property
    def pinned_time(self) -> int:
        """Where the clock is pinned, -1 when it is not."""
        ...


__all__ = [
    "DecisionRequirements",
    "Definitions",
    "Deployed",
    "ElementInstance",
    "Indexed",
    "Instances",
    "JobEntry",
    "Jobs",
    "Messages",
    "ProcessDefinition",
    "Registry",
    "Schedule",
    "Started",
    "StartedBy",
    "Subscriptions",
    "Trigger",
    "Triggers",
    "UserTaskEntry",
    "UserTasks",
    "Variables",
    "Views",
]
