"""The state: what the log's events amount to. Only appliers change it."""

from __future__ import annotations

from zeebelet.state.tables.definitions import DefinitionTable
from zeebelet.state.tables.instances import InstanceTable
from zeebelet.state.tables.jobs import FAILED, JobTable
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
        self.changes = 0  # of the cluster: how often it was purged

    def purge(self, changes: int) -> None:
        """Everything is gone."""
        self.__dict__.update(State().__dict__)
        self.changes = changes

    def ban(self, process_instance_key: int) -> None:
        """Nothing of an instance happens by itself any more, and no worker gets its jobs."""
        self.banned[process_instance_key] = None
        for key, timer in self.subscriptions.timers.all():
            if timer.process_instance_key == process_instance_key:
                self.subscriptions.timer_schedule.discard(key)
        found = [(key, job) for key, job in self.jobs.all() if job.value.process_instance_key == process_instance_key]
        for key, job in found:
            self.jobs.put(key, job.value._replace(recurring_time=-1), FAILED)
