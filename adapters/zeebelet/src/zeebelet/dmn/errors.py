"""What can go wrong with a decision.

DmnError
 +-- DmnParseError  the file cannot be deployed: it is no DMN, or holds something that is not understood
 +-- DecisionError  the decision was found but its logic cannot give an answer for these values
 |    +-- LimitError  it was stopped: it takes too many steps or too long
"""

from __future__ import annotations


class DmnError(Exception):
    """Something is wrong with a decision."""


class DmnParseError(DmnError):
    """The file cannot be used. `problems` holds everything found, one sentence each."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class DecisionError(DmnError):
    """The evaluation cannot give an answer. The text completes `Expected to evaluate decision 'x', but ...`."""


class LimitError(DecisionError):
    """The evaluation was stopped so that one model cannot take the engine down; not turned into null by any dialect."""
