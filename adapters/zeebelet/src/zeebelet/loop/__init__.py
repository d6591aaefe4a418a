"""The engine's facade and what drives it."""

from zeebelet.loop.engine import Engine
from zeebelet.processors import EngineConfig

__all__ = ["Engine", "EngineConfig"]
