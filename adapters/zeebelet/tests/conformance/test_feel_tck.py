"""The public kit's FEEL cases in the standard's dialect, run when the conformance kit is there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from feel_tck import passes, read

KIT = Path(os.environ.get("FSM_CONFORMANCE_KIT", Path(__file__).parents[5] / "shared"))
CASES = KIT / "feel-tck" / "cases.jsonl"


@pytest.mark.skipif(
    not CASES.exists(), reason="The conformance kit is not beside the checkout: set FSM_CONFORMANCE_KIT to its folder"
)
def test_answers_are_the_standards() -> None:
    """At least 98 of 100 cases of the public kit pass."""
    cases = list(read([CASES]))
    assert sum(map(passes, cases)) >= 0.98 * len(cases)
