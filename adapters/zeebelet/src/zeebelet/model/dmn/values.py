"""What a DMN file holds, as plain values named as the standard names its elements."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InformationItem:
    """A named, typed slot: a variable, a parameter, a column, a context entry."""

    name: str
    type_ref: str = ""


@dataclass(frozen=True, slots=True)
class LiteralExpression:
    """A text in an expression language; `text` is None when the element has none."""

    id: str
    text: str | None
    language: str = ""
    type_ref: str = ""


@dataclass(frozen=True, slots=True)
class UnaryTests:
    """A cell of a decision table, or a list of allowed values."""

    id: str
    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """An input column."""

    id: str
    label: str
    expression: LiteralExpression
    values: UnaryTests | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """An output column."""

    id: str
    label: str
    name: str
    type_ref: str = ""
    values: UnaryTests | None = None
    default: LiteralExpression | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of a decision table."""

    id: str
    tests: tuple[UnaryTests, ...]
    outputs: tuple[LiteralExpression, ...]
    description: str = ""


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """Rules that map inputs to outputs; `hit_policy` and `aggregation` as written in the file."""

    id: str
    hit_policy: str
    aggregation: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    type_ref: str = ""


@dataclass(frozen=True, slots=True)
class ContextEntry:
    """A named value of a context; without a variable it is the context's result."""

    variable: InformationItem | None
    value: Expression | None


@dataclass(frozen=True, slots=True)
class Context:
    """Named values, each of which sees those above it."""

    id: str
    entries: tuple[ContextEntry, ...]
    type_ref: str = ""


@dataclass(frozen=True, slots=True)
class Binding:
    """An argument of an invocation."""

    parameter: InformationItem
    value: Expression | None


@dataclass(frozen=True, slots=True)
class Invocation:
    """A call of a business knowledge model or another function by parameter names."""

    id: str
    function: Expression | None
    bindings: tuple[Binding, ...]
    type_ref: str = ""


@dataclass(frozen=True, slots=True)
class ListExpression:
    """A boxed list."""

    id: str
    items: tuple[Expression, ...]
    type_ref: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """A table of values; every row becomes a context."""

    id: str
    columns: tuple[InformationItem, ...]
    rows: tuple[tuple[Expression, ...], ...]
    type_ref: str = ""


@dataclass(frozen=True, slots=True)
class FunctionDefinition:
    """A boxed function. `kind` is FEEL, Java or PMML."""

    id: str
    kind: str
    parameters: tuple[InformationItem, ...]
    body: Expression | None
    type_ref: str = ""


@dataclass(frozen=True, slots=True)
class Conditional:
    """A boxed if (DMN 1.4)."""

    id: str
    condition: Expression | None
    then: Expression | None
    otherwise: Expression | None
    type_ref: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """A boxed filter (DMN 1.4): the items for which `match` holds."""

    id: str
    source: Expression | None
    match: Expression | None
    type_ref: str = ""


@dataclass(frozen=True, slots=True)
class Iteration:
    """A boxed iteration (DMN 1.4). `kind` is for, some or every."""

    id: str
    kind: str
    variable: str
    source: Expression | None
    body: Expression | None
    type_ref: str = ""


Expression = (
    LiteralExpression
    | DecisionTable
    | Context
    | Invocation
    | ListExpression
    | Relation
    | FunctionDefinition
    | Conditional
    | Filter
    | Iteration
)


@dataclass(frozen=True, slots=True)
class Reference:
    """An href: the namespace is empty for an element of the same file."""

    namespace: str
    id: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision and what it requires."""

    id: str
    name: str
    variable: InformationItem | None
    expression: Expression | None
    decisions: tuple[Reference, ...] = ()
    inputs: tuple[Reference, ...] = ()
    knowledge: tuple[Reference, ...] = ()
    version_tag: str = ""  # Zeebe's extension: what `bindingType="versionTag"` refers to


@dataclass(frozen=True, slots=True)
class InputData:
    """An input of the decisions."""

    id: str
    name: str
    variable: InformationItem | None


@dataclass(frozen=True, slots=True)
class BusinessKnowledgeModel:
    """A function that decisions share."""

    id: str
    name: str
    variable: InformationItem | None
    function: FunctionDefinition | None
    knowledge: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionService:
    """Decisions callable as one function."""

    id: str
    name: str
    variable: InformationItem | None
    outputs: tuple[Reference, ...]
    encapsulated: tuple[Reference, ...]
    decisions: tuple[Reference, ...]
    inputs: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class ItemDefinition:
    """A type: an alias, a constrained type, a structure, a collection or a function type."""

    name: str
    type_ref: str = ""
    is_collection: bool = False
    allowed_values: UnaryTests | None = None
    type_constraint: UnaryTests | None = None
    components: tuple[ItemDefinition, ...] = ()
    is_function: bool = False
    output_type: str = ""  # of a function type


@dataclass(frozen=True, slots=True)
class Import:
    """Another file whose elements are used under a name."""

    name: str
    namespace: str
    import_type: str


@dataclass(frozen=True, slots=True)
class Definitions:
    """A whole file."""

    id: str
    name: str
    namespace: str
    version: str
    imports: tuple[Import, ...] = ()
    items: tuple[ItemDefinition, ...] = ()
    decisions: tuple[Decision, ...] = ()
    inputs: tuple[InputData, ...] = ()
    knowledge: tuple[BusinessKnowledgeModel, ...] = ()
    services: tuple[DecisionService, ...] = ()
    violations: tuple[str, ...] = ()  # of the schema
