"""Values and operators as Python expressions."""

from __future__ import annotations

from collections.abc import Iterable

from .emitter import COMPARISONS, PYTHON, Emit, Emitter, can_fail
from .scope import Scope, Symbol, Variables
from .tree import (
    And,
    Arithmetic,
    Between,
    Comparison,
    ContextLiteral,
    If,
    In,
    Input,
    InstanceOf,
    ListLiteral,
    Literal,
    Name,
    Negation,
    Node,
    Not,
    Or,
    Path,
    RangeLiteral,
)


def _literal(emitter: Emitter, node: Literal, scope: Scope) -> str:
    return emitter.constant(node.value)


def _name(emitter: Emitter, node: Name, scope: Scope) -> str:
    head, *keys = node.names
    code = scope.name(head)
    if not keys:
        return code
    if not scope.frames:
        return f"({_keys(emitter, f'scope[{head!r}]', keys)} if {head!r} in scope else no_variable(run, {head!r}))"
    first = emitter.temporary()
    bound = scope.name(head, missing="unbound_variable")
    if bound.isidentifier():
        return _keys(emitter, bound, keys)
    return f"({_keys(emitter, first, keys)} if ({first} := {bound}) is not UNBOUND else None)"


def _keys(emitter: Emitter, code: str, keys: Iterable[str]) -> str:
    for key in keys:
        if code.isidentifier():
            code = f"({code}[{key!r}] if type({code}) is dict and {key!r} in {code} else read(run, {code}, {key!r}))"
            continue
        found = emitter.temporary()
        code = f"({found}[{key!r}] if type({found} := {code}) is dict and {key!r} in {found} else read(run, {found}, {key!r}))"
    return code


def _path(emitter: Emitter, node: Path, scope: Scope) -> str:
    return f"read(run, {emitter.emit(node.base, scope)}, {node.key!r})"


def _input(emitter: Emitter, node: Input, scope: Scope) -> str:
    variable = scope.symbol(implicit=False)
    if variable is None:
        return "no_input(run)" if emitter.unary else "(scope['?'] if '?' in scope else no_input(run))"
    return f"({variable} if {variable} is not UNBOUND else no_input(run))"


def _list(emitter: Emitter, node: ListLiteral, scope: Scope) -> str:
    items = ", ".join(emitter.emit(item, scope) for item in node.items)
    return f"unfailed([{items}])" if can_fail(node) else f"[{items}]"


def _context(emitter: Emitter, node: ContextLiteral, scope: Scope) -> str:
    bound: dict[str, str] = {}
    parts = []
    for key, entry in node.entries:
        code = emitter.emit(entry, scope.inside(Variables(dict(bound), entries=True)) if bound else scope)
        bound[key] = emitter.temporary("e")
        parts.append(f"{key!r}: ({bound[key]} := {code})")
    code = "{" + ", ".join(parts) + "}"
    return f"unfailed_context({code})" if can_fail(node) else code


def _range(emitter: Emitter, node: RangeLiteral, scope: Scope) -> str:
    start, end = (emitter.emit(bound, scope) if bound else "None" for bound in (node.start, node.end))
    operation = "make_range" if node.start and node.end else "open_range"
    return f"{operation}(run, {start}, {end}, {node.start_closed}, {node.end_closed})"


def _negation(emitter: Emitter, node: Negation, scope: Scope) -> str:
    if isinstance(node.operand, Literal) and type(node.operand.value) is int:
        return f"({-node.operand.value})"
    return f"negative(run, {emitter.emit(node.operand, scope)})"


_OPERATIONS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide_by", "**": "exponentiate"}
_LONG = 16  # a chain with more operands is emitted flat, because Python's parser nests only so far


def _arithmetic(emitter: Emitter, node: Arithmetic, scope: Scope) -> str:
    code = emitter.emit(node.first, scope)
    if len(node.rest) > _LONG:
        steps = (
            f"({_OPERATIONS[operator]}, lambda: {emitter.emit(operand, scope)})" for operator, operand in node.rest
        )
        return f"long_arithmetic(run, {code}, ({', '.join(steps)}))"
    for operator, operand in node.rest:
        code = _operation(emitter, operator, code, emitter.emit(operand, scope))
    return code


def _operation(emitter: Emitter, operator: str, left_code: str, right_code: str) -> str:
    """An operator; sums, differences and products of whole numbers are computed on the spot."""
    slow = _OPERATIONS[operator]
    if operator not in "+-*" or operator == "**":
        return f"{slow}(run, {left_code}, {right_code})"
    left, right, found = emitter.temporary(), emitter.temporary(), emitter.temporary()
    return (
        f"({found} if type({left} := {left_code}) is type({right} := {right_code}) is int"
        f" and -WHOLE < ({found} := {left} {operator} {right}) < WHOLE else {slow}(run, {left}, {right}))"
    )


def _comparison(emitter: Emitter, node: Comparison, scope: Scope) -> str:
    left, right = emitter.temporary(), emitter.temporary()
    python, slow = PYTHON[node.operator], COMPARISONS[node.operator]
    left_code = emitter.emit(node.left, scope)
    right_code = emitter.emit(node.right, scope)
    if isinstance(node.right, Literal) and type(node.right.value) in (int, str):
        quick = type(node.right.value).__name__
        if quick == "int" or node.operator == "=":
            value = right_code
            return (
                f"({left} {python} {value} if type({left} := {left_code}) is {quick} else {slow}(run, {left}, {value}))"
            )
    return (
        f"({left} {python} {right} if type({left} := {left_code}) is type({right} := {right_code}) is int"
        f" else {slow}(run, {left}, {right}))"
    )


def _not(emitter: Emitter, node: Not, scope: Scope) -> str:
    found = emitter.temporary()
    code = emitter.emit(node.operand, scope)
    return f"(not {found} if ({found} := {code}) is True or {found} is False else negation(run, {found}))"


def _and(emitter: Emitter, node: And, scope: Scope) -> str:
    return _logic(emitter, node.items, scope, deciding=False)


def _or(emitter: Emitter, node: Or, scope: Scope) -> str:
    return _logic(emitter, node.items, scope, deciding=True)


def _logic(emitter: Emitter, items: tuple[Node, ...], scope: Scope, *, deciding: bool) -> str:
    """Operands from the left: one that decides, or a fatal one, ends it; otherwise the next is needed."""
    operation = "second_of_or" if deciding else "second_of_and"
    code = emitter.emit(items[0], scope)
    if len(items) > _LONG:
        thunks = "".join(f"lambda: {emitter.emit(item, scope)}, " for item in items[1:])
        return f"long_logic(run, {code}, ({thunks}), {deciding})"
    for item in items[1:]:
        left, right = emitter.temporary(), emitter.temporary()
        code = (
            f"({deciding} if ({left} := {code}) is {deciding}"
            f" else {left} if {left} is not {not deciding} and not expect_boolean(run, {left})"
            f" else {right} if ({right} := {emitter.emit(item, scope)}) is {deciding}"
            f" or {right} is {left} is {not deciding}"
            f" else {operation}(run, {left}, {right}))"
        )
    return code


def _between(emitter: Emitter, node: Between, scope: Scope) -> str:
    both = And((Comparison(">=", node.value, node.low), Comparison("<=", node.value, node.high)))
    return emitter.emit(both, scope)


def _in(emitter: Emitter, node: In, scope: Scope) -> str:
    variable = emitter.temporary("i")
    test = emitter.emit(node.test, scope.inside(Symbol(variable, implicit=True)))
    return f"({variable} if type({variable} := {emitter.emit(node.value, scope)}) is Failure else {test})"


def _instance_of(emitter: Emitter, node: InstanceOf, scope: Scope) -> str:
    return f"instance_of(run, {emitter.emit(node.value, scope)}, {emitter.constant(node.type)})"


def _if(emitter: Emitter, node: If, scope: Scope) -> str:
    found = emitter.temporary()
    parts = (emitter.emit(part, scope) for part in (node.condition, node.consequence, node.alternative))
    condition, consequence, alternative = parts
    return (
        f"({consequence} if ({found} := {condition}) is True else {alternative}"
        f" if {found} is False or expect_boolean(run, {found}) else {found})"
    )


VALUES: dict[type[Node], Emit] = {
    Literal: _literal,
    Name: _name,
    Path: _path,
    Input: _input,
    ListLiteral: _list,
    ContextLiteral: _context,
    RangeLiteral: _range,
    Negation: _negation,
    Arithmetic: _arithmetic,
    Comparison: _comparison,
    Not: _not,
    And: _and,
    Or: _or,
    Between: _between,
    In: _in,
    InstanceOf: _instance_of,
    If: _if,
}
