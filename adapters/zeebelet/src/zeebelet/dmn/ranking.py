"""How rows compare. PRIORITY and OUTPUT ORDER go by the place of an output's value among the allowed values of its column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ..model import dmn as model
from .feel_values import Function, equal, render
from .hitpolicy import Order, Row

if TYPE_CHECKING:
    from .compiler import Compiler

UNRANKED = "_"


def order(compiler: Compiler, outputs: Sequence[model.Output]) -> Order:
    """How the rows of a table compare."""
    if compiler.dialect.allowed_values:
        return Order(_by_value(compiler, outputs), equal)
    return Order(_by_text(outputs), _same_in_camunda)


def _same_in_camunda(left: Any, right: Any) -> bool:
    """Contexts and functions are never the same to Camunda, not even two of the same text."""
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_same_in_camunda, left, right))
    return not isinstance(left, (dict, Function)) and equal(left, right)


def _by_text(outputs: Sequence[model.Output]) -> Callable[[Row], Any]:
    """Camunda's: texts and numbers only, by the text of the list, the places written one after the other as text."""
    places = [(output.name, _places(output.values.text if output.values else "")) for output in outputs]

    def key(row: Row) -> str:
        values = [row.get(name, next(iter(row.values()))) for name, _ in places]
        return "".join(_place(known, value) for (_, known), value in zip(places, values, strict=True))

    return key


def _places(text: str) -> dict[str, int]:
    if not text:
        return {}
    return {part.strip().replace('"', "").replace("'", ""): place for place, part in enumerate(text.split(","))}


def _place(places: dict[str, int], value: Any) -> str:
    if isinstance(value, (bool, list, dict)) or value is None:
        return UNRANKED
    return str(places.get(value if isinstance(value, str) else render(value), UNRANKED))


def _by_value(compiler: Compiler, outputs: Sequence[model.Output]) -> Callable[[Row], Any]:
    """The standard's: the place of the equal value; what is not listed comes last."""
    lists = [compiler.constants(output.values or compiler.types.allowed(output.type_ref)) for output in outputs]

    def key(row: Row) -> tuple[int, ...]:
        return tuple(
            next((place for place, known in enumerate(values) if equal(known, value)), len(values))
            for values, value in zip(lists, row.values(), strict=True)
        )

    return key
