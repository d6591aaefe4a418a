"""A DMN file: what its decisions need, what they can answer, and whether its tables hold together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from workers.workshop.check.environment import Env
from workers.workshop.check.inference import Reader
from workers.workshop.check.shapes import ANY, BOOLEAN, NULL, NUMBER, STRING, Shape, context, join_all, list_of
from zeebelet import dmn
from zeebelet.feel import FeelError, compile, tree, unary_tests
from zeebelet.model import dmn as model

TYPES = {"string": STRING, "number": NUMBER, "boolean": BOOLEAN, "integer": NUMBER, "long": NUMBER, "double": NUMBER}
LISTS = frozenset({"COLLECT", "RULE ORDER", "OUTPUT ORDER"})


@dataclass(frozen=True, slots=True)
class Need:
    """One input of a table: the expression, the column's label and type, and the words its cells ask for."""

    expression: str
    label: str
    type: str
    words: frozenset[str]
    allowed: frozenset[str] = frozenset()
    """What the column says it can be; empty for anything."""


@dataclass(slots=True)
class DecisionFile:
    """One file, read and compiled. `problem` is why it cannot be deployed."""

    path: Path
    definitions: model.Definitions | None
    problem: str = ""
    cells: dict[str, tree.Node] = field(default_factory=dict)

    @property
    def decisions(self) -> dict[str, model.Decision]:
        """Its decisions by id."""
        return {} if self.definitions is None else {d.id: d for d in self.definitions.decisions}

    def required(self, decision: str) -> Iterator[model.Decision]:
        """A decision and all that are made before it."""
        waiting, seen = [decision], set[str]()
        while waiting:
            name = waiting.pop()
            found = self.decisions.get(name)
            if found is None or name in seen:
                continue
            seen.add(name)
            yield found
            waiting += [reference.id for reference in found.decisions]

    def needs(self, decision: str) -> Iterator[Need]:
        """What a decision reads from the process: the inputs of its table and of the tables before it."""
        for each in self.required(decision):
            table = each.expression
            if isinstance(table, model.DecisionTable):
                for column, data in enumerate(table.inputs):
                    text = data.expression.text or ""
                    allowed = _texts(self.test(data.values.text)) if data.values else set()
                    asked = self._asked(table, column)
                    yield Need(text, data.label or text, data.expression.type_ref, asked, frozenset(allowed))

    def literals(self, decision: str) -> Iterator[str]:
        """The expressions of decisions that are no tables."""
        for each in self.required(decision):
            if isinstance(each.expression, model.LiteralExpression) and each.expression.text:
                yield each.expression.text

    def results(self, decision: str) -> set[str]:
        """The names by which decisions made before see each other."""
        return {(d.variable.name if d.variable else "") or d.name for d in self.required(decision) if d.id != decision}

    def _asked(self, table: model.DecisionTable, column: int) -> frozenset[str]:
        found: set[str] = set()
        for rule in table.rules:
            if column < len(rule.tests):
                found |= _texts(self.test(rule.tests[column].text))
        return frozenset(found)

    def test(self, text: str) -> tree.Node | None:
        """The tree of a cell; None when it tests nothing or cannot be read."""
        if text.strip() in ("", "-"):
            return None
        if text not in self.cells:
            try:
                self.cells[text] = unary_tests(text).tree
            except FeelError:
                return None
        return self.cells[text]

    def answer(self, decision: str) -> Shape:
        """What a decision can give."""
        found = self.decisions.get(decision)
        if found is None:
            return ANY
        if not isinstance(found.expression, model.DecisionTable):
            return ANY
        return _answer(found.expression)


def load(path: Path, content: bytes) -> DecisionFile:
    """Reads and compiles a file, once for each content; never raises."""
    definitions, problem = _parsed(content)
    return DecisionFile(path, definitions, problem)


@lru_cache(maxsize=64)
def _parsed(content: bytes) -> tuple[model.Definitions | None, str]:
    try:
        dmn.parse(content)
        return model.parse(content), ""
    except (dmn.DmnParseError, model.DmnXmlError) as error:
        return None, str(error)


def _texts(node: tree.Node | None) -> set[str]:
    """The texts that a cell asks for (not those it excludes)."""
    if isinstance(node, tree.Literal):
        return {node.value} if isinstance(node.value, str) else set()
    if isinstance(node, tree.AnyOf):
        return {text for test in node.tests for text in _texts(test)}
    if isinstance(node, tree.UnaryTest):
        return _texts(node.expression)
    if isinstance(node, tree.InputTest) and node.operator == "=":
        return _texts(node.operand)
    return set()


def _answer(table: model.DecisionTable) -> Shape:
    columns = {}
    for position, output in enumerate(table.outputs):
        cells = [rule.outputs[position] for rule in table.rules if position < len(rule.outputs)]
        shapes = [_cell(cell.text, output.type_ref) for cell in cells]
        columns[output.name] = join_all(shapes) if shapes else ANY
    row = context(columns) if len(columns) > 1 else next(iter(columns.values()), ANY)
    if table.aggregation in ("SUM", "COUNT", "MIN", "MAX"):
        return NUMBER
    return list_of(row) if table.hit_policy in LISTS else row


def _cell(text: str | None, type_ref: str) -> Shape:
    if text is None or not text.strip():
        return NULL
    try:
        found = Reader().infer(compile(text.strip()).tree, Env({}, loose=True))
    except FeelError:
        return ANY
    return TYPES.get(type_ref, ANY) if found.is_any else found
