"""What Zeebe itself says when the files are deployed: by the engine's own validators, in Zeebe's words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from workers.workshop.check.findings import Finding
from workers.workshop.check.project import Project
from workers.workshop.check.rules.say import at
from zeebelet.records import Deployment, DeploymentResource
from zeebelet.testing.kit import RejectedError, TestEngine

ELEMENT = re.compile(r"- (?:Element|Process): (?P<path>.+)")


def check(project: Project) -> Iterator[Finding]:
    """Deploys each model and form into an engine and reads what it refuses; a file seen before is not asked again."""
    for model in project.models:
        for element, what in _refused(model.path.name, model.source):
            found = model.by_id.get(element, model.processes[0])
            yield at(model, found, "deployment", what, "Zeebe refuses the file", "")
    for form in project.forms:
        for _, what in _refused(form.path.name, form.path.read_bytes()):
            yield Finding(rule="deployment", file=form.path, element=form.id, what=what, why="Zeebe refuses the file")
    yield from _twice(project)


@lru_cache(maxsize=256)
def _refused(name: str, content: bytes) -> tuple[tuple[str, str], ...]:
    """Element and problem of everything that Zeebe refuses in one file."""
    try:
        TestEngine().submit("DEPLOYMENT", "CREATE", Deployment((DeploymentResource(name, content),)))
    except RejectedError as error:
        return tuple(_told(str(error).partition(f"'{name}':")[2] or str(error)))
    return ()


def _told(text: str) -> Iterator[tuple[str, str]]:
    element = ""
    for line in text.strip().splitlines():
        match = ELEMENT.match(line.strip())
        if match:
            element = match["path"].split(" > ")[0]
        elif line.strip():
            yield element, line.strip().removeprefix("- ERROR:").strip()


def _twice(project: Project) -> Iterator[Finding]:
    """Ids are given once in a deployment."""
    processes = [(process.get("id"), model.path) for model in project.models for process in model.processes]
    forms = [(form.id, form.path) for form in project.forms]
    decisions = [(name, file.path) for file in project.decisions for name in file.decisions]
    for ids in (processes, forms, decisions):
        counted = Counter(name for name, _ in ids)
        for name, path in ids:
            if counted[name] > 1:
                yield Finding(rule="deployment", file=path, element=name, what=f"The id '{name}' is given in two files")
