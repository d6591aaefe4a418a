"""From the tree to Python: each node becomes one Python expression, which `compile` turns into byte code.

What is common is written out (comparing two whole numbers, reading a variable that exists), what is not is a call of the
operation that handles all types. Temporary variables are assigned within the expression. Deep or long constructs become
functions of their own, because Python's parser nests only so far.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .dialect import Dialect
from .scope import Item, Scope, Symbol, Variables
from .tree import (
    And,
    AnyOf,
    Arguments,
    Arithmetic,
    Between,
    Call,
    Comparison,
    ContextLiteral,
    Filter,
    For,
    If,
    In,
    Input,
    InputInRange,
    InputTest,
    InstanceOf,
    Iteration,
    Lambda,
    ListLiteral,
    Literal,
    MemberCall,
    Name,
    Negation,
    Node,
    Not,
    Or,
    Path,
    Quantified,
    RangeLiteral,
    UnaryTest,
    ValueCall,
)
from .values import Function

INPUT = "input_value"  # the Python variable that holds the input of unary tests
Overloads = Mapping[str, tuple[Function, ...]]


@dataclass(slots=True)
class Emitter:
    """What one compilation collects: constants, and the numbers for names of temporaries."""

    dialect: Dialect
    functions: Overloads
    unary: bool = False
    constants: list[Any] = field(default_factory=list)
    count: int = 0

    def temporary(self, prefix: str = "t") -> str:
        """A Python variable that nothing else uses."""
        self.count += 1
        return f"{prefix}{self.count}"

    def constant(self, value: Any) -> str:
        """A Python expression for a value that the text holds."""
        if value is None or type(value) in (bool, str) or (type(value) is int and abs(value) < 10**30):
            return repr(value)
        self.constants.append(value)
        return f"k{len(self.constants) - 1}"

    def emit(self, node: Node, scope: Scope) -> str:
        """The Python expression of a node."""
        return _EMIT[type(node)](self, node, scope)


Emit = Callable[[Emitter, Any, Scope], str]


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
    return f"({_keys(emitter, first, keys)} if ({first} := {bound}) is not UNBOUND else None)"


def _keys(emitter: Emitter, code: str, keys: Iterable[str]) -> str:
    for key in keys:
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
    return f"unfailed([{items}])" if _can_fail(node) else f"[{items}]"


def _context(emitter: Emitter, node: ContextLiteral, scope: Scope) -> str:
    bound: dict[str, str] = {}
    parts = []
    for key, entry in node.entries:
        code = emitter.emit(entry, scope.inside(Variables(dict(bound), entries=True)) if bound else scope)
        bound[key] = emitter.temporary("e")
        parts.append(f"{key!r}: ({bound[key]} := {code})")
    code = "{" + ", ".join(parts) + "}"
    return f"unfailed_context({code})" if _can_fail(node) else code


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
        steps = (f"({_OPERATIONS[operator]}, lambda: {emitter.emit(operand, scope)})" for operator, operand in node.rest)
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


_COMPARISONS = {"<": "less", "<=": "less_equal", ">": "greater", ">=": "greater_equal", "=": "equal"}
_PYTHON = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "=": "=="}


def _comparison(emitter: Emitter, node: Comparison, scope: Scope) -> str:
    left, right = emitter.temporary(), emitter.temporary()
    python, slow = _PYTHON[node.operator], _COMPARISONS[node.operator]
    left_code = emitter.emit(node.left, scope)
    right_code = emitter.emit(node.right, scope)
    if isinstance(node.right, Literal) and type(node.right.value) in (int, str):
        quick = type(node.right.value).__name__
        if quick == "int" or node.operator == "=":
            value = right_code
            return f"({left} {python} {value} if type({left} := {left_code}) is {quick} else {slow}(run, {left}, {value}))"
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


def _iteration(emitter: Emitter, node: Iteration, scope: Scope) -> str:
    return f"iteration(run, {emitter.emit(node.start, scope)}, {emitter.emit(node.end, scope)})"


def _for(emitter: Emitter, node: For, scope: Scope) -> str:
    partial = _reads(node.result, "partial")
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


def _dependent(
    emitter: Emitter, iterators: tuple[tuple[str, Node], ...], variables: list[str], scope: Scope
) -> str:
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


def _implicit(scope: Scope) -> str:
    """The Python expression for the input that a test is about."""
    variable = scope.symbol(implicit=True)
    return variable if variable and variable != INPUT else f"input_of(run, {variable or 'UNBOUND'})"


def _input_test(emitter: Emitter, node: InputTest, scope: Scope) -> str:
    variable = emitter.temporary()
    operand = emitter.emit(node.operand, scope)
    slow, python = _COMPARISONS[node.operator], _PYTHON[node.operator]
    if isinstance(node.operand, Literal) and type(node.operand.value) is int:
        quick = f"{variable} {python} {operand} if type({variable} := {_implicit(scope)}) is int"
        return f"({quick} else {slow}(run, {variable}, {operand}))"
    return f"{slow}(run, {_implicit(scope)}, {operand})"


def _input_in_range(emitter: Emitter, node: InputInRange, scope: Scope) -> str:
    found = node.range
    start, end = (emitter.emit(bound, scope) if bound else "None" for bound in (found.start, found.end))
    variable = scope.symbol(implicit=True) or "UNBOUND"
    return f"in_range(run, {variable}, {start}, {end}, {found.start_closed}, {found.end_closed})"


def _unary_test(emitter: Emitter, node: UnaryTest, scope: Scope) -> str:
    if not emitter.dialect.failures_are_null and not _any_node(node, lambda found: isinstance(found, Input)):
        return f"tested(run, {_implicit(scope)}, {emitter.emit(node.expression, scope)})"
    variable = emitter.temporary("s")
    test = emitter.emit(node.expression, scope.inside(Symbol(variable, implicit=False)))
    return f"unary_test(run, {scope.symbol(implicit=True) or 'UNBOUND'}, lambda {variable}: {test})"


def _any_of(emitter: Emitter, node: AnyOf, scope: Scope) -> str:
    tests = "".join(f"lambda: {emitter.emit(test, scope)}, " for test in node.tests)
    return f"any_of(run, ({tests}))"


def _children(node: Any) -> Iterable[Any]:
    """What a node is made of, at any depth within its fields."""
    stack = [getattr(node, name) for name in node.__slots__ if hasattr(node, name)]
    while stack:
        part = stack.pop()
        if isinstance(part, (Node, Arguments)):
            yield part
        elif isinstance(part, tuple):
            stack.extend(part)


def _any_node(node: Any, holds: Callable[[Any], bool]) -> bool:
    stack = [node]
    while stack:
        found = stack.pop()
        if holds(found):
            return True
        stack.extend(_children(found))
    return False


def _can_fail(node: Node) -> bool:
    """Whether evaluating a node can end in a failure instead of a value."""
    return _any_node(node, lambda found: isinstance(found, (MemberCall, RangeLiteral, Input, ValueCall, Iteration)))


def _reads(node: Node, name: str) -> bool:
    """Whether a node reads a variable of that name anywhere."""
    return _any_node(node, lambda found: isinstance(found, Name) and found.names[0] == name)


_EMIT: dict[type[Node], Emit] = {
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
    Iteration: _iteration,
    For: _for,
    Quantified: _quantified,
    Filter: _filter,
    Lambda: _lambda,
    Call: _call,
    MemberCall: _member_call,
    ValueCall: _value_call,
    InputTest: _input_test,
    InputInRange: _input_in_range,
    UnaryTest: _unary_test,
    AnyOf: _any_of,
}
