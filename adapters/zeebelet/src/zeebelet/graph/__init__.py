"""Executable processes: built once at deployment, every expression compiled, never changed afterwards."""

from zeebelet.graph.build import build
from zeebelet.graph.elements import Element, ExecutableProcess, Flow
from zeebelet.graph.expression import Expression, InvalidExpression

__all__ = ["Element", "ExecutableProcess", "Expression", "Flow", "InvalidExpression", "build"]
