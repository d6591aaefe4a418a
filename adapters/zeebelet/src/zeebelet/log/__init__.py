"""Where the engine keeps what happened: nowhere, in memory, or in files that survive a kill."""

from zeebelet.log.durable import DurableLog
from zeebelet.log.memory import Log, MemoryLog, NoLog

__all__ = ["DurableLog", "Log", "MemoryLog", "NoLog"]
