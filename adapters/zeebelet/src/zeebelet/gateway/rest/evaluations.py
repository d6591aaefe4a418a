"""Evaluated decisions as the API shows them."""

from __future__ import annotations

from zeebelet.gateway import documents
from zeebelet.records import EvaluatedDecision, JsonObject


def evaluated_inputs(decision: EvaluatedDecision) -> list[JsonObject]:
    """Returns the inputs of an evaluated table."""
    return [
        {"inputId": i.input_id, "inputName": i.input_name, "inputValue": documents.text(i.input_value)}
        for i in decision.evaluated_inputs
    ]


def matched_rules(decision: EvaluatedDecision) -> list[JsonObject]:
    """Returns the rules that fired."""
    return [
        {
            "ruleId": rule.rule_id,
            "ruleIndex": rule.rule_index,
            "evaluatedOutputs": [
                {
                    "outputId": o.output_id,
                    "outputName": o.output_name,
                    "outputValue": documents.text(o.output_value),
                    "ruleId": rule.rule_id,
                    "ruleIndex": rule.rule_index,
                }
                for o in rule.evaluated_outputs
            ],
        }
        for rule in decision.matched_rules
    ]


def evaluated_decision(key: str, decision: EvaluatedDecision) -> JsonObject:
    """Returns an evaluated decision with the key of its instance."""
    return {
        "decisionDefinitionId": decision.decision_id,
        "decisionDefinitionName": decision.decision_name,
        "decisionDefinitionVersion": decision.decision_version,
        "decisionDefinitionType": decision.decision_type,
        "output": documents.text(decision.decision_output),
        "tenantId": decision.tenant_id,
        "matchedRules": matched_rules(decision),
        "evaluatedInputs": evaluated_inputs(decision),
        "decisionDefinitionKey": str(decision.decision_key),
        "decisionEvaluationInstanceKey": key,
    }
