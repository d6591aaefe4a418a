"""Element instances: the tokens' places, as a tree below each process instance."""

from __future__ import annotations

from collections.abc import Iterable

from zeebelet.records import ProcessInstance


class ElementInstance:
    """One living element. Only appliers change it."""

    __slots__ = (
        "active_flows",
        "called_key",
        "children",
        "completed_children",
        "fulfilled",
        "interrupted_by",
        "job_key",
        "joins",
        "key",
        "listener_index",
        "loop_counter",
        "loop_total",
        "spawned_children",
        "state",
        "terminated_children",
        "user_task_key",
        "value",
    )

    def __init__(self, key: int, value: ProcessInstance) -> None:
        self.key = key
        self.value = value
        self.state = "ELEMENT_ACTIVATING"
        self.children: dict[int, None] | None = None
        self.active_flows = 0
        self.joins: dict[tuple[str, str], int] | None = None
        self.interrupted_by = ""
        self.job_key = -1
        self.user_task_key = -1
        self.called_key = -1
        self.loop_counter = 0
        self.loop_total = 0
        self.spawned_children = 0
        self.completed_children = 0
        self.terminated_children = 0
        self.listener_index = 0
        self.fulfilled = False

    @property
    def is_active(self) -> bool:
        """Whether it waits for something and may still go on."""
        return self.state == "ELEMENT_ACTIVATED"

    @property
    def is_terminating(self) -> bool:
        """Whether it is on its way out."""
        return self.state == "ELEMENT_TERMINATING"

    @property
    def has_tokens(self) -> bool:
        """Whether anything in it still moves or waits."""
        return bool(self.children or self.active_flows or self.joins)


class InstanceTable:
    """Every living element instance by key."""

    def __init__(self) -> None:
        self._instances: dict[int, ElementInstance] = {}
        self._running: dict[int, int] = {}
        self.stop_after: dict[int, tuple[str, ...]] = {}  # instance -> elements after which it is terminated
        self.get = self._instances.get  # bound once: the hottest read of the engine

    def parent(self, instance: ElementInstance) -> ElementInstance | None:
        """The instance around it; None for a process."""
        return self._instances.get(instance.value.flow_scope_key)

    def children(self, instance: ElementInstance) -> list[ElementInstance]:
        """The instances directly in it, oldest first."""
        return [self._instances[key] for key in instance.children or ()]

    def running(self, process_definition_key: int) -> int:
        """How many instances of a process definition are alive."""
        return self._running.get(process_definition_key, 0)

    def all(self) -> Iterable[ElementInstance]:
        """Everything alive, oldest first."""
        return self._instances.values()

    def __len__(self) -> int:
        return len(self._instances)

    def add(self, instance: ElementInstance) -> None:
        """A new instance, below its parent."""
        self._instances[instance.key] = instance
        scope = self._instances.get(instance.value.flow_scope_key)
        if scope is None:
            self.count(instance.value.process_definition_key, 1)
        elif scope.children is None:
            scope.children = {instance.key: None}
        else:
            scope.children[instance.key] = None

    def remove(self, key: int) -> tuple[ElementInstance, ElementInstance | None]:
        """An instance that ended; returns it and its parent."""
        instance = self._instances.pop(key)
        scope = self._instances.get(instance.value.flow_scope_key)
        if scope is None:
            self.count(instance.value.process_definition_key, -1)
        elif scope.children:
            scope.children.pop(key, None)
        return instance, scope

    def count(self, process_definition_key: int, change: int) -> None:
        """Adjust the number of running instances of a definition."""
        left = self._running.get(process_definition_key, 0) + change
        if left:
            self._running[process_definition_key] = left
        else:
            self._running.pop(process_definition_key, None)
