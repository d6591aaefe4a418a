"""What the parser makes of a text: a tree of frozen nodes, each the size of one construct of the language.

Chains of an operator are flat (`a + b + c` is one Arithmetic), so that a long one is not a deep one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Node:
    """Any construct."""


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A null, boolean, number, string or temporal value that stands in the text."""

    value: Any


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A variable, and the properties read from it by dots: `order.customer.name`."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Input(Node):
    """`?`, the value that a unary test is asked about."""


@dataclass(frozen=True, slots=True)
class Path(Node):
    """A property of any value: `items[1].price`."""

    base: Node
    key: str


@dataclass(frozen=True, slots=True)
class ListLiteral(Node):
    """`[1, 2]`"""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ContextLiteral(Node):
    """`{a: 1, b: a + 1}`; an entry sees the ones before it."""

    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class RangeLiteral(Node):
    """`[1..10)`; None at an end that is left open (`< 5` as a value of the standard)."""

    start: Node | None
    end: Node | None
    start_closed: bool
    end_closed: bool


@dataclass(frozen=True, slots=True)
class Negation(Node):
    """`-a`"""

    operand: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """A chain of operators of one precedence, from the left: first, then (operator, operand) each."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """`a < b` with one of = < <= > >="""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Not(Node):
    """The negation of a comparison (`!=`) or of unary tests (`not(...)`)."""

    operand: Node


@dataclass(frozen=True, slots=True)
class And(Node):
    """`a and b and c`"""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    """`a or b or c`"""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Between(Node):
    """`value between low and high`"""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    """`value in test`"""

    value: Node
    test: Node


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    """`value instance of type`"""

    value: Node
    type: TypeExpression


@dataclass(frozen=True, slots=True)
class TypeExpression:
    """A type: its name, and for list, range, function and context types what they are made of."""

    name: str
    parameters: tuple[TypeExpression, ...] = ()
    members: tuple[tuple[str, TypeExpression], ...] = ()


@dataclass(frozen=True, slots=True)
class If(Node):
    """`if condition then consequence else alternative`"""

    condition: Node
    consequence: Node
    alternative: Node


@dataclass(frozen=True, slots=True)
class Iteration(Node):
    """`start..end`, what `for` and the quantifiers run over."""

    start: Node
    end: Node


@dataclass(frozen=True, slots=True)
class For(Node):
    """`for x in xs, y in ys return result`"""

    iterators: tuple[tuple[str, Node], ...]
    result: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """`some x in xs satisfies condition`, or `every`"""

    every: bool
    iterators: tuple[tuple[str, Node], ...]
    condition: Node


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """`list[condition or index]`"""

    base: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of a call: by position, or by name when `names` is given."""

    values: tuple[Node, ...]
    names: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A call of a function by its name."""

    name: str
    arguments: Arguments


@dataclass(frozen=True, slots=True)
class MemberCall(Node):
    """A call of a function that a context holds: `lib.double(2)`"""

    base: Node
    name: str
    arguments: Arguments


@dataclass(frozen=True, slots=True)
class ValueCall(Node):
    """A call of whatever function a value is: `(function(x) x)(1)`"""

    function: Node
    arguments: Arguments


@dataclass(frozen=True, slots=True)
class Lambda(Node):
    """`function(a, b) body`; the types that the standard lets parameters declare, or None."""

    parameters: tuple[str, ...]
    body: Node
    types: tuple[TypeExpression | None, ...] = ()


@dataclass(frozen=True, slots=True)
class InputTest(Node):
    """`< 5` as a test: the input compared with a value; `=` for a boolean literal."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class InputInRange(Node):
    """`[1..5]` as a test."""

    range: RangeLiteral


@dataclass(frozen=True, slots=True)
class UnaryTest(Node):
    """Any expression as a test: its value is the input, holds it, or is true."""

    expression: Node


@dataclass(frozen=True, slots=True)
class AnyOf(Node):
    """Several tests, one of which must hold."""

    tests: tuple[Node, ...]
