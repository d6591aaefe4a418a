"""Types of a model: what makes a value conform to a typeRef.

Camunda knows FEEL's own types only and fails on another value. The standard knows the model's item definitions too, makes a
single item of a list of one and a list of one of a single item, and takes null for what does not conform.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..feel import FeelSyntaxError
from ..model import dmn as model
from .dialect import Dialect
from .errors import DecisionError
from .feel_values import Function, compile_text, is_number, render
from .run import CLOCKLESS

if TYPE_CHECKING:
    from .compiler import Compiler

Conform = Callable[[Any], Any]  # gives the conforming value or raises DecisionError
INSTANCE_OF = {
    "string": "string",
    "boolean": "boolean",
    "number": "number",
    "date": "date",
    "time": "time",
    "dateTime": "date and time",
    "date and time": "date and time",
    "dayTimeDuration": "days and time duration",
    "days and time duration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "years and months duration": "years and months duration",
}
CAMUNDA_TYPES = ("string", "boolean", "number", "date", "time", "dateTime", "dayTimeDuration", "yearMonthDuration")
IN_PYTHON: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "number": is_number,
    "list": lambda value: isinstance(value, list),
    "context": lambda value: isinstance(value, dict),
    "function": lambda value: isinstance(value, Function),
}
ANY = frozenset({"", "any"})
FEEL_PREFIX = "feel:"
DATE_AS_DATE_AND_TIME = 'date and time(value, @"00:00:00Z")'


class Types:
    """The types of one model in one dialect: its item definitions by name, and the types of the models it imports."""

    def __init__(
        self, dialect: Dialect, items: Mapping[str, model.ItemDefinition], imported: Sequence[tuple[str, Types]]
    ) -> None:
        self._dialect = dialect
        self._items = items
        self._imported = imported
        self._known: dict[str, Conform | None] = {}
        self.compiler: Compiler | None = None  # compiles the allowed values; set once it exists

    def conversion(self, type_ref: str) -> Conform | None:
        """What makes a value conform, null if it does not; None when there is nothing to check."""
        conform = self.conform(type_ref)
        if conform is None or not self._dialect.error_is_null:
            return conform

        def converted(value: Any) -> Any:
            try:
                return conform(value)
            except DecisionError:
                return None

        return converted

    def conform(self, type_ref: str) -> Conform | None:
        """What makes a value conform, or raises; None when there is nothing to check."""
        name = type_ref.replace(FEEL_PREFIX, "")
        if name not in self._known:
            self._known[name] = self._resolve(name)
        return self._known[name]

    def allowed(self, type_ref: str) -> model.UnaryTests | None:
        """The allowed values of a type of the model."""
        item = self._items.get(type_ref)
        return None if item is None else item.allowed_values or self.allowed(item.type_ref)

    def _resolve(self, name: str) -> Conform | None:
        if not self._dialect.model_types:
            return _nullable(_base(name, self._dialect)) if name in CAMUNDA_TYPES else None
        if name in self._items:
            return self._item(self._items[name])
        elsewhere = self._elsewhere(name)
        if elsewhere is not None:
            return elsewhere
        if name.lower() in ANY:
            return None
        base = _base(name, self._dialect)
        return _nullable(base if name.startswith("list") else _from_single(base))

    def _elsewhere(self, name: str) -> Conform | None:
        """What an imported model says of a type: one of its own, seen through the name of the import."""
        for prefix, other in self._imported:
            inner = name.removeprefix(f"{prefix}.") if prefix else name
            if (inner != name or not prefix) and other.defines(inner):
                return other.conform(inner)
        return None

    def defines(self, name: str) -> bool:
        """Whether the model, or one that it imports, defines a type of that name."""
        return name in self._items or self._elsewhere(name) is not None

    def result(self, type_ref: str) -> Conform | None:
        """What makes the result of a function conform: its type, or the output type of a function type."""
        if not self._dialect.model_types:
            return None
        item = self._items.get(type_ref)
        return self.conversion(item.output_type if item is not None and item.is_function else type_ref)

    def _item(self, item: model.ItemDefinition) -> Conform:
        element = self._element(item)
        if item.allowed_values is not None:
            element = self._constrained(element, item.allowed_values)
        whole = _list_of(element) if item.is_collection else _from_single(element)
        if item.type_constraint is not None:
            whole = self._constrained(whole, item.type_constraint)
        return _nullable(whole)

    def _element(self, item: model.ItemDefinition) -> Conform:
        if item.components:
            return _structure({component.name: self._item(component) for component in item.components})
        if item.is_function:
            return _base("function", self._dialect)

        def check(value: Any) -> Any:  # resolved late: a type may contain itself
            conform = self.conform(item.type_ref)
            return value if conform is None else conform(value)

        return check

    def _constrained(self, conform: Conform, values: model.UnaryTests) -> Conform:
        assert self.compiler is not None, "a compiler takes charge of the types before they are used"
        test = self.compiler.tests(values)

        def constrained(value: Any) -> Any:
            conforming = conform(value)
            if test({"?": conforming}, CLOCKLESS) is not True:
                raise DecisionError(f"the value '{render(conforming)}' is not one of the allowed values {values.text}")
            return conforming

        return constrained


def _nullable(conform: Conform) -> Conform:
    return lambda value: None if value is None else conform(value)


def _base(name: str, dialect: Dialect) -> Conform:
    holds = IN_PYTHON.get(name) or _instance_of(name, dialect)

    def check(value: Any) -> Any:
        if not holds(value):
            return _converted(name, value, dialect)
        return value

    return check


def _converted(name: str, value: Any, dialect: Dialect) -> Any:
    """The one conversion between types: the standard takes a date for the start of that day."""
    if dialect.model_types and INSTANCE_OF.get(name) == "date and time" and _instance_of("date", dialect)(value):
        return compile_text(DATE_AS_DATE_AND_TIME, dialect.name, frozenset())({"value": value}, CLOCKLESS)
    raise DecisionError(f"expected '{name}' but found '{render(value)}'")


def _instance_of(name: str, dialect: Dialect) -> Callable[[Any], bool]:
    """FEEL's own `instance of`; a name that FEEL does not know checks nothing."""
    try:
        test = compile_text(f"value instance of {INSTANCE_OF.get(name, name)}", dialect.name, frozenset())
    except FeelSyntaxError:
        return lambda value: True
    return lambda value: test({"value": value}, CLOCKLESS) is True


def _from_single(conform: Conform) -> Conform:
    def check(value: Any) -> Any:
        while isinstance(value, list) and len(value) == 1:
            value = value[0]
        return conform(value)

    return check


def _list_of(conform: Conform) -> Conform:
    def check(value: Any) -> Any:
        return [None if item is None else conform(item) for item in (value if isinstance(value, list) else [value])]

    return check


def _structure(components: Mapping[str, Conform]) -> Conform:
    def check(value: Any) -> Any:
        if not isinstance(value, dict) or not components.keys() <= value.keys():
            raise DecisionError(f"expected a context with {', '.join(components)} but found '{render(value)}'")
        return {**value, **{name: conform(value[name]) for name, conform in components.items()}}

    return check
