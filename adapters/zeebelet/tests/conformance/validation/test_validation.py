"""Deployment refuses what Zeebe's own validators refuse: the same element, the same words."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from zeebelet.model.validate import judge

HERE = Path(__file__).parent
GOAL = 0.98


def program(name: str) -> Any:
    """A module of this folder, by its file."""
    spec = importlib.util.spec_from_file_location(f"validation_{name}", HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


golden = program("golden")


def ours(source: bytes) -> list[list[str]]:
    return sorted([finding.element, finding.message] for finding in judge(source))


def differences(verdicts: list[dict[str, Any]]) -> list[str]:
    """Names of the models on which we and the vendor differ."""
    judged = {entry["name"]: entry for entry in verdicts}
    named = list(golden.mutants(golden.MODELS, golden.COUNT))

    assert [name for name, source in named if judged[name]["sha"] != golden.digest(source)] == []
    return [name for name, source in named if judged[name]["findings"] != ours(source)]


def test_verdicts_equal_the_vendors() -> None:
    """At least 400 models and mutants are judged as the vendor's validators judge them, in 98 % to the letter."""
    verdicts = json.loads(golden.GOLDEN.read_text())
    wrong = differences(verdicts)

    assert len(verdicts) >= 400
    assert 1 - len(wrong) / len(verdicts) >= GOAL, wrong


@pytest.mark.integration
def test_the_vendor_still_says_so() -> None:
    """The kept verdicts are the vendor's: asked anew, the validators answer the same."""
    if golden.Arbiter.missing():
        pytest.skip(golden.Arbiter.missing())

    assert golden.verdicts() == json.loads(golden.GOLDEN.read_text())


def test_most_mutants_are_refused() -> None:
    """The golden file is no list of harmless changes: most mutants are refused, by many different rules."""
    verdicts = json.loads(golden.GOLDEN.read_text())
    refused = [entry for entry in verdicts if entry["findings"]]

    assert len(refused) > len(verdicts) / 3
    assert len({message for entry in refused for _, message in entry["findings"]}) > 60


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (b"", "Document is empty"),
        (b"<a/>", "cvc-elt.1.a: Cannot find the declaration of element 'a'."),
        (b"\x00\x01", "Document is empty"),
        (b"<a><b></a>", 'The element type "b" must be terminated by the matching end-tag "</b>".'),
    ],
)
def test_what_is_no_bpmn_is_one_finding(source: bytes, message: str) -> None:
    """A file that is no XML or no BPMN gives one finding that says so, never an exception."""
    findings = judge(source)

    assert len(findings) == 1
    assert message in findings[0].message


def test_entities_are_not_expanded() -> None:
    """A document that multiplies entities neither eats memory nor is accepted."""
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'

    assert len(judge(bomb)) == 1
