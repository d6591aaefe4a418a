"""Decisions and their evaluation trace."""

from __future__ import annotations

from typing import Any, NamedTuple

from zeebelet.records.json import DEFAULT_TENANT, JsonObject


class EvaluatedInput(NamedTuple):
    """An input column of an evaluated decision table."""

    input_id: str
    input_name: str
    input_value: Any


class EvaluatedOutput(NamedTuple):
    """An output column of a matched rule."""

    output_id: str
    output_name: str
    output_value: Any


class MatchedRule(NamedTuple):
    """A rule that fired; `rule_index` counts from 1."""

    rule_id: str
    rule_index: int
    evaluated_outputs: tuple[EvaluatedOutput, ...]


class EvaluatedDecision(NamedTuple):
    """One decision of a requirements graph as it was evaluated; required ones come first."""

    decision_id: str
    decision_name: str
    decision_key: int
    decision_version: int
    decision_type: str  # DECISION_TABLE, LITERAL_EXPRESSION, CONTEXT, INVOCATION, LIST, RELATION ...
    decision_output: Any
    evaluated_inputs: tuple[EvaluatedInput, ...] = ()
    matched_rules: tuple[MatchedRule, ...] = ()
    tenant_id: str = DEFAULT_TENANT


class DecisionEvaluation(NamedTuple):
    """DECISION_EVALUATION. Command EVALUATE; events EVALUATED, FAILED."""

    decision_id: str = ""
    decision_key: int = -1
    variables: JsonObject = {}  # noqa: RUF012
    decision_name: str = ""
    decision_version: int = -1
    decision_requirements_id: str = ""
    decision_requirements_key: int = -1
    decision_output: Any = None
    evaluated_decisions: tuple[EvaluatedDecision, ...] = ()
    failed_decision_id: str = ""
    evaluation_failure_message: str = ""
    process_definition_key: int = -1
    bpmn_process_id: str = ""
    process_instance_key: int = -1
    element_instance_key: int = -1
    element_id: str = ""
    tenant_id: str = DEFAULT_TENANT
