"""Element templates: current, complete, and with a version that rises when a task changes."""

from __future__ import annotations

import json
import re
from pathlib import Path

from workers.runtime import registry
from workers.workshop.templates import FOLDER, outdated, template, templates, write

ROOT = Path(__file__).parents[2]
KNOWN = {"zeebe:taskDefinition", "zeebe:input", "zeebe:output", "zeebe:taskHeader"}


def test_the_templates_are_those_of_the_tasks() -> None:
    """`fsm templates` would write the same files: Modeler offers what the workers do today."""
    assert outdated(templates(ROOT / FOLDER)) == [], "run `fsm templates`"


def test_a_template_offers_the_whole_contract() -> None:
    """Every input, output and header of a worker has its property, and each property a binding Camunda knows."""
    for definition in registry.values():
        made = template(definition)
        bindings = [(p["binding"]["type"], p["binding"].get("name") or p.get("label")) for p in made["properties"]]
        assert {kind for kind, _ in bindings} <= KNOWN
        assert {n for k, n in bindings if k == "zeebe:input"} == set(definition.fetch_variables)
        assert {n for k, n in bindings if k == "zeebe:output"} == set(definition.output_variables)
        ids = [p["id"] for p in made["properties"] if "id" in p]
        assert len(ids) == len(set(ids))
        assert {p["group"] for p in made["properties"] if "group" in p} == {g["id"] for g in made["groups"]}
        assert re.fullmatch(r"\^8\.\d+", made["engines"]["camunda"])
        assert all(code in made["description"] for code in definition.error_codes)


def test_a_changed_task_raises_the_version(tmp_path: Path) -> None:
    """Whoever opens a model is offered the update; an unchanged task keeps its version, a task that is gone its file no more."""
    write(templates(tmp_path))
    path = tmp_path / "send-offer.json"
    older = json.loads(path.read_text()) | {"description": "As it was", "version": 4}
    path.write_text(json.dumps(older))
    (tmp_path / "gone.json").write_text("{}")

    changed = write(templates(tmp_path))

    assert {p.name for p in changed} == {"send-offer.json", "gone.json"}
    assert json.loads(path.read_text())["version"] == 5
    assert not (tmp_path / "gone.json").exists()
    assert outdated(templates(tmp_path)) == []
