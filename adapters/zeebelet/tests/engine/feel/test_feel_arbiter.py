"""Camunda's own FEEL engine beside ours on random expressions (Java and Maven Central needed)."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from arbiter import Arbiter
from feel_camunda import judge
from feel_expressions import cases

SEED, COUNT = 20261124, 5_000


@pytest.mark.integration
@pytest.mark.timeout(600)
@pytest.mark.skipif(bool(Arbiter.missing()), reason=Arbiter.missing() or "Camunda's engines are there")
def test_random_expressions_are_answered_equally() -> None:
    """At least 99 of 100 random expressions have the value, the refusal and the warnings that Camunda's engine gives."""
    asked = cases(SEED, COUNT)
    answers = Arbiter.found().ask("feel", asked)
    decimals = json.loads(json.dumps(asked), parse_float=Decimal)
    verdicts = [judge(case | answer) for case, answer in zip(decimals, answers, strict=True)]
    different = [verdict for verdict in verdicts if not (verdict.agrees and verdict.warnings_agree)]
    for verdict in different:
        print(verdict.case["expr"], "\n  Camunda:", verdict.case.get("value", "-"), "\n  ours:", verdict.ours)
    assert len(different) <= 0.01 * COUNT
