"""A folder of models, decisions, forms and tables, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from workers.workshop.check import decisions, forms, tables
from workers.workshop.check.contracts import Worker, all_workers
from workers.workshop.check.decisions import DecisionFile
from workers.workshop.check.findings import Finding
from workers.workshop.check.forms import Form
from workers.workshop.check.tables import Tables
from workers.workshop.model import Model


@dataclass(slots=True)
class Project:
    """Everything the checks look at. `broken` is what could not even be read."""

    folder: Path
    models: list[Model] = field(default_factory=list)
    decisions: list[DecisionFile] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    tables: Tables = field(default_factory=Tables)
    workers: Mapping[str, Worker] = field(default_factory=dict)
    broken: list[Finding] = field(default_factory=list)

    @property
    def processes(self) -> dict[str, Model]:
        """Every process by id."""
        return {process.get("id"): model for model in self.models for process in model.processes}

    def decision(self, name: str) -> DecisionFile | None:
        """The file that holds a decision."""
        return next((file for file in self.decisions if name in file.decisions), None)

    def form(self, name: str) -> Form | None:
        """The form of an id."""
        return next((form for form in self.forms if form.id == name), None)

    @property
    def decision_ids(self) -> set[str]:
        """Every decision."""
        return {name for file in self.decisions for name in file.decisions}


def load(folder: Path) -> Project:
    """Reads a project; a folder that itself holds model files is taken for all of them together."""
    project = Project(folder, tables=tables.load(folder), workers=all_workers())
    for path in found(folder, "bpmn", "bpmn"):
        _model(project, path)
    project.decisions = [decisions.load(path, path.read_bytes()) for path in found(folder, "dmn", "dmn")]
    for path in found(folder, "forms", "form"):
        _form(project, path)
    for path, problem in project.tables.problems:
        project.broken.append(Finding(rule="table", file=path, what=problem, fix="See the comment at its head"))
    return project


def found(folder: Path, name: str, ending: str) -> list[Path]:
    """The files of a kind: in their own folder, else directly in this one."""
    return sorted((folder / name).glob(f"*.{ending}")) or sorted(folder.glob(f"*.{ending}"))


def _model(project: Project, path: Path) -> None:
    try:
        model = Model(path, path.read_bytes())
    except etree.XMLSyntaxError as error:
        project.broken.append(
            Finding(rule="file", file=path, line=error.lineno or 1, what=f"The file is no XML: {error.msg}")
        )
        return
    if not model.processes:
        project.broken.append(Finding(rule="file", file=path, what="The file holds no process"))
        return
    project.models.append(model)


def _form(project: Project, path: Path) -> None:
    try:
        project.forms.append(forms.load(path, path.read_text(encoding="utf-8")))
    except ValueError as error:
        project.broken.append(Finding(rule="file", file=path, what=f"The form is no JSON: {error}"))
