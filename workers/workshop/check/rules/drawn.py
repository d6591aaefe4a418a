"""The drawing: what an eye would dislike, pictures that are outdated."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from workers.workshop.bpmn import BPMN, parse
from workers.workshop.check.findings import Finding
from workers.workshop.check.project import Project
from workers.workshop.check.rules.say import WARNING, at
from workers.workshop.layout import READABLE, crowded, di, found_flaws
from workers.workshop.pictures import FOLDER, outdated, pictures


@lru_cache(maxsize=64)
def _flaws(source: bytes) -> tuple[tuple[str, str], ...]:
    return tuple(found_flaws(parse(source)).items())


def check(project: Project) -> Iterator[Finding]:
    """Flaws of every drawing, and of the pictures in the documentation."""
    for model in project.models:
        if len(model.processes) != 1 or model.root.find(f"{BPMN}collaboration") is not None:
            continue
        for name, why in _flaws(model.source):
            yield at(
                model,
                model.by_id.get(name, model.processes[0]),
                "layout",
                f"In the diagram it {why}",
                "",
                "`fsm check --fix` draws it anew",
                severity=WARNING,
            )
        for name, count in crowded(model.root).items():
            yield at(
                model,
                model.by_id.get(name, model.processes[0]),
                "crowded",
                f"{count} elements stand on one sheet; more than {READABLE} are not read on one screen",
                "",
                "Make a part that has a name a sub-process and collapse it; `fsm layout` draws its sheet",
                severity=WARNING,
            )
        drawn = di.read(model.root)
        for name in {*drawn.boxes, *drawn.edges} - set(model.by_id):
            yield at(
                model,
                model.processes[0],
                "layout",
                f"The diagram draws '{name}', which is not there",
                "",
                "`fsm check --fix`",
                severity=WARNING,
            )
    into = project.folder / FOLDER
    if into.is_dir() and project.models:
        for path in outdated(pictures(project.folder, into)):
            yield Finding(
                rule="picture",
                file=path,
                what="The picture shows an older model",
                fix="`fsm draw` renews it",
                severity=WARNING,
            )
