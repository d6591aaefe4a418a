"""The worker runtime: `@task` handlers in, jobs done. This is what a task module imports."""

from workers.runtime.claims import LARGE
from workers.runtime.context import Context
from workers.runtime.contract import TaskHeaders, TaskInput, TaskOutput
from workers.runtime.errors import Denied, Permanent, RetryLater
from workers.runtime.registry import registry, task
from workers.runtime.retry import RetryPolicy

__all__ = [
    "LARGE",
    "Context",
    "Denied",
    "Permanent",
    "RetryLater",
    "RetryPolicy",
    "TaskHeaders",
    "TaskInput",
    "TaskOutput",
    "registry",
    "task",
]
