"""A decision requirements graph, ready to be evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast

from .dialect import Dialect
from .errors import DecisionError, LimitError
from .feel_values import Function, function, to_json
from .knowledge import AsFunction, Made
from .run import Clock, Logic, Path, Run, Scope
from .slot import Slot
from .table import CompiledRule, CompiledTable, TableTrace
from .trace import EvaluatedDecisionTrace, Evaluation
from .types import Conform


@dataclass(frozen=True, slots=True)
class Input:
    """Input data a decision requires."""

    slot: Slot
    conform: Conform | None

    @property
    def seen_as(self) -> str:
        """The name under which decisions see it."""
        return self.slot.name


@dataclass(slots=True, eq=False)
class Decision:
    """A decision. `requires` are those made before it, in the order of the file."""

    id: str
    name: str
    result: str
    type: str
    logic: Logic
    conform: Conform | None
    version_tag: str = ""
    inputs: tuple[Input, ...] = ()
    requires: tuple[tuple[Slot, Decision], ...] = ()
    knowledge: tuple[tuple[Slot, AsFunction], ...] = ()

    @property
    def seen_as(self) -> str:
        """The name under which other decisions see its result."""
        return self.result

    @property
    def rules(self) -> tuple[CompiledRule, ...]:
        """The rules of a decision table; other logic has none."""
        return self.logic.rules if isinstance(self.logic, CompiledTable) else ()

    def order(self) -> list[Step]:
        """What has to be decided for this decision, itself last; none twice."""
        ordered: dict[tuple[Path, int], Step] = {}
        stack = [(Step((), self), False)]
        while stack:
            step, ready = stack.pop()
            if ready:
                ordered.setdefault(step.key, step)
            elif step.key not in ordered:
                stack.append((step, True))
                stack.extend((step.to(slot, required), False) for slot, required in reversed(step.decision.requires))
        return list(ordered.values())


class Step(NamedTuple):
    """A decision on the way to another; `path` are the imports through which it is reached."""

    path: Path
    decision: Decision

    @property
    def key(self) -> tuple[Path, int]:
        """What tells two steps apart: a decision reached through two imports has two sets of inputs."""
        return self.path, id(self.decision)

    def to(self, slot: Slot, required: Decision) -> Step:
        """The step to a required decision."""
        return Step((*self.path, slot.prefix) if slot.prefix else self.path, required)


@dataclass(slots=True, eq=False)
class Service:
    """A decision service: its output decisions as a function of its inputs."""

    id: str
    name: str
    dialect: Dialect
    inputs: tuple[Input, ...] = ()
    given: tuple[Decision, ...] = ()
    outputs: tuple[Decision, ...] = ()
    conform: Conform | None = None  # of the result

    @property
    def seen_as(self) -> str:
        """The name under which it is called."""
        return self.name

    def as_function(self, scope: Scope, run: Run, made: Made) -> Function:
        """The function value that decisions call by name: input data first, then input decisions."""
        parameters = {item.slot.name: item.conform for item in self.inputs}
        parameters |= {decision.result: decision.conform for decision in self.given}
        return function(parameters, lambda arguments: self.evaluate(arguments, run))

    def evaluate(self, arguments: Scope, run: Run) -> Any:
        """The value of the only output decision, or a context of all."""
        given: dict[tuple[Path, int], Any] = {
            ((), id(decision)): arguments.get(decision.result) for decision in self.given
        }
        inner = Run(run.clock, given, steps=run.steps, deadline=run.deadline)
        values = {decision.result: decide(decision, arguments, inner, self.dialect) for decision in self.outputs}
        run.problems += inner.problems
        run.steps = inner.steps
        value = next(iter(values.values())) if len(values) == 1 else values
        return value if self.conform is None else self.conform(value)


@dataclass(frozen=True, slots=True)
class DecisionRequirementsGraph:
    """A DMN file: its decisions by id, all compiled."""

    id: str
    name: str
    namespace: str
    dialect: Dialect
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    problems: tuple[str, ...] = ()  # texts that cannot be read: their decisions are null (dialect `dmn` only)

    def evaluate(self, decision_id: str, context: Mapping[str, Any], *, clock: Clock | None = None) -> Evaluation:
        """Make a decision for the variables given (plain JSON). Never raises for what the model or the values do."""
        decision = self.decisions.get(decision_id)
        if decision is None:
            return Evaluation(decision_id, None, f"no decision found for id '{decision_id}'", decision_id)
        run = Run(clock)
        try:
            return _answered(decision_id, decide(decision, context, run, self.dialect), run)
        except DecisionError as failure:
            return Evaluation(decision_id, None, str(failure), run.deciding, tuple(run.traces))

    def evaluate_service(
        self, service_id: str, context: Mapping[str, Any], *, clock: Clock | None = None
    ) -> Evaluation:
        """Call a decision service with its inputs by name."""
        service = self.services.get(service_id)
        if service is None:
            return Evaluation(service_id, None, f"no decision service found for id '{service_id}'", service_id)
        run = Run(clock)
        try:
            return _answered(service_id, service.evaluate(context, run), run)
        except DecisionError as failure:
            return Evaluation(service_id, None, str(failure), service_id, tuple(run.traces))


def _answered(asked: str, value: Any, run: Run) -> Evaluation:
    return Evaluation(asked, to_json(value), None, "", tuple(run.traces), value, tuple(run.problems))


def decide(decision: Decision, variables: Scope, run: Run, dialect: Dialect) -> Any:
    """Make a decision and all that it requires."""
    for step in decision.order():
        if step.key not in run.results:
            run.deciding = step.decision.id
            run.check_time()
            scope = _scope(step, _inside(variables, step.path), run, dialect)
            run.results[step.key] = _decide_one(step.decision, scope, run, dialect)
    return run.results[((), id(decision))]


def _inside(variables: Scope, path: Path) -> Scope:
    """The variables as an imported model sees them: those given under the name of the import go before the others."""
    for prefix in path:
        inner = variables.get(prefix)
        variables = {**variables, **inner} if isinstance(inner, dict) else variables
    return variables


def _scope(step: Step, variables: Scope, run: Run, dialect: Dialect) -> dict[str, Any]:
    """What a decision sees."""
    decision = step.decision
    scope: dict[str, Any] = {} if dialect.closed_scope else dict(variables)
    for item in decision.inputs if dialect.closed_scope else ():
        value = item.slot.find(variables)
        item.slot.put(scope, value if item.conform is None else item.conform(value))
    for slot, required in decision.requires:
        slot.put(scope, run.results[step.to(slot, required).key])
    for slot, knowledge in decision.knowledge:
        slot.put(scope, knowledge.as_function(variables, run, run.functions))
    return scope


def _decide_one(decision: Decision, scope: Scope, run: Run, dialect: Dialect) -> Any:
    table = TableTrace()
    value: Any = None
    try:
        value = _value(decision, scope, run, table)
    except DecisionError as failure:
        if isinstance(failure, LimitError) or not dialect.error_is_null:
            raise
        run.problems.append(f"{decision.name}: {failure}")
    finally:
        run.traces.append(_trace(decision, value, table))
    return value


def _value(decision: Decision, scope: Scope, run: Run, table: TableTrace) -> Any:
    try:
        logic = decision.logic
        value = logic.evaluate(scope, run, table) if isinstance(logic, CompiledTable) else logic(scope, run)
        return value if decision.conform is None else decision.conform(value)
    except RecursionError:
        raise LimitError("its logic calls itself too deeply") from None


def _trace(decision: Decision, value: Any, table: TableTrace) -> EvaluatedDecisionTrace:
    inputs, rules = cast(CompiledTable, decision.logic).account(table) if table.inputs or table.matches else ((), ())
    return EvaluatedDecisionTrace(decision.id, decision.name, decision.type, to_json(value), inputs, rules)
