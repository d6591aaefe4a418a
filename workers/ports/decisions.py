"""Decisions (DMN) as they are deployed: an analyst's change counts from the moment it is deployed, without a release of ours."""

from __future__ import annotations

from typing import Any, Protocol


class Decisions(Protocol):
    """Asks Camunda for a decision. Raises `Unavailable`; `Misconfigured` when it is not deployed or cannot be made."""

    def decide(self, decision_id: str, **inputs: Any) -> Any:
        """The output of the latest version of a decision, as JSON has it."""
        ...
