"""Executable processes: built once at deployment, every expression compiled, never changed afterwards."""

from adapters.camunda.engine.graph.build import build
from adapters.camunda.engine.graph.elements import Element, ExecutableProcess, Flow
from adapters.camunda.engine.graph.expression import Expression, InvalidExpression

__all__ = ["Element", "ExecutableProcess", "Expression", "Flow", "InvalidExpression", "build"]
