"""The engine's facade and what drives it."""

from adapters.camunda.engine.loop.engine import Engine
from adapters.camunda.engine.processors import EngineConfig

__all__ = ["Engine", "EngineConfig"]
