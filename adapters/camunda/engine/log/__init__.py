"""Where the engine keeps what happened: nowhere, in memory, or in files that survive a kill."""

from adapters.camunda.engine.log.durable import DurableLog
from adapters.camunda.engine.log.memory import Log, MemoryLog, NoLog

__all__ = ["DurableLog", "Log", "MemoryLog", "NoLog"]
