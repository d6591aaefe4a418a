"""The state: what the log's events amount to. Only appliers change it."""

from __future__ import annotations

from adapters.camunda.engine.state.tables.definitions import DefinitionTable
from adapters.camunda.engine.state.tables.instances import InstanceTable
from adapters.camunda.engine.state.tables.jobs import JobTable
from adapters.camunda.engine.state.tables.messages import MessageTable, StartedTable
from adapters.camunda.engine.state.tables.subscriptions import SubscriptionTable
from adapters.camunda.engine.state.tables.variables import VariableTable
from adapters.camunda.engine.state.tables.work import IncidentTable, UserTaskTable


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
        self.pinned_time = -1
