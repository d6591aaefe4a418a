"""Camunda Modeler's own lint finds nothing more than `fsm check`: models, decisions, forms and element templates."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from workers.workshop.check import check

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def lint(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs a command in a folder with the vendor's packages."""
    if shutil.which("npm") is None:
        pytest.fail("Expected npm for Camunda's lint, but it is not installed: .ci/servers installs it")
    folder = tmp_path_factory.mktemp("lint")
    shutil.copytree(Path(__file__).with_name("lint"), folder, dirs_exist_ok=True)
    shutil.copy(ROOT / ".bpmnlintrc", folder)
    (folder / ".dmnlintrc").write_text('{"extends": "dmnlint:recommended"}')
    npm = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(npm, cwd=folder, check=True, timeout=240)

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)

    return run


def test_the_models_pass_the_lint_of_camunda_modeler(lint: Run) -> None:
    """bpmnlint with the rules for Camunda 8.9, as Modeler shows them while one draws."""
    ended = lint("node_modules/.bin/bpmnlint", "-c", ".bpmnlintrc", *map(str, sorted((ROOT / "bpmn").glob("*.bpmn"))))
    assert ended.returncode == 0, ended.stdout


def test_the_lint_is_awake(lint: Run, tmp_path: Path) -> None:
    """A model with a task that has no type fails it; `fsm check` names the same element."""
    for name in ("bpmn", "dmn", "forms"):
        shutil.copytree(ROOT / name, tmp_path / name)
    path = tmp_path / "bpmn" / "provider-assignment.bpmn"
    path.write_text(path.read_text().replace('<zeebe:taskDefinition type="send-offer" retries="3"/>', "", 1))
    ended = lint("node_modules/.bin/bpmnlint", "-c", ".bpmnlintrc", str(path))
    assert ended.returncode == 1
    assert "SendOffer" in ended.stdout
    assert "SendOffer" in {finding.element for finding in check(tmp_path).errors}


def test_the_decisions_pass_the_lint(lint: Run) -> None:
    """dmnlint with its recommended rules."""
    for path in sorted((ROOT / "dmn").glob("*.dmn")):
        ended = lint("node_modules/.bin/dmnlint", str(path))
        assert ended.returncode == 0, ended.stdout


def test_forms_and_templates_pass_the_vendors_validators(lint: Run) -> None:
    """Every form works on the platform's version; Modeler loads every element template."""
    ended = lint("node", "lint.mjs", str(ROOT / "forms"), str(ROOT / ".camunda" / "element-templates"))
    assert ended.returncode == 0, ended.stderr
    problems = json.loads(ended.stdout)
    assert len(problems) > 60
    assert {name: found for name, found in problems.items() if found} == {}


def test_the_validator_of_forms_is_awake(lint: Run, tmp_path: Path) -> None:
    """A form with something its version does not know is refused."""
    form = json.loads((ROOT / "forms" / "find-slot.form").read_text()) | {"executionPlatformVersion": "8.2.0"}
    form["components"].append({"type": "filepicker", "id": "Field_File", "key": "slotChoice.file"})
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms" / "find-slot.form").write_text(json.dumps(form))
    ended = lint("node", "lint.mjs", str(tmp_path / "forms"), str(ROOT / ".camunda" / "element-templates"))
    assert json.loads(ended.stdout)["find-slot.form"] != []
