"""Tests of an input as Python expressions."""

from __future__ import annotations

from .emitter import COMPARISONS, INPUT, PYTHON, Emit, Emitter, any_node
from .scope import Scope, Symbol
from .tree import AnyOf, Input, InputInRange, InputTest, Literal, Node, UnaryTest


def _implicit(scope: Scope) -> str:
    """The Python expression for the input that a test is about."""
    variable = scope.symbol(implicit=True)
    return variable if variable and variable != INPUT else f"input_of(run, {variable or 'UNBOUND'})"


def _input_test(emitter: Emitter, node: InputTest, scope: Scope) -> str:
    variable = emitter.temporary()
    operand = emitter.emit(node.operand, scope)
    slow, python = COMPARISONS[node.operator], PYTHON[node.operator]
    if isinstance(node.operand, Literal) and type(node.operand.value) is int:
        quick = f"{variable} {python} {operand} if type({variable} := {_implicit(scope)}) is int"
        return f"({quick} else {slow}(run, {variable}, {operand}))"
    return f"{slow}(run, {_implicit(scope)}, {operand})"


def _input_in_range(emitter: Emitter, node: InputInRange, scope: Scope) -> str:
    found = node.range
    start, end = (emitter.emit(bound, scope) if bound else "None" for bound in (found.start, found.end))
    variable = scope.symbol(implicit=True) or "UNBOUND"
    return f"in_range(run, {variable}, {start}, {end}, ({found.start_closed}, {found.end_closed}))"


def _unary_test(emitter: Emitter, node: UnaryTest, scope: Scope) -> str:
    if not emitter.dialect.failures_are_null and not any_node(node, lambda found: isinstance(found, Input)):
        return f"tested(run, {_implicit(scope)}, {emitter.emit(node.expression, scope)})"
    variable = emitter.temporary("s")
    test = emitter.emit(node.expression, scope.inside(Symbol(variable, implicit=False)))
    return f"unary_test(run, {scope.symbol(implicit=True) or 'UNBOUND'}, lambda {variable}: {test})"


def _any_of(emitter: Emitter, node: AnyOf, scope: Scope) -> str:
    tests = "".join(f"lambda: {emitter.emit(test, scope)}, " for test in node.tests)
    return f"any_of(run, ({tests}))"


TESTS: dict[type[Node], Emit] = {
    InputTest: _input_test,
    InputInRange: _input_in_range,
    UnaryTest: _unary_test,
    AnyOf: _any_of,
}
