"""Where Camunda's engine and the standard differ, as one table.

`camunda` is what Zeebe does with a model it accepts (dmn-scala 1.11): it knows no types of the model's own, no boxed
expressions newer than DMN 1.3, and an error fails the whole evaluation. `dmn` is DMN 1.5 as its test kit reads it: typed,
closed scopes, and an error is a null. FEEL has its own table of differences, under the same two names.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..model import dmn as model
from .errors import DmnParseError

Kinds = frozenset[type]

# What `expressionLanguage` may say, in small letters.
LANGUAGES = frozenset(
    {
        "feel",
        "http://www.omg.org/spec/feel/20140401",
        "http://www.omg.org/spec/dmn/20180521/feel/",
        "https://www.omg.org/spec/dmn/20191111/feel/",
        "https://www.omg.org/spec/dmn/20211108/feel/",
    }
)
TABLES_AND_TEXT: Kinds = frozenset({model.DecisionTable, model.LiteralExpression})
BOXES: Kinds = TABLES_AND_TEXT | {model.Context, model.ListExpression, model.Relation}
INVOKING: Kinds = BOXES | {model.Invocation}
EVERYTHING: Kinds = INVOKING | {model.FunctionDefinition, model.Conditional, model.Filter, model.Iteration}
TEXT: Kinds = frozenset({model.LiteralExpression})


@dataclass(frozen=True, slots=True)
class Dialect:
    """One way of reading DMN."""

    name: str  # the FEEL dialect of the same name reads the texts
    versions: frozenset[str]  # DMN versions whose files are accepted
    languages: frozenset[str]
    schema: bool  # a file that breaks the schema is refused
    decision_logic: Kinds  # what a decision may be
    knowledge_logic: Kinds  # what a business knowledge model may be
    function_logic: Kinds  # what a boxed function may be
    binding_logic: Kinds  # what the argument of an invocation may be
    nested_logic: Kinds  # what may stand in a context, list or relation
    spaces_in_names: bool  # names of the model may be written with spaces and operators in FEEL
    named_by_id: bool  # a decision without a variable is known by its id, not its name
    model_types: bool  # types the model defines are checked; else only FEEL's own, and only where a decision ends
    allowed_values: bool  # inputs and outputs outside their allowed values are errors
    closed_scope: bool  # a decision sees only what it requires; else every variable of the caller
    error_is_null: bool  # an error makes its decision null; else it fails the evaluation
    empty_list_for_no_match: bool  # a list-giving hit policy without a match gives [] and a count 0; else null
    imports: bool  # other models may be used
    input_names: tuple[str, ...]  # what a cell calls its input: Camunda's also by the name it had in version 7


CAMUNDA = Dialect(
    name="camunda",
    versions=frozenset({"1.1", "1.2", "1.3", "1.4", "1.5"}),
    languages=LANGUAGES | {"https://www.omg.org/spec/dmn/20230324/model/"},  # sic: the model's namespace, not FEEL's
    schema=True,
    decision_logic=INVOKING,
    knowledge_logic=BOXES,
    function_logic=TEXT,
    binding_logic=TEXT,
    nested_logic=INVOKING | {model.FunctionDefinition},
    spaces_in_names=False,
    named_by_id=True,
    model_types=False,
    allowed_values=False,
    closed_scope=False,
    error_is_null=False,
    empty_list_for_no_match=False,
    imports=False,
    input_names=("?", "cellInput"),
)
DMN = Dialect(
    name="dmn",
    versions=CAMUNDA.versions | {"1.6"},
    languages=LANGUAGES
    | {"https://www.omg.org/spec/dmn/20230324/feel/", "https://www.omg.org/spec/dmn/20240513/feel/"},
    schema=False,
    decision_logic=EVERYTHING,
    knowledge_logic=EVERYTHING,
    function_logic=EVERYTHING,
    binding_logic=EVERYTHING,
    nested_logic=EVERYTHING,
    spaces_in_names=True,
    named_by_id=False,
    model_types=True,
    allowed_values=True,
    closed_scope=True,
    error_is_null=True,
    empty_list_for_no_match=True,
    imports=True,
    input_names=("?",),
)
DIALECTS = {dialect.name: dialect for dialect in (CAMUNDA, DMN)}


def dialect_named(name: str) -> Dialect:
    """The dialect with this name."""
    if name not in DIALECTS:
        raise DmnParseError(f"Expected the dialect to be one of {sorted(DIALECTS)}, but it is '{name}'")
    return DIALECTS[name]
