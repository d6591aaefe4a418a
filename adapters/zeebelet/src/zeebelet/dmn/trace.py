"""The account of an evaluation: which decisions were made, with what inputs, by which rules."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..records import EvaluatedInput, EvaluatedOutput, MatchedRule

__all__ = ["EvaluatedDecisionTrace", "EvaluatedInput", "EvaluatedOutput", "Evaluation", "MatchedRule"]


class EvaluatedDecisionTrace(NamedTuple):
    """One decision as it was made. Values are plain JSON; inputs and rules are known for decision tables only."""

    decision_id: str
    decision_name: str
    decision_type: str  # DECISION_TABLE, LITERAL_EXPRESSION, CONTEXT, INVOCATION, LIST, RELATION, UNKNOWN
    decision_output: Any
    evaluated_inputs: tuple[EvaluatedInput, ...] = ()
    matched_rules: tuple[MatchedRule, ...] = ()


class Evaluation(NamedTuple):
    """The answer. `output` is plain JSON, `value` the FEEL value it was made of (None after a failure).

    `failure` is the reason, without the words that `message` puts before it. `decisions` is in the order of evaluation:
    required decisions first, the asked one last; after a failure the one that failed is the last. `problems` are errors that
    the `dmn` dialect turned into null.
    """

    decision_id: str
    output: Any = None
    failure: str | None = None
    failed_decision_id: str = ""
    decisions: tuple[EvaluatedDecisionTrace, ...] = ()
    value: Any = None
    problems: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        """The failure in Zeebe's words, empty when there is none."""
        return f"Expected to evaluate decision '{self.decision_id}', but {self.failure}" if self.failure else ""
