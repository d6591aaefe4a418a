"""What one compilation carries along, and questions about the tree that decide what is emitted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .dialect import Dialect
from .scope import Scope
from .tree import Arguments, Input, Iteration, MemberCall, Name, Node, RangeLiteral, ValueCall
from .values import Function

INPUT = "input_value"  # the Python variable that holds the input of unary tests
Overloads = Mapping[str, tuple[Function, ...]]


Emit = Callable[["Emitter", Any, Scope], str]


@dataclass(slots=True)
class Emitter:
    """What one compilation collects: constants, and the numbers for names of temporaries."""

    dialect: Dialect
    functions: Overloads
    table: Mapping[type[Node], Emit]
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
        return self.table[type(node)](self, node, scope)


COMPARISONS = {"<": "less", "<=": "less_equal", ">": "greater", ">=": "greater_equal", "=": "equal"}
PYTHON = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "=": "=="}


def children(node: Any) -> Iterable[Any]:
    """What a node is made of, at any depth within its fields."""
    stack = [getattr(node, name) for name in node.__slots__ if hasattr(node, name)]
    while stack:
        part = stack.pop()
        if isinstance(part, (Node, Arguments)):
            yield part
        elif isinstance(part, tuple):
            stack.extend(part)


def any_node(node: Any, holds: Callable[[Any], bool]) -> bool:
    """Whether a node, or one of those that it is made of, is what is looked for."""
    stack = [node]
    while stack:
        found = stack.pop()
        if holds(found):
            return True
        stack.extend(children(found))
    return False


def can_fail(node: Node) -> bool:
    """Whether evaluating a node can end in a failure instead of a value."""
    return any_node(node, lambda found: isinstance(found, (MemberCall, RangeLiteral, Input, ValueCall, Iteration)))


def reads(node: Node, name: str) -> bool:
    """Whether a node reads a variable of that name anywhere."""
    return any_node(node, lambda found: isinstance(found, Name) and found.names[0] == name)
