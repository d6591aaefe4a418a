"""Camunda's kept answers, run when the conformance kit is there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from feel_camunda import judge, read

KIT = Path(os.environ.get("FSM_CONFORMANCE_KIT", Path(__file__).parents[5] / "shared"))
FILES = sorted((KIT / "feel-camunda").glob("*.jsonl"))


@pytest.mark.skipif(
    not FILES, reason="The conformance kit is not beside the checkout: set FSM_CONFORMANCE_KIT to its folder"
)
def test_values_and_warnings_are_camundas() -> None:
    """At least 99 of 100 answers are Camunda's, and 95 of 100 warnings come in its order."""
    verdicts = [judge(case) for case in read(FILES)]
    assert sum(verdict.agrees for verdict in verdicts) >= 0.99 * len(verdicts)
    assert sum(verdict.warnings_agree for verdict in verdicts) >= 0.95 * len(verdicts)
