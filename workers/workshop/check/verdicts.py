"""Whether a condition holds, as far as what is known of the variables tells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workers.workshop.bpmn import BPMN, Element
from workers.workshop.check.environment import Env
from workers.workshop.check.inference import Reader
from workers.workshop.check.shapes import Shape, put, words
from workers.workshop.check.states import State
from zeebelet.feel import FeelError, compile, tree


def condition(flow: Element) -> tree.Node | None:
    """The condition of a sequence flow; None for none and for one that cannot be read."""
    text = (flow.findtext(f"{BPMN}conditionExpression") or "").strip()
    try:
        return compile(text[1:].strip()).tree if text.startswith("=") else None
    except FeelError:
        return None


def split(case: State, conditions: Iterable[tree.Node]) -> list[State]:
    """The same case once for each word of what the conditions compare; only itself when that is not a few words."""
    for node in conditions:
        for path in _compared(node):
            shape = _at(case, path)
            if shape is not None and shape.kinds == {"string"} and 1 < len(shape.words or ()) <= WORDS:
                first, *rest = path
                return [
                    case.with_({first: put(case.names[first], rest, words(word))}) for word in sorted(shape.words or ())
                ]
    return [case]


WORDS = 12


def _compared(node: tree.Node) -> Iterator[tuple[str, ...]]:
    if isinstance(node, tree.Name):
        yield node.names
    elif isinstance(node, tree.Comparison):
        yield from _compared(node.left)
    elif isinstance(node, tree.Not):
        yield from _compared(node.operand)
    elif isinstance(node, tree.And | tree.Or):
        for item in node.items:
            yield from _compared(item)
    elif isinstance(node, tree.Call):
        for value in node.arguments.values:
            yield from _compared(value)


def _at(state: State, path: tuple[str, ...]) -> Shape | None:
    shape = state.names.get(path[0])
    for name in path[1:]:
        shape = shape.entry(name) if shape is not None and shape.is_closed else None
    return shape


def verdict(node: tree.Node, state: State) -> bool | None:
    """True or False when the condition is that for sure; None when it may be either."""
    if isinstance(node, tree.Not):
        inner = verdict(node.operand, state)
        return None if inner is None else not inner
    if isinstance(node, tree.And | tree.Or):
        found = [verdict(item, state) for item in node.items]
        decisive = isinstance(node, tree.Or)
        if decisive in found:
            return decisive
        return None if None in found else not decisive
    if isinstance(node, tree.Comparison) and node.operator == "=":
        return _equal(node, state)
    if isinstance(node, tree.Call) and node.name == "list contains" and len(node.arguments.values) > 1:
        return _contains(node.arguments.values[0], node.arguments.values[1], state)
    return None


def _contains(items: tree.Node, item: tree.Node, state: State) -> bool | None:
    """Whether a list of texts, written out, holds a value."""
    if not isinstance(items, tree.ListLiteral) or not all(isinstance(each, tree.Literal) for each in items.items):
        return None
    found = [verdict(tree.Comparison("=", item, each), state) for each in items.items]
    return True if True in found else None if None in found else False


def _equal(node: tree.Comparison, state: State) -> bool | None:
    env = Env(state.names, loose=True)
    left, right = Reader().infer(node.left, env), Reader().infer(node.right, env)
    if left.is_any or right.is_any:
        return None
    if left.words is None or right.words is None or left.real != {"string"} or right.real != {"string"}:
        only_null = [shape.kinds <= {"null", "missing"} for shape in (left, right)]
        return not left.real & right.real if any(only_null) and not all(only_null) and not _null(left, right) else None
    if not left.words & right.words:
        return False
    sure = left.kinds == right.kinds == {"string"} and len(left.words) == len(right.words) == 1
    return True if sure else None


def _null(left: object, right: object) -> bool:
    """Whether both can be null, so that they may be equal after all."""
    return all({"null", "missing"} & getattr(shape, "kinds", set()) for shape in (left, right))
