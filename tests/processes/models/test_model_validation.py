"""Zeebe's own rules of deployment hold for every model."""

from __future__ import annotations

from pathlib import Path

import pytest

from zeebelet.model.validate import judge

MODELS = sorted((Path(__file__).parents[3] / "bpmn").glob("*.bpmn"))


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.name)
def test_our_models_have_no_finding(path: Path) -> None:
    """Every model of the journey passes the validators of Zeebe."""
    assert [finding.message for finding in judge(path.read_bytes())] == []
