"""What Zeebe itself says when the files are deployed: by the engine's own validators, in Zeebe's words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workers.workshop.check.findings import Finding
from workers.workshop.check.project import Project
from workers.workshop.check.rules.say import at
from zeebelet.records import Deployment, DeploymentResource
from zeebelet.testing.kit import RejectedError, TestEngine

RESOURCE = re.compile(r"^'(?P<file>[^']+\.(?:bpmn|form))': ?", re.MULTILINE)
ELEMENT = re.compile(r"- (?:Element|Process): (?P<path>.+)")


def check(project: Project) -> Iterator[Finding]:
    """Deploys models and forms into an engine of their own and reads what it refuses."""
    files = [(m.path, m.source) for m in project.models] + [(f.path, f.path.read_bytes()) for f in project.forms]
    if not files:
        return
    resources = tuple(DeploymentResource(path.name, content) for path, content in files)
    try:
        TestEngine().submit("DEPLOYMENT", "CREATE", Deployment(resources))
    except RejectedError as error:
        yield from _read(project, str(error))


def _read(project: Project, text: str) -> Iterator[Finding]:
    parts = RESOURCE.split(text)
    paths = {path.name: path for path in (*(m.path for m in project.models), *(f.path for f in project.forms))}
    if len(parts) < 3:
        yield Finding(rule="deployment", file=project.folder, what=text, fix="")
    for name, told in zip(parts[1::2], parts[2::2], strict=False):
        model = next((m for m in project.models if m.path.name == name), None)
        element = ""
        for line in told.strip().splitlines():
            match = ELEMENT.match(line.strip())
            if match:
                element = match["path"].split(" > ")[0]
                continue
            what = line.strip().removeprefix("- ERROR:").strip()
            if not what:
                continue
            found = model.by_id.get(element) if model else None
            if model is not None and found is not None:
                yield at(model, found, "deployment", what, "Zeebe refuses the file", "")
            else:
                yield Finding(rule="deployment", file=paths.get(name, project.folder), element=element, what=what)
