"""What an expression gives, found without running it; on the way everything that cannot work is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from workers.workshop.check import functions
from workers.workshop.check.environment import Env, NamePath, Problem, shown, there
from workers.workshop.check.findings import did_you_mean
from workers.workshop.check.shapes import (
    ANY,
    BOOLEAN,
    NULL,
    NUMBER,
    STRING,
    Origin,
    Shape,
    context,
    join,
    join_all,
    list_of,
    of,
    told,
    words,
)
from zeebelet.feel import tree
from zeebelet.feel.tree import Node
from zeebelet.feel.values import (
    Date,
    DayTimeDuration,
    LocalDateTime,
    LocalTime,
    YearMonthDuration,
    ZonedDateTime,
    ZonedTime,
)

PLAIN = frozenset({"string", "number", "boolean"})


@dataclass
class Reader:
    """Infers shapes; notes problems and which form fields were read."""

    problems: list[Problem] = field(default_factory=list)
    read: set[Origin] = field(default_factory=set)

    def infer(self, node: Node, env: Env) -> Shape:
        """The shape of an expression."""
        rule = RULES.get(type(node))
        return ANY if rule is None else rule(self, node, env)

    def use(self, node: Node, env: Env, *, why: str = "") -> Shape:
        """The shape of an operand: its value is looked at, so a field behind it counts as read."""
        shape = self.infer(node, env)
        self.read |= shape.origins
        if why and "missing" in shape.kinds:
            self.say(
                f"'{shown(node)}' is not set on every way that leads here",
                f"{why} of a missing value is null, and null stops the instance or goes on silently",
                "Set it on every path before, or test it first: if x = null then ... else ...",
            )
        return shape

    def say(self, what: str, why: str, fix: str) -> None:
        """Notes a problem."""
        self.problems.append(Problem(what, why, fix))


def _literal(_: Reader, node: tree.Literal, env: Env) -> Shape:
    value = node.value
    if isinstance(value, str):
        return words(value)
    for kinds, shape in LITERALS:
        if isinstance(value, kinds):
            return shape
    return NULL if value is None else NUMBER


LITERALS: tuple[tuple[type | tuple[type, ...], Shape], ...] = (
    (bool, BOOLEAN),
    (Date, of("date")),
    ((LocalDateTime, ZonedDateTime), of("date and time")),
    ((LocalTime, ZonedTime), of("time")),
    ((DayTimeDuration, YearMonthDuration), of("duration")),
)


def _name(reader: Reader, node: tree.Name, env: Env) -> Shape:
    first, *rest = node.names
    shape = env.names.get(first)
    if shape is None:
        if not env.loose:
            reader.say(
                f"'{first}' is not known here",
                "No element before it, no caller and no worker sets a variable of this name, so it is always null",
                did_you_mean(first, env.names),
            )
        return ANY
    path: NamePath = (first,)
    shape = _known(shape, path, env)
    for name in rest:
        shape = _property(reader, shape, name, path)
        path = (*path, name)
        shape = _known(shape, path, env)
    return shape


def _known(shape: Shape, path: NamePath, env: Env) -> Shape:
    return shape.without("null", "missing") if path in env.sure else shape


def _property(reader: Reader, shape: Shape, name: str, path: NamePath) -> Shape:
    """An entry of a context; of a list, the entry of each item."""
    if shape.is_any or not shape.real:
        return ANY
    if "list" in shape.kinds:
        return list_of(ANY if shape.item is None else _property(reader, shape.item, name, path))
    if shape.real <= PLAIN:
        reader.say(f"'{'.'.join(path)}' is {told(shape)} and has no '{name}'", "Only objects have parts", "")
        return ANY
    found = shape.entry(name)
    if found is None:
        reader.say(
            f"'{'.'.join(path)}' has no '{name}'",
            "Nothing that sets it gives it a part of this name, so it is always null",
            did_you_mean(name, shape.entries or {}),
        )
        return ANY
    return found.also("missing") if "missing" in shape.kinds else found


def _path(reader: Reader, node: tree.Path, env: Env) -> Shape:
    return _property(reader, reader.infer(node.base, env), node.key, (shown(node.base),))


def _list(reader: Reader, node: tree.ListLiteral, env: Env) -> Shape:
    if not node.items:
        return of("list", "empty list")
    return list_of(join_all([reader.infer(item, env) for item in node.items]))


def _context(reader: Reader, node: tree.ContextLiteral, env: Env) -> Shape:
    entries: dict[str, Shape] = {}
    for key, value in node.entries:
        entries[key] = reader.infer(value, env.with_names(entries))
    return context(entries)


def _arithmetic(reader: Reader, node: tree.Arithmetic, env: Env) -> Shape:
    operands = [node.first, *(operand for _, operand in node.rest)]
    shapes = [reader.use(operand, env, why="A calculation") for operand in operands]
    real = [shape.real for shape in shapes if not shape.is_any]
    if len(real) == len(shapes) and any({"string"} == k for k in real) and any({"number"} == k for k in real):
        reader.say(
            f"'{shown(node)}' mixes text and number", "The result is null", "Turn the number into a text: string(...)"
        )
    if all(shape.real == {"number"} for shape in shapes):
        return NUMBER
    if any(shape.real == {"string"} for shape in shapes):
        return STRING
    found = {kind for kinds in real for kind in kinds} & {"date and time", "date", "time"}
    return of(*found, "duration") if found else of("duration") if all(k == {"duration"} for k in real) and real else ANY


def _comparison(reader: Reader, node: tree.Comparison, env: Env) -> Shape:
    why = "" if node.operator == "=" else "A comparison"
    left, right = reader.use(node.left, env, why=why), reader.use(node.right, env, why=why)
    compare(reader, left, right, shown(node.left), shown(node.right))
    return BOOLEAN


def compare(reader: Reader, left: Shape, right: Shape, left_text: str, right_text: str) -> None:
    """Says when two values can never be equal (or ordered)."""
    if left.is_any or right.is_any or not left.real or not right.real:
        return
    if not left.real & right.real:
        reader.say(
            f"'{left_text}' is {told(left)}, '{right_text}' is {told(right)}: they are never equal",
            "The branch behind it is never taken",
            "Compare values of one type",
        )
    elif left.real & right.real == {"string"} and _apart(left, right):
        word, known = (right, left) if len(right.words or ()) == 1 else (left, right)
        asked = next(iter(word.words or ("",)))
        text = left_text if word is right else right_text
        reader.say(
            f"'{text}' is never \"{asked}\"",
            f"It is one of {', '.join(sorted(known.words or ()))}; the branch behind it is never taken",
            did_you_mean(asked, known.words or ()),
        )


def _apart(left: Shape, right: Shape) -> bool:
    """Whether two texts have no word in common."""
    return left.words is not None and right.words is not None and not left.words & right.words


def _negated(reader: Reader, node: tree.Not, env: Env) -> Shape:
    reader.use(node.operand, env)
    return BOOLEAN


def _and(reader: Reader, node: tree.And, env: Env) -> Shape:
    for item in node.items:
        reader.use(item, env)
        env = env.knowing(there(item, truth=True))
    return BOOLEAN


def _or(reader: Reader, node: tree.Or, env: Env) -> Shape:
    for item in node.items:
        reader.use(item, env)
        env = env.knowing(there(item, truth=False))
    return BOOLEAN


def _between(reader: Reader, node: tree.Between, env: Env) -> Shape:
    for part in (node.value, node.low, node.high):
        reader.use(part, env, why="A comparison")
    return BOOLEAN


def _in(reader: Reader, node: tree.In, env: Env) -> Shape:
    value = reader.use(node.value, env)
    test = reader.use(node.test, env.with_names({"?": value}))
    if test.item is not None:
        compare(reader, value, test.item, shown(node.value), shown(node.test))
    return BOOLEAN


def _if(reader: Reader, node: tree.If, env: Env) -> Shape:
    reader.use(node.condition, env)
    yes = reader.infer(node.consequence, env.knowing(there(node.condition, truth=True)))
    return join(yes, reader.infer(node.alternative, env.knowing(there(node.condition, truth=False))))


def _items(reader: Reader, node: Node, env: Env) -> Shape:
    if isinstance(node, tree.Iteration):
        reader.use(node.start, env)
        reader.use(node.end, env)
        return NUMBER
    shape = reader.use(node, env, why="A loop")
    return shape.item or ANY


def _for(reader: Reader, node: tree.For, env: Env) -> Shape:
    for name, items in node.iterators:
        env = env.with_names({name: _items(reader, items, env), "partial": ANY})
    return list_of(reader.infer(node.result, env))


def _quantified(reader: Reader, node: tree.Quantified, env: Env) -> Shape:
    for name, items in node.iterators:
        env = env.with_names({name: _items(reader, items, env)})
    reader.use(node.condition, env)
    return BOOLEAN


def _filter(reader: Reader, node: tree.Filter, env: Env) -> Shape:
    shape = reader.infer(node.base, env)
    item = shape.item if "list" in shape.kinds else None
    inner = dict(item.entries or {}) if item is not None and item.is_closed else {}
    is_known = item is not None and item.is_closed
    condition = reader.use(node.condition, env.with_names({**inner, "item": item or ANY}, loose=not is_known))
    if condition.real == {"number"}:
        return (item or ANY).also("null")
    return shape.without("missing", "null") if "list" in shape.kinds else ANY


def _call(reader: Reader, node: tree.Call, env: Env) -> Shape:
    arguments = node.arguments
    if node.name not in functions.NAMES:
        if node.name not in env.names:
            reader.say(
                f"Camunda 8.9 has no FEEL function '{node.name}'",
                "Its result is null",
                did_you_mean(node.name, functions.NAMES),
            )
        return ANY
    why = "" if node.name in functions.TAKES_NULL else f"The function {node.name}"
    shapes = [reader.use(value, env, why=why) for value in arguments.values]
    if node.name == "context put" and len(shapes) == 3:
        return _context_put(shapes[0], arguments.values[1], shapes[2])
    for shape in shapes:
        reader.read |= shape.all_origins() if node.name not in PASSING else set()
    if not functions.takes(node.name, len(shapes)):
        reader.say(
            f"'{node.name}' is called with {len(shapes)} values",
            "Its result is null",
            f"Call it as {functions.signature(node.name)}",
        )
    if node.name in TEXT_READERS and arguments.values and isinstance(arguments.values[0], tree.Literal):
        reader.say(f'"{arguments.values[0].value}" is no {node.name}', "The result is null", TEXT_READERS[node.name])
    if node.name == "list contains" and len(shapes) == 2 and shapes[0].item is not None:
        compare(reader, shapes[0].item, shapes[1], shown(arguments.values[0]), shown(arguments.values[1]))
    return functions.GIVES.get(node.name, ANY)


PASSING = frozenset({"count", "context", "append", "concatenate", "flatten"})
TEXT_READERS = {
    "duration": 'Write a duration as "PT4H" (four hours), "P7D" (seven days)',
    "date": 'Write a date as "2027-01-28"',
    "date and time": 'Write a time as "2027-01-28T08:00:00Z"',
    "time": 'Write a time of day as "08:00:00"',
}
"""Functions whose good literals are read with the expression: a literal that is left over is a bad one."""


def _context_put(target: Shape, key: Node, value: Shape) -> Shape:
    if target.is_closed and isinstance(key, tree.Literal) and isinstance(key.value, str):
        return context({**(target.entries or {}), key.value: value})
    return of("context")


def _lambda(reader: Reader, node: tree.Lambda, env: Env) -> Shape:
    reader.infer(node.body, env.with_names(dict.fromkeys(node.parameters, ANY)))
    return of("function")


def _negation(reader: Reader, node: tree.Negation, env: Env) -> Shape:
    return reader.use(node.operand, env, why="A calculation").without("missing")


def _boolean(reader: Reader, node: tree.InstanceOf, env: Env) -> Shape:
    reader.use(node.value, env)
    return BOOLEAN


RULES: Mapping[type, Callable[..., Shape]] = {
    tree.Literal: _literal,
    tree.Name: _name,
    tree.Path: _path,
    tree.ListLiteral: _list,
    tree.ContextLiteral: _context,
    tree.Arithmetic: _arithmetic,
    tree.Comparison: _comparison,
    tree.Not: _negated,
    tree.And: _and,
    tree.Or: _or,
    tree.Between: _between,
    tree.In: _in,
    tree.If: _if,
    tree.For: _for,
    tree.Quantified: _quantified,
    tree.Filter: _filter,
    tree.Call: _call,
    tree.Lambda: _lambda,
    tree.Negation: _negation,
    tree.InstanceOf: _boolean,
}
