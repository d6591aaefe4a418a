"""What people are told: the texts of messages in every language, and the elements that send them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from adapters.texts import files, preview
from workers.domain.messages import Catalogue
from workers.workshop.bpmn import Element
from workers.workshop.check.effects import Notes, with_inputs
from workers.workshop.check.findings import Finding
from workers.workshop.check.flow import DataFlow
from workers.workshop.check.project import Project
from workers.workshop.check.rules.say import at
from workers.workshop.messages import TASK_TYPE, Sending, check_sendings
from workers.workshop.model import Model, headers, mappings, task_type


def check(project: Project, flow: DataFlow) -> Iterator[Finding]:
    """Everything wrong with the texts, and with each element that sends one of them."""
    if not (project.folder / files.FOLDER).is_dir():
        return
    catalogue, problems = _texts(project.folder)
    for file, where, problem in problems:
        path = project.folder / "forms" / file
        yield Finding(rule="text", file=path, element=where, what=problem, fix="`fsm messages show` shows it")
    for model in project.models if catalogue else ():
        for node in model.nodes:
            if task_type(node) == TASK_TYPE and catalogue is not None:
                yield from _sending(catalogue, flow, model, node)


def _texts(folder: Path) -> tuple[Catalogue | None, list[tuple[str, str, str]]]:
    """The texts and what is wrong with them, worked out once for each content."""
    paths = sorted((folder / files.FOLDER).rglob("*.yaml"))
    content = tuple((path.relative_to(folder), path.read_bytes()) for path in paths)
    if content not in _KNOWN:
        _KNOWN.clear()
        _KNOWN[content] = (files.read(folder)[0], [(f.file, f.where, f.problem) for f in preview.check(folder)])
    return _KNOWN[content]


_KNOWN: dict[tuple[tuple[Path, bytes], ...], tuple[Catalogue | None, list[tuple[str, str, str]]]] = {}


def _sending(catalogue: Catalogue, flow: DataFlow, model: Model, node: Element) -> Iterator[Finding]:
    before = flow.before.get((model.process_id, node.get("id")))
    known = None
    if before is not None and not before.loose:
        inner = with_inputs(flow, model, node, before, Notes())
        known = {name for name, shape in inner.names.items() if shape.kinds - {"missing", "null"}}
    sending = Sending(
        file=model.path.name,
        element=node.get("id"),
        headers=headers(node),
        inputs=frozenset(target for target, _ in mappings(node, "input")),
    )
    for found in check_sendings(catalogue, [sending], known=known):
        yield at(model, node, "message-text", found.problem, "The message could not be written, the job would fail")
