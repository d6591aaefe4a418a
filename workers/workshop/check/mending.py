"""`fsm check --fix`: what a machine may mend - made-up ids, drawings, and rows for times and values that have none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from workers.workshop.bpmn import BPMN, BPMNDI, ZEEBE, Element, kind, parse, written
from workers.workshop.check import project as projects
from workers.workshop.check import tables
from workers.workshop.check.project import Project
from workers.workshop.check.rules.structure import MADE_UP
from workers.workshop.check.rules.texts import durations
from workers.workshop.layout import lay_out
from workers.workshop.model import Model, event_definition, extension, mappings, name_of
from workers.workshop.pictures import FOLDER, outdated, pictures

REFERRING = (
    "sourceRef",
    "targetRef",
    "attachedToRef",
    "default",
    "bpmnElement",
    "messageRef",
    "errorRef",
    "processRef",
)
ENDINGS = {"startEvent": "Started", "endEvent": "Ended", "exclusiveGateway": "Decided", "eventBasedGateway": "Awaited"}


def mend(folder: Path) -> list[str]:
    """Mends what can be mended in a folder; returns what was done, a line each."""
    project = projects.load(folder)
    done = [line for model in project.models for line in _model(project, model)]
    project = projects.load(folder)
    done += _table(project, "durations", _missing_durations(project))
    done += _table(project, "answers", _missing_answers(project))
    into = folder / FOLDER
    for path in outdated(pictures(folder, into)) if into.is_dir() else ():
        path.write_text(pictures(folder, into)[path], encoding="utf-8")
        done.append(f"{path}: drawn")
    return done


def _model(project: Project, model: Model) -> Iterator[str]:
    root = parse(model.source)
    mapped = list(_map_outputs(project, root))
    yield from (f"{model.path}: {name} maps what its form gives" for name in mapped)
    renamed = dict(_new_ids(model))
    _rename(root, renamed)
    for old, new in renamed.items():
        yield f"{model.path}: {old} is now {new}"
    source = written(root) if renamed or mapped else model.source
    layout = lay_out(source)
    for name, why in layout.redrawn.items():
        yield f"{model.path}: {name} is drawn anew, it {why.replace('has ', 'had ', 1)}"
    if layout.source != model.source:
        model.path.write_bytes(layout.source)


def _map_outputs(project: Project, root: Element) -> Iterator[str]:
    """Gives user tasks without any output mapping the one for the variable of their form."""
    for task in root.iter(f"{BPMN}userTask"):
        definition = extension(task, "formDefinition")
        form = project.form(definition.get("formId") or "") if definition is not None else None
        if form is None or len(form.variables) != 1 or mappings(task, "output"):
            continue
        (variable,) = form.variables
        extensions = task.find(f"{BPMN}extensionElements")
        found = extensions.find(f"{ZEEBE}ioMapping")
        mapping = etree.SubElement(extensions, f"{ZEEBE}ioMapping") if found is None else found
        etree.SubElement(mapping, f"{ZEEBE}output", source=f"={variable}", target=variable)
        depth = sum(1 for _ in task.iterancestors()) + 1
        etree.indent(extensions, level=depth)
        yield task.get("id")


# -- ids -----------------------------------------------------------------------------------------------------------------


def _new_ids(model: Model) -> Iterator[tuple[str, str]]:
    taken = set(model.by_id)
    fresh: dict[str, str] = {}
    for node in model.nodes:
        if MADE_UP.match(node.get("id") or ""):
            wished = _pascal(name_of(node)) or _pascal(kind(node))
            fresh[node.get("id")] = _free(wished, ENDINGS.get(kind(node)) or _about(node), taken)
    for flow in model.flows:
        ends = [fresh.get(flow.get(end), flow.get(end)) for end in ("sourceRef", "targetRef")]
        if MADE_UP.match(flow.get("id") or "") or any(flow.get(end) in fresh for end in ("sourceRef", "targetRef")):
            fresh[flow.get("id")] = _free(f"Flow_{ends[0]}_{ends[1]}", "Again", taken)
    yield from fresh.items()


def _about(node: Element) -> str:
    return _pascal(event_definition(node).removesuffix("EventDefinition")) or "Again"


def _pascal(text: str) -> str:
    words = re.findall(r"[A-Za-z0-9]+", text)
    name = "".join(word[:1].upper() + word[1:] for word in words)
    return name if not name[:1].isdigit() else f"After{name}"


def _free(wished: str, ending: str, taken: set[str]) -> str:
    candidates = [wished, wished + ending, *(f"{wished}{number}" for number in range(2, 100))]
    name = next(c for c in candidates if c not in taken)
    taken.add(name)
    return name


def _rename(root: Element, renamed: dict[str, str]) -> None:
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        if element.get("id") in renamed:
            element.set("id", renamed[element.get("id")])
        for attribute in REFERRING:
            if element.get(attribute) in renamed:
                old = element.get(attribute)
                element.set(attribute, renamed[old])
                if element.tag.startswith(BPMNDI) and element.get("id") == f"{old}_di":
                    element.set("id", f"{renamed[old]}_di")
        if element.tag in (f"{BPMN}incoming", f"{BPMN}outgoing") and (element.text or "").strip() in renamed:
            element.text = renamed[element.text.strip()]


# -- tables --------------------------------------------------------------------------------------------------------------

Rows = dict[str, dict[str, list[str]]]
HEADS = {
    "durations": "# How long every timer, due date and life time is, by model and element, as documented. `fsm check` compares;\n"
    "# `fsm check --fix` adds what is missing, a person looks at it.\n",
    "answers": "# What every form offers to choose, by form and field. Conditions and workers wait for these words.\n"
    "# `fsm check` compares; `fsm check --fix` adds what is missing, a person looks at it.\n",
}


def _missing_durations(project: Project) -> Rows:
    known = project.tables.durations or {}
    found: Rows = {}
    for model in project.models:
        for element in (*model.nodes, *model.flows):
            times = durations(element)
            if times and element.get("id") not in known.get(model.path.stem, {}):
                found.setdefault(model.path.stem, {})[element.get("id")] = times
    return found


def _missing_answers(project: Project) -> Rows:
    known = project.tables.answers or {}
    found: Rows = {}
    for form in project.forms:
        for component in form.fields:
            if component.offered and component.path not in known.get(form.id, {}):
                found.setdefault(form.id, {})[component.path] = list(component.offered)
    return found


def _table(project: Project, name: str, missing: Rows) -> Iterator[str]:
    """Adds rows to a table, which keeps its lines as they are."""
    if not missing:
        return
    path = project.folder / tables.FOLDER / f"{name}.yaml"
    lines = (path.read_text(encoding="utf-8") if path.exists() else HEADS[name]).splitlines()
    for block, rows in sorted(missing.items()):
        if f"{block}:" not in lines:
            lines += [f"{block}:"]
        place = lines.index(f"{block}:") + 1
        while place < len(lines) and lines[place].startswith("  "):
            place += 1
        lines[place:place] = [f"  {row}: [{', '.join(map(_quoted, values))}]" for row, values in rows.items()]
        yield f"{path}: {block}: {', '.join(rows)} added"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _quoted(value: str) -> str:
    """A value that every YAML reader takes for a text."""
    return f'"{value}"' if re.fullmatch(r"(?i)yes|no|on|off|true|false|null|~|[\d.+-].*", value) else value
