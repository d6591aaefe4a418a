"""Texts and boxed expressions of one model to logic. Everything wrong with the model is collected, not only the first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..feel import FeelSyntaxError
from ..model import dmn as model
from .boxed import BOXES
from .dialect import Dialect, Kinds
from .errors import DecisionError
from .feel_values import compile_tests, compile_text
from .run import CLOCKLESS, Logic, Run, Scope

if TYPE_CHECKING:
    from .knowledge import Knowledge
    from .types import Types


class Compiler:
    """Compiles the logic of one model in one dialect."""

    def __init__(self, dialect: Dialect, types: Types) -> None:
        self.dialect = dialect
        self.types = types
        self.names: frozenset[str] = frozenset()
        self.knowledge: Mapping[str, Knowledge] = {}
        self.problems: list[str] = []
        types.compiler = self

    def see(self, names: frozenset[str]) -> None:
        """The names in scope of what is compiled next; only the standard reads names with spaces and signs as one."""
        self.names = names if self.dialect.spaces_in_names else frozenset()

    def problem(self, sentence: str) -> Logic:
        """Note what is wrong with the model; the logic that stands in is never run."""
        self.problems.append(sentence)

        def failed(scope: Scope, run: Run) -> Any:
            raise DecisionError(sentence)

        return failed

    def box(self, expression: model.Expression | None, allowed: Kinds) -> Logic:
        """Any expression, if its kind may stand where it stands."""
        if expression is None or type(expression) not in allowed:
            return self.problem(f"unsupported expression found '{kind(expression)}'")
        logic = BOXES[type(expression)](self, expression)
        return self.typed(expression.type_ref, logic) if expression.type_ref else logic

    def typed(self, type_ref: str, logic: Logic) -> Logic:
        """The same logic, its value made to conform to a type of the model (where the dialect knows those)."""
        conform = self.types.conversion(type_ref) if self.dialect.model_types else None
        if conform is None:
            return logic
        return lambda scope, run: conform(logic(scope, run))

    def parameters(self, items: tuple[model.InformationItem, ...]) -> dict[str, Any]:
        """Formal parameters: their names, and what makes an argument conform."""
        return {item.name: self.types.conversion(item.type_ref) for item in items}

    def text(self, expression: model.LiteralExpression | None) -> Logic:
        """A FEEL expression."""
        if expression is None or expression.text is None:
            return self.problem(
                f"The expression '{expression.id or 'null' if expression else 'null'}' must not be empty."
            )
        text = expression.text
        return self._language(expression.language) or self._compiled("FEEL expression", text)

    def tests(self, cell: model.UnaryTests) -> Logic:
        """The unary tests of a cell; an empty cell holds always."""
        if not cell.text:
            return lambda scope, run: True
        return self._language(cell.language) or self._compiled("FEEL unary-tests", cell.text)

    def constants(self, values: model.UnaryTests | None) -> list[Any]:
        """The single values that a list of allowed values names, in its order; ranges name none."""
        if values is None or not values.text:
            return []
        try:
            listed = compile_text(f"[{values.text}]", self.dialect.name, self.names)({}, CLOCKLESS)
        except FeelSyntaxError:
            return []
        return listed if isinstance(listed, list) else []

    def _language(self, language: str) -> Logic | None:
        if not language or language.lower() in self.dialect.languages:
            return None
        return self.problem(f"Expression language '{language.lower()}' is not supported")

    def _compiled(self, what: str, text: str) -> Logic:
        compile_ = compile_tests if what == "FEEL unary-tests" else compile_text
        try:
            return compile_(text, self.dialect.name, self.names)
        except FeelSyntaxError as error:
            return self.problem(f"{what}: {error}")


def kind(expression: object) -> str:
    """The kind of an expression as messages name it."""
    return "null" if expression is None else type(expression).__name__
