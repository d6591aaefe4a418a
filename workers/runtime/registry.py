"""The table of all tasks. Importing a task module fills it; nothing else does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, TypeVar

from workers.runtime.definition import Handler, Options, TaskDefinition, define
from workers.runtime.errors import InvalidTask

H = TypeVar("H", bound=Handler)
_OPTIONS = tuple(Options.__dataclass_fields__)


class Registry(Mapping[str, TaskDefinition]):
    """Task types and their definitions."""

    def __init__(self) -> None:
        self._tasks: dict[str, TaskDefinition] = {}

    def __getitem__(self, task_type: str) -> TaskDefinition:
        """The definition of one type."""
        return self._tasks[task_type]

    def __iter__(self) -> Iterator[str]:
        """Types in the order of declaration."""
        return iter(self._tasks)

    def __len__(self) -> int:
        """How many types are known."""
        return len(self._tasks)

    def add(self, definition: TaskDefinition) -> TaskDefinition:
        """Adds a definition; one type has one handler."""
        known = self._tasks.get(definition.type)
        if known is not None:
            raise InvalidTask(
                f"Task {definition.type!r} is declared twice: in {known.handler.__module__} "
                f"and in {definition.handler.__module__}"
            )
        self._tasks[definition.type] = definition
        return definition

    def task(self, task_type: str, /, **options: Any) -> Callable[[H], H]:
        """Declares the decorated function as the handler of `task_type`; see `Options` for what can be said."""
        unknown = sorted(set(options) - set(_OPTIONS))
        if unknown:
            raise InvalidTask(
                f"Task {task_type!r}: unknown option {', '.join(unknown)}; known are {', '.join(_OPTIONS)}"
            )

        def declare(handler: H) -> H:
            self.add(define(task_type, handler, Options(**options)))
            return handler

        return declare

    def select(self, *, only: Collection[str] = (), without: Collection[str] = ()) -> list[TaskDefinition]:
        """The definitions to serve; a name nobody declared is refused, because it would silently serve nothing."""
        unknown = sorted({*only, *without} - set(self._tasks))
        if unknown:
            raise InvalidTask(f"Unknown task type {', '.join(unknown)}; known are {', '.join(sorted(self._tasks))}")
        chosen = [d for name, d in self._tasks.items() if (not only or name in only) and name not in without]
        if self._tasks and not chosen:
            raise InvalidTask("Every task type that was asked for is left out as well; nothing would be served")
        return chosen


registry = Registry()
task = registry.task
