"""What a variable can hold: its kinds, for texts the possible words, for contexts the entries, for lists the items.

A shape also remembers which form fields its value comes from, so that a field nobody reads can be named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

DEPTH = 6
"""Deeper values are taken for anything."""
WORDS = 60
"""A text with more possible words than this is taken for free text."""

Origin = tuple[str, str]
"""A form and the key of one of its fields."""


@dataclass(frozen=True, slots=True)
class Shape:
    """`kinds` are FEEL's type names, `null`, `any`, and `missing` for what is not set on every path."""

    kinds: frozenset[str]
    words: frozenset[str] | None = None
    entries: Mapping[str, Shape] | None = None
    item: Shape | None = None
    origins: frozenset[Origin] = field(default=frozenset())

    @property
    def is_any(self) -> bool:
        """Whether nothing is known."""
        return "any" in self.kinds

    @property
    def real(self) -> frozenset[str]:
        """The kinds of a value that is there."""
        return self.kinds - {"null", "missing"}

    @property
    def is_closed(self) -> bool:
        """Whether it is a context all of whose entries are known."""
        return "context" in self.kinds and self.entries is not None and not self.is_any

    def without(self, *kinds: str) -> Shape:
        """The same without some kinds."""
        return replace(self, kinds=self.kinds - set(kinds))

    def also(self, *kinds: str) -> Shape:
        """The same with more kinds."""
        return replace(self, kinds=self.kinds | set(kinds))

    def entry(self, name: str) -> Shape | None:
        """The value of an entry; None when a closed context has none of that name."""
        if not self.is_closed:
            return ANY
        assert self.entries is not None
        found = self.entries.get(name)
        return found.also("null") if found is not None and self.kinds & {"null", "missing"} else found

    def all_origins(self) -> frozenset[Origin]:
        """The fields anywhere inside."""
        inner = [*(self.entries or {}).values(), *([self.item] if self.item else [])]
        return self.origins.union(*(shape.all_origins() for shape in inner))


def of(*kinds: str) -> Shape:
    """A shape of plain kinds."""
    return Shape(frozenset(kinds))


ANY, NULL, MISSING = of("any"), of("null"), of("missing")
NUMBER, BOOLEAN, STRING = of("number"), of("boolean"), of("string")
OPEN_CONTEXT = of("context")


def words(*values: str) -> Shape:
    """A text that is one of these words."""
    return Shape(frozenset({"string"}), words=frozenset(values))


def context(entries: Mapping[str, Shape]) -> Shape:
    """A context with exactly these entries."""
    return Shape(frozenset({"context"}), entries=MappingProxyType(dict(entries)))


def list_of(item: Shape) -> Shape:
    """A list of such items."""
    return Shape(frozenset({"list"}), item=item)


def join(a: Shape, b: Shape, depth: int = 0) -> Shape:
    """What holds a value of either."""
    if a is b or a == b:
        return a
    if depth > DEPTH:
        return ANY
    origins = a.origins | b.origins
    if a.is_any or b.is_any:
        return Shape(a.kinds | b.kinds, origins=origins | a.all_origins() | b.all_origins())
    return Shape(
        a.kinds | b.kinds, words=_words(a, b), entries=_entries(a, b, depth), item=_item(a, b, depth), origins=origins
    )


def _words(a: Shape, b: Shape) -> frozenset[str] | None:
    texts = [shape for shape in (a, b) if "string" in shape.kinds]
    if not texts or any(shape.words is None for shape in texts):
        return None
    found = frozenset[str]().union(*(shape.words or () for shape in texts))
    return found if len(found) <= WORDS else None


def _entries(a: Shape, b: Shape, depth: int) -> Mapping[str, Shape] | None:
    contexts = [shape for shape in (a, b) if "context" in shape.kinds]
    if not contexts or any(shape.entries is None for shape in contexts):
        return None
    if len(contexts) == 1:
        return contexts[0].entries
    left, right = a.entries or {}, b.entries or {}
    return MappingProxyType(
        {name: join(left.get(name, NULL), right.get(name, NULL), depth + 1) for name in dict.fromkeys((*left, *right))}
    )


def _item(a: Shape, b: Shape, depth: int) -> Shape | None:
    items = [shape.item for shape in (a, b) if "list" in shape.kinds]
    known = [item for item in items if item is not None]
    if not known or len(known) < len(items):
        return known[0] if known and any(_is_empty(s) for s in (a, b)) else None
    return known[0] if len(known) == 1 else join(known[0], known[1], depth + 1)


def _is_empty(shape: Shape) -> bool:
    return "empty list" in shape.kinds


def join_all(shapes: Iterable[Shape]) -> Shape:
    """What holds a value of any of them; anything when there is none."""
    found: Shape | None = None
    for shape in shapes:
        found = shape if found is None else join(found, shape)
    return ANY if found is None else found


def put(target: Shape | None, path: list[str], value: Shape) -> Shape:
    """The shape of a variable after a value was written to a path below it."""
    if not path:
        return value
    known = dict(target.entries or {}) if target is not None and target.is_closed else {}
    if target is not None and not target.is_closed and target.kinds & {"context", "any"}:
        return OPEN_CONTEXT
    known[path[0]] = put(known.get(path[0]), path[1:], value)
    return context(known)


def told(shape: Shape) -> str:
    """The kinds in words."""
    kinds = sorted(shape.kinds - {"missing", "empty list"})
    if shape.words is not None and len(shape.words) == 1:
        return f'the text "{next(iter(shape.words))}"'
    names = {
        "string": "a text",
        "number": "a number",
        "boolean": "a yes/no value",
        "list": "a list",
        "context": "a context",
    }
    return " or ".join(names.get(kind, kind) for kind in kinds) or "nothing"
