"""Loops, filters and functions as Python expressions."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from .emitter import Emit, Emitter, reads
from .scope import Item, Scope, Variables
from .tree import (
    Arguments,
    Call,
    Comparison,
    Filter,
    For,
    Iteration,
    Lambda,
    Literal,
    MemberCall,
    Negation,
    Node,
    Quantified,
    ValueCall,
)
from .values import Function


def _iteration(emitter: Emitter, node: Iteration, scope: Scope) -> str:
    return f"iteration(run, {emitter.emit(node.start, scope)}, {emitter.emit(node.end, scope)})"


def _for(emitter: Emitter, node: For, scope: Scope) -> str:
    partial = reads(node.result, "partial")
    operation = "loop_with_partial" if partial else "loop"
    return _iterated(emitter, operation, node.iterators, (node.result, scope), more=("partial",) if partial else ())


def _quantified(emitter: Emitter, node: Quantified, scope: Scope) -> str:
    return _iterated(emitter, "all_hold" if node.every else "exists", node.iterators, (node.condition, scope))


def _iterated(
    emitter: Emitter,
    operation: str,
    iterators: tuple[tuple[str, Node], ...],
    body: tuple[Node, Scope],
    *,
    more: tuple[str, ...] = (),
) -> str:
    node, scope = body
    names = [name for name, _ in iterators] + list(more)
    variables = [emitter.temporary("x") for _ in names]
    inner = scope.inside(Variables(dict(zip(names, variables, strict=True))))
    if emitter.dialect.later_iterators_see_earlier:
        sources = _dependent(emitter, iterators, variables, scope)
        operation = f"dependent_{operation}"
    else:
        sources = "".join(f"{emitter.emit(source, scope)}, " for _, source in iterators)
    return f"{operation}(run, ({sources}), lambda {', '.join(variables)}: {emitter.emit(node, inner)})"


def _dependent(emitter: Emitter, iterators: tuple[tuple[str, Node], ...], variables: list[str], scope: Scope) -> str:
    parts = []
    bound: dict[str, str] = {}
    for (name, source), variable in zip(iterators, variables, strict=False):
        inner = scope.inside(Variables(dict(bound))) if bound else scope
        parts.append(f"lambda {', '.join(bound.values())}: {emitter.emit(source, inner)}, ")
        bound[name] = variable
    return "".join(parts)


def _filter(emitter: Emitter, node: Filter, scope: Scope) -> str:
    base = emitter.emit(node.base, scope)
    condition = node.condition
    index = _constant_index(condition)
    if index is not None:
        return f"item_at(run, {base}, {emitter.constant(index)})"
    variable = emitter.temporary("f")
    code = emitter.emit(condition, scope.inside(Item(variable)))
    always = isinstance(condition, (Comparison, Call, MemberCall)) or not emitter.dialect.filter_scope_first
    operation = "filtered" if always else "filtered_or_indexed"
    return f"{operation}(run, {base}, lambda {variable}: {code})"


def _constant_index(condition: Node) -> int | Decimal | None:
    if isinstance(condition, Negation):
        index = _constant_index(condition.operand)
        return None if index is None else -index
    if isinstance(condition, Literal) and type(condition.value) in (int, Decimal):
        return condition.value  # type: ignore[no-any-return]
    return None


def _lambda(emitter: Emitter, node: Lambda, scope: Scope) -> str:
    variables = [emitter.temporary("p") for _ in node.parameters]
    inner = scope.inside(Variables(dict(zip(node.parameters, variables, strict=True))))
    parameters = "".join(f"{parameter!r}, " for parameter in node.parameters)
    body = f"lambda {', '.join(['run', *variables])}: {emitter.emit(node.body, inner)}"
    types = f", {emitter.constant(node.types)}" if any(node.types) else ""
    return f"Function(({parameters}), {body}{types})"


def _call(emitter: Emitter, node: Call, scope: Scope) -> str:
    arguments = node.arguments
    overloads = emitter.functions.get(node.name, ())
    function = _overload(overloads, arguments)
    if function is not None and not scope.binds(node.name):
        return _direct(emitter, node, function, scope)
    candidates = [*scope.candidates(node.name), f"scope.get({node.name!r})"]
    if function is not None:
        candidates.append(emitter.constant(function))
    count = len(arguments.values)
    thunks = _thunks(emitter, arguments, scope)
    return f"call_found(run, {node.name!r}, ({', '.join(candidates)},), {thunks}, {count})"


def _overload(overloads: Iterable[Function], arguments: Arguments) -> Function | None:
    count = len(arguments.values)
    for function in overloads:
        wanted = len(function.params)
        if arguments.names is not None:
            if set(arguments.names) <= set(function.params):
                return function
        elif wanted == count or (function.var_args and wanted < count):
            return function
    return None


def _direct(emitter: Emitter, node: Call, function: Function, scope: Scope) -> str:
    """A call of a function that is known when the expression is compiled."""
    values = node.arguments.values
    if node.arguments.names is not None:
        given = dict(zip(node.arguments.names, values, strict=True))
        codes = [emitter.emit(given[name], scope) if name in given else "None" for name in function.params]
    else:
        codes = [emitter.emit(value, scope) for value in values]
    known = emitter.constant(function)
    if emitter.dialect.failures_are_null:
        packed = f"({''.join(f'{code}, ' for code in codes)})"
        gathered = f"collect({known}, {packed})" if node.arguments.names is None else packed
        return f"call(run, {node.name!r}, {known}, {gathered})"
    found = emitter.temporary()
    arguments = "".join(f", {code}" for code in codes)
    if function.var_args and node.arguments.names is None:
        arguments = f", *collect({known}, ({arguments[2:]},))" if codes else f", *collect({known}, ())"
    invoked = f"{emitter.constant(function.invoke)}(run{arguments})"
    return f"({found} if type({found} := {invoked}) is not Failure else settle(run, {node.name!r}, {found}))"


def _thunks(emitter: Emitter, arguments: Arguments, scope: Scope) -> str:
    """Arguments that are evaluated later: a tuple, or by name one after the other."""
    codes = [emitter.emit(value, scope) for value in arguments.values]
    if arguments.names is None:
        return f"lambda: ({''.join(f'{code}, ' for code in codes)})"
    pairs = zip(arguments.names, codes, strict=True)
    return "{" + ", ".join(f"{name!r}: lambda: {code}" for name, code in pairs) + "}"


def _member_call(emitter: Emitter, node: MemberCall, scope: Scope) -> str:
    base = emitter.emit(node.base, scope)
    thunks = _thunks(emitter, node.arguments, scope)
    return f"call_member(run, {base}, {node.name!r}, {thunks}, {len(node.arguments.values)})"


def _value_call(emitter: Emitter, node: ValueCall, scope: Scope) -> str:
    function = emitter.emit(node.function, scope)
    return f"call_value(run, {function}, {_thunks(emitter, node.arguments, scope)}, {len(node.arguments.values)})"


CALLS: dict[type[Node], Emit] = {
    Iteration: _iteration,
    For: _for,
    Quantified: _quantified,
    Filter: _filter,
    Lambda: _lambda,
    Call: _call,
    MemberCall: _member_call,
    ValueCall: _value_call,
}
