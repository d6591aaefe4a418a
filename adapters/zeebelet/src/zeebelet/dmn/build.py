"""A model's elements to compiled ones, and each tied to what it requires.

First every element exists by id without its logic, then each is compiled and connected: so elements may refer to each other
in any order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..model import dmn as model
from .catalogue import Catalogue, Found
from .compiler import Compiler, kind
from .dialect import Dialect, Kinds
from .graph import Decision, Input, Service
from .knowledge import Knowledge
from .names import special_names
from .run import Logic, Run, Scope
from .slot import Slot
from .types import Types

DECISION_TYPES: dict[type, str] = {
    model.DecisionTable: "DECISION_TABLE",
    model.LiteralExpression: "LITERAL_EXPRESSION",
    model.Context: "CONTEXT",
    model.Invocation: "INVOCATION",
    model.ListExpression: "LIST",
    model.Relation: "RELATION",
}
NO_VARIABLE = model.InformationItem("")


@dataclass(frozen=True, slots=True)
class Building:
    """A model while it is compiled."""

    dialect: Dialect
    compiler: Compiler
    catalogue: Catalogue

    def required(self, reference: model.Reference, *kinds: str) -> Found | None:
        """What a reference means; that it means nothing is a problem of the model."""
        found = self.catalogue.find(reference, *kinds)
        if found is None:
            self.compiler.problem(f"Unable to find a model element instance for id {reference.id}")
        return found

    def logic(self, expression: model.Expression | None, allowed: Kinds, refusal: str) -> Logic:
        """The compiled logic of an element."""
        if type(expression) not in allowed:
            return self.compiler.problem(f"{refusal} '{kind(expression)}'")
        return self.compiler.box(expression, allowed)

    def sees(self, element: model.Decision | model.BusinessKnowledgeModel, required: Iterable[Found]) -> None:
        """Tell the compiler the names an element sees: its own, those of what it requires, and of types and imports."""
        found = {name for each in required for name in (each.prefix, each.element.seen_as) if name}
        self.compiler.see(self.catalogue.names | special_names(element) | found)


def build(definitions: model.Definitions, dialect: Dialect, imported: tuple[tuple[str, Catalogue], ...]) -> Catalogue:
    """The compiled elements of a model, and everything that is wrong with it."""
    items = {item.name: item for item in definitions.items}
    types = Types(dialect, items, [(prefix, other.types) for prefix, other in imported])
    everywhere = special_names((definitions.items, definitions.imports))
    names = everywhere.union(*(other.names | special_names(other.definitions) for _, other in imported))
    compiler = Compiler(dialect, types)
    compiler.see(names)
    catalogue = Catalogue(definitions, types, names, imported=imported)
    for item in definitions.items if dialect.model_types else ():
        types.conform(item.name)  # compiles its allowed values now
    _declare(definitions, compiler, catalogue)
    _connect(definitions, Building(dialect, compiler, catalogue))
    catalogue.problems = tuple(dict.fromkeys(compiler.problems))
    return catalogue


def _declare(definitions: model.Definitions, compiler: Compiler, catalogue: Catalogue) -> None:
    catalogue.inputs = {each.id: _input(each, compiler) for each in definitions.inputs}
    catalogue.decisions = {each.id: _decision(each, compiler) for each in definitions.decisions}
    catalogue.knowledge = {each.id: _knowledge(each, compiler) for each in definitions.knowledge}
    catalogue.services = {each.id: Service(each.id, each.name, compiler.dialect) for each in definitions.services}
    compiler.knowledge = {each.name: each for each in catalogue.knowledge.values()}


def _connect(definitions: model.Definitions, building: Building) -> None:
    catalogue = building.catalogue
    for knowledge in definitions.knowledge:
        _fill_knowledge(catalogue.knowledge[knowledge.id], knowledge, building)
    for decision in definitions.decisions:
        _fill_decision(catalogue.decisions[decision.id], decision, building)
    for service in definitions.services:
        _fill_service(catalogue.services[service.id], service, building)


def _input(data: model.InputData, compiler: Compiler) -> Input:
    variable = data.variable or NO_VARIABLE
    return Input(Slot("", variable.name or data.name), compiler.types.conversion(variable.type_ref))


def _decision(decision: model.Decision, compiler: Compiler) -> Decision:
    variable = decision.variable or NO_VARIABLE
    names = (decision.id, decision.name) if compiler.dialect.named_by_id else (decision.name, decision.id)
    return Decision(
        id=decision.id,
        name=decision.name,
        result=variable.name or names[0] or names[1],
        type=DECISION_TYPES.get(type(decision.expression), "UNKNOWN"),
        logic=_unset,
        conform=compiler.types.conversion(variable.type_ref),
        version_tag=decision.version_tag,
    )


def _knowledge(knowledge: model.BusinessKnowledgeModel, compiler: Compiler) -> Knowledge:
    items = knowledge.function.parameters if knowledge.function else ()
    sees_caller = not compiler.dialect.closed_scope
    return Knowledge(knowledge.id, knowledge.name, compiler.parameters(items), _unset, sees_caller=sees_caller)


def _unset(scope: Scope, run: Run) -> Any:
    raise AssertionError("an element is compiled before it is run")


def _fill_decision(compiled: Decision, decision: model.Decision, building: Building) -> None:
    inputs = [f for ref in decision.inputs if (f := building.catalogue.find(ref, "inputs"))]
    decisions = [f for ref in decision.decisions if (f := building.required(ref, "decisions"))]
    knowledge = _callable(decision, building)
    compiled.inputs = tuple(_prefixed(found) for found in inputs)
    compiled.requires = _slots(decisions)
    compiled.knowledge = _slots(knowledge)
    building.sees(decision, [*inputs, *decisions, *knowledge])
    refusal = "unsupported decision expression"
    compiled.logic = building.logic(decision.expression, building.dialect.decision_logic, refusal)


def _slots(required: Iterable[Found]) -> tuple[tuple[Slot, Any], ...]:
    return tuple((Slot(found.prefix, found.element.seen_as), found.element) for found in required)


def _prefixed(found: Found) -> Input:
    return Input(Slot(found.prefix, found.element.slot.name), found.element.conform)


def _callable(element: model.Decision | model.BusinessKnowledgeModel, building: Building) -> list[Found]:
    return [found for ref in element.knowledge if (found := building.required(ref, "knowledge", "services"))]


def _fill_knowledge(compiled: Knowledge, knowledge: model.BusinessKnowledgeModel, building: Building) -> None:
    required = _callable(knowledge, building)
    compiled.requires = _slots(required)
    building.sees(knowledge, required)
    function = knowledge.function
    if function is None:
        compiled.logic = lambda scope, run: None
        return
    refusal = "unsupported business knowledge model logic found"
    logic = building.logic(function.body, building.dialect.knowledge_logic, refusal)
    compiled.logic = building.compiler.typed(function.type_ref, logic)
    compiled.conform = building.compiler.types.result((knowledge.variable or NO_VARIABLE).type_ref)


def _fill_service(compiled: Service, service: model.DecisionService, building: Building) -> None:
    inputs = [building.required(ref, "inputs") for ref in service.inputs]
    compiled.inputs = tuple(_prefixed(found) for found in inputs if found)
    given = [building.required(ref, "decisions") for ref in service.decisions]
    compiled.given = tuple(found.element for found in given if found)
    compiled.conform = building.compiler.types.result((service.variable or NO_VARIABLE).type_ref)
    outputs = [building.required(ref, "decisions") for ref in service.outputs]
    compiled.outputs = tuple(found.element for found in outputs if found)
