"""DMN: decisions evaluated as Camunda's engine does (dialect `camunda`) or as the standard says (dialect `dmn`).

graph = dmn.parse(content)                                    # DmnParseError: every problem of the file
answer = graph.evaluate("AssignmentMode", {"countryCode": "ES"})
answer.output, answer.failure, answer.decisions               # a failure is an answer, not an exception
"""

from .errors import DecisionError, DmnError, DmnParseError
from .graph import Decision, DecisionRequirementsGraph
from .load import compiled, parse
from .trace import EvaluatedDecisionTrace, EvaluatedInput, EvaluatedOutput, Evaluation, MatchedRule

__all__ = [
    "Decision",
    "DecisionError",
    "DecisionRequirementsGraph",
    "DmnError",
    "DmnParseError",
    "EvaluatedDecisionTrace",
    "EvaluatedInput",
    "EvaluatedOutput",
    "Evaluation",
    "MatchedRule",
    "compiled",
    "parse",
]
