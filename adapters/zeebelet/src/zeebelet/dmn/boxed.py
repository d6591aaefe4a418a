"""Boxed expressions to compiled logic, one function per kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..model import dmn as model
from .errors import DecisionError
from .feel_values import Function, call, function
from .run import Logic, Run, Scope
from .table import compile_table

if TYPE_CHECKING:
    from .compiler import Compiler


def literal(compiler: Compiler, box: model.LiteralExpression) -> Logic:
    """A FEEL text."""
    return compiler.text(box)


def context(compiler: Compiler, box: model.Context) -> Logic:
    """Named values, each seeing those above; an entry without a name is the result."""
    if not box.entries:
        return compiler.problem("Expected the context to have an entry, but it has none")
    *named, last = box.entries
    entries = [_entry(compiler, entry) for entry in (named if last.variable is None else box.entries)]
    result = None if last.variable else compiler.box(last.value, compiler.dialect.nested_logic)

    def evaluate(scope: Scope, run: Run) -> Any:
        values: dict[str, Any] = {}
        for name, logic in entries:
            values[name] = logic({**scope, **values}, run)
        return values if result is None else result({**scope, **values}, run)

    return evaluate


def _entry(compiler: Compiler, entry: model.ContextEntry) -> tuple[str, Logic]:
    variable = entry.variable or model.InformationItem("")
    return variable.name, compiler.typed(variable.type_ref, compiler.box(entry.value, compiler.dialect.nested_logic))


def list_expression(compiler: Compiler, box: model.ListExpression) -> Logic:
    """A list."""
    items = [compiler.box(item, compiler.dialect.nested_logic) for item in box.items]
    return lambda scope, run: [item(scope, run) for item in items]


def relation(compiler: Compiler, box: model.Relation) -> Logic:
    """A list of contexts, one for each row."""
    names = [column.name for column in box.columns]
    for row in box.rows:
        if len(row) != len(names):
            compiler.problem(f"expected row with '{len(names)}' elements but found '{len(row)}'")
    nested = compiler.dialect.nested_logic
    columns = box.columns
    rows = [
        [(c.name, compiler.typed(c.type_ref, compiler.box(e, nested))) for c, e in zip(columns, row, strict=False)]
        for row in box.rows
    ]
    return lambda scope, run: [{name: cell(scope, run) for name, cell in row} for row in rows]


def invocation(compiler: Compiler, box: model.Invocation) -> Logic:
    """A call by parameter names."""
    bindings = {
        b.parameter.name: compiler.typed(b.parameter.type_ref, compiler.box(b.value, compiler.dialect.binding_logic))
        for b in box.bindings
    }
    if not compiler.dialect.closed_scope:
        return _knowledge_call(compiler, box, bindings)
    target = compiler.box(box.function, compiler.dialect.nested_logic)
    dialect = compiler.dialect.name

    def evaluate(scope: Scope, run: Run) -> Any:
        called = target(scope, run)
        if not isinstance(called, Function):
            raise DecisionError("the invocation does not name a function")
        arguments = {name: logic(scope, run) for name, logic in bindings.items()}
        return call(called, arguments, dialect, run)

    return evaluate


def _knowledge_call(compiler: Compiler, box: model.Invocation, bindings: dict[str, Logic]) -> Logic:
    """Camunda's invocation: the name of a business knowledge model, whose logic sees the caller's variables too."""
    name = box.function.text if isinstance(box.function, model.LiteralExpression) else None
    if name is None:
        return compiler.problem("expected invocation with literal expression but found another expression")
    knowledge = compiler.knowledge.get(name)
    if knowledge is None:
        return compiler.problem(f"no BKM found with name '{name}'")

    def evaluate(scope: Scope, run: Run) -> Any:
        return knowledge.invoke({**scope, **{name: logic(scope, run) for name, logic in bindings.items()}}, run)

    return evaluate


def function_definition(compiler: Compiler, box: model.FunctionDefinition) -> Logic:
    """A function that keeps the variables of the place where it is defined."""
    if box.kind.upper() != "FEEL":
        return compiler.problem(f"Expected the kind of the function to be FEEL, but it is '{box.kind}'")
    body = compiler.typed(box.type_ref, compiler.box(box.body, compiler.dialect.function_logic))
    parameters = compiler.parameters(box.parameters)

    def evaluate(scope: Scope, run: Run) -> Any:
        def called(arguments: dict[str, Any]) -> Any:
            run.step()
            return body({**scope, **arguments}, run)

        return function(parameters, called)

    return evaluate


def conditional(compiler: Compiler, box: model.Conditional) -> Logic:
    """If, then, else; anything but true takes else."""
    nested = compiler.dialect.nested_logic
    condition, then, otherwise = (compiler.box(part, nested) for part in (box.condition, box.then, box.otherwise))
    return lambda scope, run: (then if condition(scope, run) is True else otherwise)(scope, run)


def filter_(compiler: Compiler, box: model.Filter) -> Logic:
    """The items of a list for which the match is true; the match sees `item` and an item's own entries."""
    nested = compiler.dialect.nested_logic
    source, match = compiler.box(box.source, nested), compiler.box(box.match, nested)

    def evaluate(scope: Scope, run: Run) -> Any:
        kept = []
        for item in _as_list(source(scope, run)):
            run.step()
            if match({**scope, **_entries_of(item), "item": item}, run) is True:
                kept.append(item)
        return kept

    return evaluate


def iteration(compiler: Compiler, box: model.Iteration) -> Logic:
    """For, some, every."""
    nested = compiler.dialect.nested_logic
    source, body = compiler.box(box.source, nested), compiler.box(box.body, nested)
    finish = ITERATIONS[box.kind]
    reads_partial = "partial" in repr(box.body)  # else the results so far need not be copied at every step

    def evaluate(scope: Scope, run: Run) -> Any:
        results: list[Any] = []
        for item in _as_list(source(scope, run)):
            run.step()
            partial = list(results) if reads_partial else None
            results.append(body({**scope, box.variable: item, "partial": partial}, run))
        return finish(results)

    return evaluate


def _some(results: list[Any]) -> bool | None:
    return True if True in results else None if any(r is not False for r in results) else False


def _every(results: list[Any]) -> bool | None:
    return False if False in results else None if any(r is not True for r in results) else True


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _entries_of(item: Any) -> dict[str, Any]:
    return item if isinstance(item, dict) else {}


ITERATIONS: dict[str, Callable[[list[Any]], Any]] = {"for": lambda results: results, "some": _some, "every": _every}
BOXES: dict[type, Callable[[Compiler, Any], Logic]] = {
    model.LiteralExpression: literal,
    model.DecisionTable: compile_table,
    model.Context: context,
    model.ListExpression: list_expression,
    model.Relation: relation,
    model.Invocation: invocation,
    model.FunctionDefinition: function_definition,
    model.Conditional: conditional,
    model.Filter: filter_,
    model.Iteration: iteration,
}
