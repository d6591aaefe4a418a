"""Evaluates decisions for clients; a failed evaluation is an answer, not a rejection."""

from __future__ import annotations

from zeebelet.errors import invalid_argument, not_found
from zeebelet.processors import decisions
from zeebelet.processors.context import Context
from zeebelet.records import DecisionEvaluation, DecisionMetadata, Record
from zeebelet.state.views import Deployed


def evaluate(ctx: Context, command: Record) -> None:
    """DECISION_EVALUATION/EVALUATE."""
    decision = _find(ctx, command.value)
    evaluated = decisions.evaluate(ctx, decision, command.value.variables)
    intent = "FAILED" if evaluated.evaluation_failure_message else "EVALUATED"
    ctx.answer(command, ctx.event("DECISION_EVALUATION", intent, ctx.next_key(), evaluated))


def _find(ctx: Context, asked: DecisionEvaluation) -> Deployed[DecisionMetadata]:
    if asked.decision_id:
        found, what = ctx.state.definitions.decisions.latest(asked.decision_id), f"id '{asked.decision_id}'"
        name = asked.decision_id
    elif asked.decision_key > -1:
        found, what = ctx.state.definitions.decisions.get(asked.decision_key), f"key '{asked.decision_key}'"
        name = str(asked.decision_key)
    else:
        raise invalid_argument("Expected either a decision id or a valid decision key, but none provided")
    if found is None:
        raise not_found(f"Expected to evaluate decision '{name}', but no decision found for {what}")
    return found


PROCESSORS = {("DECISION_EVALUATION", "EVALUATE"): evaluate}
