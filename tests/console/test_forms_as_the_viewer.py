"""Forms in the console beside Camunda's own form viewer: the same fields, the same verdicts, the same data submitted.

The viewer runs in Node with a document of its own (jsdom); its clock and ours are at UTC.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from tests.console.form_cases import CASES, Case
from zeebelet.console.forms import templating, words
from zeebelet.console.forms.form import Form
from zeebelet.console.forms.schema import parse
from zeebelet.console.forms.settle import settle
from zeebelet.console.forms.tree import Node

VIEWER = Path(__file__).with_name("viewer")
FORMS = sorted((Path(__file__).parents[2] / "forms").glob("*.form"))
KNOWN = {
    "orderKey": "pyxis:8841200",
    "countryCode": "FR",
    "ranked": [{"providerId": "p-1", "score": 98}],
    "validationErrors": [{"code": "PHONE", "field": "phone"}],
    "slotSearch": {"earliest": "2027-01-27", "reasons": ["NOTICE", "WEEKEND"]},
    "reservations": [{"description": "scratch", "severity": "MINOR"}],
}
ANSWERS = VIEWER / "answers.json"  # what viewer 2.0.0 answered to every case


def _decisions(schema: dict[str, Any]) -> list[Any]:
    """The choices of a form's first radio: each shows other fields."""
    radio = next((c for c in schema["components"] if c["type"] == "radio"), None)
    return [{"id": radio["id"], "indexes": [], "value": option["value"]} for option in radio["values"]] if radio else []


def ours() -> list[Case]:
    """Every form of the repository, empty and with each of its decisions."""
    found = []
    for path in FORMS:
        schema = json.loads(path.read_text())
        steps = [[], *([decision] for decision in _decisions(schema))]
        found += [
            {"name": f"{path.stem}-{i}", "schema": schema, "variables": KNOWN, "steps": s} for i, s in enumerate(steps)
        ]
    return found


@pytest.fixture(scope="module")
def viewer(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the viewer answers to every case."""
    if shutil.which("npm") is None:
        pytest.fail("Expected npm for the form viewer, but it is not installed: .ci/servers installs it")
    folder = tmp_path_factory.mktemp("viewer")
    shutil.copytree(VIEWER, folder, dirs_exist_ok=True)
    npm = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(npm, cwd=folder, check=True, timeout=110)
    cases = [*CASES, *ours()]
    asked = json.dumps(cases)
    answer = subprocess.run(
        ["node", "run.mjs"],
        check=False,
        cwd=folder,
        input=asked,
        capture_output=True,
        text=True,
        timeout=110,
        env={**os.environ, "TZ": "UTC"},
    )
    assert answer.returncode == 0, answer.stderr[-2000:]
    return dict(zip((case["name"] for case in cases), json.loads(answer.stdout), strict=True))


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _words(node: Node) -> str:
    rendered = words.markdown(templating.render(node.field.get("text", ""), node.scope))
    return _flat(html.fromstring(f"<div>{rendered}</div>").text_content())


def console(case: Case) -> dict[str, Any]:
    """What the console makes of a case."""
    form = Form(parse(json.dumps(case["schema"])), case["variables"], lambda: datetime.now(UTC))
    for done in case["steps"]:
        if "add" in done:
            form.add_item(done["list"])
            continue
        name = ".".join([done["id"], *map(str, done["indexes"])])
        node = next((node for node in form.view.walk() if node.name == name), None)
        if node is not None:
            form.hold(node.path, done["value"])
            settle(form)
    nodes = list(form.view.walk())
    data = form.submission()
    return {
        "shown": sorted(node.name for node in nodes if node.field.kind.keyed),
        "words": [_words(node) for node in nodes if node.field.type == "text"],
        "errors": {name: len(listed) for name, listed in form.errors().items()},
        "data": data,
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_a_form_is_as_the_viewer_answered(case: Case) -> None:
    """Without Node: the answers the viewer gave are kept."""
    theirs = json.loads(ANSWERS.read_text())[case["name"]]
    mine = console(case)
    assert mine == {name: theirs[name] for name in mine}


@pytest.mark.integration
def test_the_kept_answers_are_the_viewers(viewer: dict[str, Any]) -> None:
    """What is kept is what the viewer says today."""
    assert json.loads(ANSWERS.read_text()) == {case["name"]: viewer[case["name"]] for case in CASES}


@pytest.mark.integration
@pytest.mark.parametrize("case", [*CASES, *ours()], ids=lambda case: str(case["name"]))
def test_a_form_is_as_in_the_viewer(viewer: dict[str, Any], case: Case) -> None:
    """Fields shown, texts, number of problems at each field, and the data submitted are the viewer's."""
    theirs = viewer[case["name"]]
    assert "failed" not in theirs, theirs
    mine = console(case)
    assert mine == {name: theirs[name] for name in mine}
