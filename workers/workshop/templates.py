"""Element templates for Camunda Modeler, made from the task registry: one for every task type.

With them Modeler offers each task with its inputs, outputs, headers, errors and tries. A template keeps its version as long
as the task stays the same; a changed task raises it, and Modeler offers the update to whoever opens a model.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from workers.runtime import registry
from workers.runtime.definition import TaskDefinition
from workers.workshop.check.contracts import Field, alias, shape_of, worker
from workers.workshop.check.shapes import Shape, told

FOLDER = Path(".camunda/element-templates")
SCHEMA = "https://unpkg.com/@camunda/zeebe-element-templates-json-schema/resources/schema.json"
ENGINE, PREFIX, RETRIES = "^8.9", "fsm.", "3"
GROUPS = {"inputs": "What it reads", "headers": "How it works", "outputs": "What it gives", "job": "Tries"}
COLOURS = {
    "postgres": "#336791",
    "messaging": "#8a4b08",
    "adobe_sign": "#b30b00",
    "kafka": "#231f20",
    "camunda": "#fc5d0d",
}
SIGN = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="18" height="18" viewBox="0 0 18 18"><rect x="1" y="1" width="16" height="16" '
    'rx="4" fill="{colour}"/><text x="9" y="13" font-family="Arial" font-size="11" font-weight="bold" fill="#fff" '
    'text-anchor="middle">{letter}</text></svg>'
)
Template = dict[str, Any]


def templates(folder: Path) -> dict[Path, Template]:
    """Every template by its file; the version is the one in the folder, raised by one where the task has changed."""
    return {
        folder / f"{definition.type}.json": _versioned(template(definition), folder / f"{definition.type}.json")
        for definition in registry.values()
    }


def outdated(wanted: Mapping[Path, Template]) -> list[Path]:
    """The files that have to be written, and those of tasks that are gone."""
    folders = {path.parent for path in wanted}
    gone = [path for folder in folders for path in folder.glob("*.json") if path not in wanted]
    return [path for path, content in wanted.items() if _read(path) != content] + sorted(gone)


def write(wanted: Mapping[Path, Template]) -> list[Path]:
    """Writes what is outdated, removes what is gone; returns both."""
    changed = outdated(wanted)
    for path in changed:
        if path not in wanted:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(wanted[path], indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return changed


def template(definition: TaskDefinition) -> Template:
    """The template of one task, as version 1."""
    contract = worker(definition)
    properties = [
        _hidden(definition.type),
        *(_input(name, field) for name, field in contract.inputs.items()),
        *_headers(definition),
        *(_output(name, shape) for name, shape in contract.outputs.items()),
        _retries(),
    ]
    used = {p.get("group") for p in properties}
    return {
        "$schema": SCHEMA,
        "name": definition.type.replace("-", " ").capitalize(),
        "id": PREFIX + definition.type,
        "version": 1,
        "description": _described(definition),
        "category": {"id": "field-service", "name": "Field service"},
        "appliesTo": ["bpmn:Task", "bpmn:ServiceTask"],
        "elementType": {"value": "bpmn:ServiceTask"},
        "engines": {"camunda": ENGINE},
        "icon": {"contents": _icon(definition)},
        "groups": [{"id": name, "label": label} for name, label in GROUPS.items() if name in used],
        "properties": properties,
    }


def _read(path: Path) -> Template | None:
    try:
        found: Template = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _versioned(content: Template, path: Path) -> Template:
    known = _read(path)
    if known is None or not isinstance(known.get("version"), int):
        return content
    same = {**known, "version": 1} == content
    return {**content, "version": known["version"] if same else known["version"] + 1}


def _described(definition: TaskDefinition) -> str:
    errors = ", ".join(sorted(definition.error_codes))
    module = inspect.getdoc(inspect.getmodule(definition.handler)) or definition.summary
    purpose = module.split("\n", 1)[0].removeprefix(f"{definition.type}: ")
    purpose = purpose[:1].upper() + purpose[1:]
    return f"{purpose} BPMN errors: {errors}." if errors else purpose


def _icon(definition: TaskDefinition) -> str:
    system = definition.options.system
    sign = SIGN.format(colour=COLOURS.get(system, "#445566"), letter=definition.type[0].upper())
    return "data:image/svg+xml," + quote(sign, safe="")


# -- properties ----------------------------------------------------------------------------------------------------------


def _hidden(task_type: str) -> Template:
    return {"type": "Hidden", "value": task_type, "binding": {"type": "zeebe:taskDefinition", "property": "type"}}


def _retries() -> Template:
    return {
        "id": "retries",
        "label": "Tries",
        "description": "How often the job is tried before it becomes an incident",
        "type": "String",
        "value": RETRIES,
        "group": "job",
        "binding": {"type": "zeebe:taskDefinition", "property": "retries"},
    }


def _input(name: str, field: Field) -> Template:
    needed = "Needed" if field.required else "Read if set"
    return {
        "id": f"input_{name}",
        "label": name,
        "description": f"{needed}: {_kinds(field.shape)}. Leave it empty when a variable of this name is set before.",
        "type": "String",
        "feel": "required",
        "optional": True,
        "group": "inputs",
        "binding": {"type": "zeebe:input", "name": name},
    }


def _output(name: str, shape: Shape) -> Template:
    return {
        "id": f"output_{name}",
        "label": name,
        "description": f"Gives {_kinds(shape)}. The variable it goes into; with none named here all are set.",
        "type": "String",
        "optional": True,
        "group": "outputs",
        "binding": {"type": "zeebe:output", "source": f"={name}"},
    }


def _headers(definition: TaskDefinition) -> Iterator[Template]:
    if definition.headers is None:
        return
    for name, info in definition.headers[1].model_fields.items():
        shape, key = shape_of(info.annotation), alias(name, info)
        header: Template = {
            "id": f"header_{key}",
            "label": key,
            "description": _kinds(shape),
            "type": "String",
            "group": "headers",
            "binding": {"type": "zeebe:taskHeader", "key": key},
        }
        if shape.words:
            header |= {"type": "Dropdown", "choices": [{"name": word, "value": word} for word in sorted(shape.words)]}
        yield header | ({"constraints": {"notEmpty": True}} if info.is_required() else {"optional": True})


def _kinds(shape: Shape) -> str:
    """The type in words, with the possible values or parts."""
    if shape.words:
        return "one of " + ", ".join(sorted(shape.words))
    if shape.is_closed:
        return "an object with " + ", ".join(shape.entries or {})
    if shape.item is not None and shape.item.is_closed:
        return "a list of objects with " + ", ".join(shape.item.entries or {})
    return told(shape.without("null")) if not shape.is_any else "any value"
