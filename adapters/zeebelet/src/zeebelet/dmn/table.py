"""Decision tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..model import dmn as model
from .errors import DecisionError
from .feel_values import to_json
from .hitpolicy import COLLECT, FIRST, POLICIES, UNIQUE, HitPolicy, Order, Row, single
from .ranking import order
from .run import Logic, Run, Scope
from .trace import EvaluatedInput, EvaluatedOutput, MatchedRule

if TYPE_CHECKING:
    from .compiler import Compiler

LABEL_LENGTH = 30  # Zeebe cuts the text of an input without a label
ANYTHING = ("", "-")


@dataclass(frozen=True, slots=True)
class InputColumn:
    """An input column; `name` is what an analyst reads."""

    id: str
    name: str
    value: Logic


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """An output column; `name` is what an analyst reads, `key` the name of its value in the result."""

    id: str
    name: str
    key: str


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A row: only cells that test something, with the position of their column."""

    id: str
    index: int
    tests: tuple[tuple[int, Logic], ...]
    outputs: tuple[Logic, ...]
    description: str = ""


@dataclass(slots=True)
class TableTrace:
    """What a table saw and fired, filled in while it is evaluated so that a failure keeps what came before it."""

    inputs: Sequence[Any] = ()
    matches: Sequence[tuple[CompiledRule, Row]] = ()


@dataclass(frozen=True, slots=True)
class CompiledTable:
    """A table ready to run: callable like any other logic, or with an account of what happened."""

    inputs: tuple[InputColumn, ...]
    outputs: tuple[OutputColumn, ...]
    rules: tuple[CompiledRule, ...]
    policy: HitPolicy
    order: Order
    default: Logic
    stops_at_first: bool
    input_names: tuple[str, ...]  # what a cell calls its input

    def __call__(self, scope: Scope, run: Run) -> Any:
        """The result of the table."""
        return self.evaluate(scope, run, TableTrace())

    def evaluate(self, scope: Scope, run: Run, trace: TableTrace) -> Any:
        """The result of the table, and in `trace` how it came about."""
        trace.inputs = values = [column.value(scope, run) for column in self.inputs]
        matched = self._matching(values, dict(scope), run)
        if not matched:
            return self.default(scope, run)
        rows = [self._row(rule, scope, run) for rule in matched]
        trace.matches = list(zip(matched, rows, strict=True))
        return self.policy.combine(rows, self.order)

    def _matching(self, values: Sequence[Any], scope: dict[str, Any], run: Run) -> list[CompiledRule]:
        matched = []
        for rule in self.rules:
            if _holds(rule, values, scope, run, self.input_names):
                matched.append(rule)
                if self.stops_at_first:
                    break
        return matched[:1] if self.policy.name == FIRST else matched

    def _row(self, rule: CompiledRule, scope: Scope, run: Run) -> Row:
        cells = zip(self.outputs, rule.outputs, strict=True)
        return {column.key: output(scope, run) for column, output in cells}

    def account(self, trace: TableTrace) -> tuple[tuple[EvaluatedInput, ...], tuple[MatchedRule, ...]]:
        """The trace in the words of the engine's records."""
        inputs = zip(self.inputs, trace.inputs, strict=False)
        return (
            tuple(EvaluatedInput(column.id, column.name, to_json(value)) for column, value in inputs),
            tuple(MatchedRule(rule.id, rule.index, self._outputs(row)) for rule, row in trace.matches),
        )

    def _outputs(self, row: Row) -> tuple[EvaluatedOutput, ...]:
        return tuple(EvaluatedOutput(column.id, column.name, to_json(row[column.key])) for column in self.outputs)


def _holds(rule: CompiledRule, values: Sequence[Any], scope: dict[str, Any], run: Run, names: tuple[str, ...]) -> bool:
    """Whether every cell holds; a cell that gives null does not."""
    for position, test in rule.tests:
        for name in names:
            scope[name] = values[position]
        result = test(scope, run)
        if result is not True:
            if result is False or result is None:
                return False
            raise DecisionError(f"input entry must return true, false, or null, but found '{result}'")
    return True


# -- compilation ---------------------------------------------------------------------------------------------------------


def compile_table(compiler: Compiler, table: model.DecisionTable) -> Logic:
    """A decision table."""
    policy = POLICIES.get((table.hit_policy or UNIQUE, table.aggregation if table.hit_policy == COLLECT else ""))
    if policy is None:
        policy_text = f"{table.hit_policy} {table.aggregation}".strip()
        return compiler.problem(f"Expected the hit policy to be one of DMN's, but it is '{policy_text}'")
    if not table.outputs:
        return compiler.problem("Expected the decision table to have an output, but it has none")
    _check_outputs(compiler, table)
    return CompiledTable(
        inputs=tuple(_input(compiler, column) for column in table.inputs),
        outputs=tuple(_output(column, index) for index, column in enumerate(table.outputs, 1)),
        rules=tuple(_rule(compiler, rule, index, table) for index, rule in enumerate(table.rules, 1)),
        policy=policy,
        order=order(compiler, table.outputs),
        default=_default(compiler, table, policy),
        stops_at_first=policy.name == FIRST and "assert" not in repr(table.rules),
        input_names=compiler.dialect.input_names,
    )


def _check_outputs(compiler: Compiler, table: model.DecisionTable) -> None:
    if len(table.outputs) > 1 and table.hit_policy == COLLECT and table.aggregation:
        compiler.problem("hit policy 'COLLECT' with aggregator is not defined for compound output")
    for output in table.outputs:
        if len(table.outputs) > 1 and not output.name:
            compiler.problem(f"no output name defined for `{output.label or 'null'}`")


def _input(compiler: Compiler, column: model.Input) -> InputColumn:
    text = column.expression.text or ""
    value = compiler.typed(column.expression.type_ref, compiler.text(column.expression))
    return InputColumn(column.id, column.label or text[:LABEL_LENGTH], _allowed(compiler, column.values, value, text))


def _allowed(compiler: Compiler, values: model.UnaryTests | None, logic: Logic, what: str) -> Logic:
    """The value, if it is one of the allowed ones; null always is."""
    if values is None or not compiler.dialect.allowed_values:
        return logic
    test = compiler.tests(values)

    def evaluate(scope: Scope, run: Run) -> Any:
        value = logic(scope, run)
        if value is not None and test({**scope, "?": value}, run) is not True:
            raise DecisionError(f"the value of '{what}' is not one of the allowed values {values.text}")
        return value

    return evaluate


def _output(column: model.Output, index: int) -> OutputColumn:
    return OutputColumn(column.id, column.label or column.name, column.name or f"output {index}")


def _output_entry(compiler: Compiler, column: model.Output, entry: model.LiteralExpression) -> Logic:
    value = compiler.typed(column.type_ref, compiler.text(entry))
    return _allowed(compiler, column.values, value, column.name or column.label)


def _rule(compiler: Compiler, rule: model.Rule, index: int, table: model.DecisionTable) -> CompiledRule:
    """Cells beyond the table's columns are ignored, missing ones test nothing."""
    cells = list(enumerate(rule.tests))[: len(table.inputs)]
    pairs = zip(table.outputs, rule.outputs, strict=False)
    outputs = tuple(_output_entry(compiler, column, entry) for column, entry in pairs)
    if len(outputs) < len(table.outputs):
        compiler.problem(
            f"Expected rule {index} to have {len(table.outputs)} output entries, but it has {len(outputs)}"
        )
    tests = tuple((position, compiler.tests(cell)) for position, cell in cells if cell.text not in ANYTHING)
    return CompiledRule(rule.id, index, tests, outputs, rule.description)


def _default(compiler: Compiler, table: model.DecisionTable, policy: HitPolicy) -> Logic:
    """What a table gives when no rule matches: the default outputs that are declared, else nothing."""
    defaults = [
        (column.name or f"output {index}", compiler.text(column.default))
        for index, column in enumerate(table.outputs, 1)
        if column.default is not None
    ]
    if defaults:
        return lambda scope, run: single({name: logic(scope, run) for name, logic in defaults})
    if not compiler.dialect.empty_list_for_no_match:
        return lambda scope, run: None
    nothing: Any = 0 if policy.counts else None
    return lambda scope, run: [] if policy.lists else nothing
