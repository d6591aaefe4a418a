"""Finds and evaluates decisions, for business rule tasks and for clients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zeebelet import dmn
from zeebelet.errors import Failure
from zeebelet.graph.specs import DecisionSpec
from zeebelet.halves import whole
from zeebelet.processors import bindings, expressions
from zeebelet.processors.context import Context
from zeebelet.records import DecisionEvaluation, DecisionMetadata, EvaluatedDecision
from zeebelet.state.views import Deployed, ElementInstance


def evaluate(ctx: Context, decision: Deployed[DecisionMetadata], variables: Mapping[str, Any]) -> DecisionEvaluation:
    """Evaluate a deployed decision; a failure is part of the answer."""
    metadata = decision.value
    requirements = ctx.state.definitions.decision_requirements.get(metadata.decision_requirements_key)
    assert requirements is not None
    evaluation = requirements.value.graph.evaluate(metadata.decision_id, variables, clock=ctx.feel_clock)
    failure = evaluation.failure
    return DecisionEvaluation(
        decision_id=metadata.decision_id,
        decision_key=decision.key,
        variables=dict(variables),
        decision_name=metadata.decision_name,
        decision_version=metadata.version,
        decision_requirements_id=metadata.decision_requirements_id,
        decision_requirements_key=metadata.decision_requirements_key,
        decision_output=evaluation.output,
        evaluated_decisions=tuple(_traced(ctx, metadata, trace) for trace in evaluation.decisions),
        failed_decision_id=evaluation.failed_decision_id if failure else "",
        evaluation_failure_message=(
            f"Expected to evaluate decision '{metadata.decision_id}', but {whole(failure)}" if failure else ""
        ),
    )


def _traced(ctx: Context, asked: DecisionMetadata, trace: dmn.EvaluatedDecisionTrace) -> EvaluatedDecision:
    """A decision of the same graph; its key is that of the version deployed together."""
    found = ctx.state.definitions.decisions.deployed_with(trace.decision_id, asked.deployment_key)
    return EvaluatedDecision(
        trace.decision_id,
        trace.decision_name,
        found.key if found else -1,
        found.version if found else -1,
        trace.decision_type,
        trace.decision_output,
        trace.evaluated_inputs,
        trace.matched_rules,
    )


def evaluate_for_element(ctx: Context, spec: DecisionSpec, instance: ElementInstance) -> Any:
    """The output of a business rule task's decision; `Failure` when there is none."""
    decision_id = expressions.string(ctx, spec.decision_id, instance.key)
    found = bindings.find(ctx, ctx.state.definitions.decisions, decision_id, spec.binding, instance)
    if found is None:
        raise Failure("CALLED_DECISION_ERROR", _not_found(decision_id, spec, "decision"))
    evaluated = evaluate(ctx, found, ctx.state.variables.document(instance.key))
    value = instance.value
    evaluated = evaluated._replace(
        process_definition_key=value.process_definition_key,
        bpmn_process_id=value.bpmn_process_id,
        process_instance_key=value.process_instance_key,
        element_instance_key=instance.key,
        element_id=value.element_id,
    )
    intent = "FAILED" if evaluated.evaluation_failure_message else "EVALUATED"
    ctx.event("DECISION_EVALUATION", intent, ctx.next_key(), evaluated)
    if evaluated.evaluation_failure_message:
        raise Failure("DECISION_EVALUATION_ERROR", evaluated.evaluation_failure_message)
    return evaluated.decision_output


def _not_found(decision_id: str, spec: DecisionSpec, what: str) -> str:
    reason = f"Expected to evaluate decision '{decision_id}', but no {what} found for id '{decision_id}'"
    if spec.binding.type == "versionTag":
        return f"{reason} and version tag '{spec.binding.version_tag}'"
    if spec.binding.type == "deployment":
        return f"{reason} in current deployment"
    return reason
