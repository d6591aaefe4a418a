"""The state: what the log's events amount to. Only appliers change it."""

from __future__ import annotations

from zeebelet.state.tables.definitions import DefinitionTable
from zeebelet.state.tables.instances import InstanceTable
from zeebelet.state.tables.jobs import JobTable
from zeebelet.state.tables.messages import MessageTable, StartedTable
from zeebelet.state.tables.subscriptions import SubscriptionTable
from zeebelet.state.tables.variables import VariableTable
from zeebelet.state.tables.work import IncidentTable, UserTaskTable


class State:
    """All tables."""

    def __init__(self) -> None:
        self.definitions = DefinitionTable()
        self.instances = InstanceTable()
        self.variables = VariableTable(self.instances)
        self.jobs = JobTable()
        self.incidents = IncidentTable()
        self.subscriptions = SubscriptionTable()
        self.messages = MessageTable()
        self.started = StartedTable()
        self.user_tasks = UserTaskTable()
        self.banned: dict[int, None] = {}  # process instances that a fault of the engine stopped
        self.pinned_time = -1
