"""Reads `forms/messages/`: one YAML file per template, and `common/` for what they share."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from adapters.texts import wire
from workers.domain import message_checks
from workers.domain.message_checks import Finding
from workers.domain.messages import Catalogue, Template
from workers.ports.errors import Misconfigured

F = TypeVar("F", bound=BaseModel)
FOLDER = Path("forms") / "messages"


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Plain YAML values only, and no key twice: the second would silently win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            raise yaml.constructor.ConstructorError(None, None, f"key '{twice}' is there twice", node.start_mark)
        return super().construct_mapping(node, deep=True)  # type: ignore[no-any-return]


def load(models: Path) -> Catalogue:
    """The catalogue of the models' folder. Raises `Misconfigured` with everything that is wrong."""
    catalogue, findings = read(models)
    if findings or catalogue is None:
        told = "; ".join(str(finding) for finding in findings[:5])
        raise Misconfigured(f"Expected usable message texts in {models / FOLDER}, but: {told}")
    return catalogue


def read(models: Path) -> tuple[Catalogue | None, list[Finding]]:
    """The catalogue, and all that is wrong with it; no catalogue when what all templates share cannot be read."""
    folder, findings = models / FOLDER, list[Finding]()
    variables = _file(folder / "common" / "variables.yaml", wire.VariablesFile, findings)
    words = _file(folder / "common" / "words.yaml", wire.WordsFile, findings)
    letters = _file(folder / "common" / "letters.yaml", wire.LettersFile, findings)
    templates = _templates(folder, findings)
    if variables is None or words is None or letters is None:
        return None, findings
    catalogue = Catalogue(
        templates=templates,
        variables={name: entry.value(name) for name, entry in variables.variables.items()},
        words=words.words,
        letters={who: {lang: x.value() for lang, x in told.items()} for who, told in letters.letters.items()},
        patterns={language: entry.value() for language, entry in letters.patterns.items()},
        half_days=letters.half_days,
        preparation=variables.preparation,
    )
    return catalogue, [*findings, *message_checks.check(catalogue)]


def _templates(folder: Path, findings: list[Finding]) -> Mapping[str, Template]:
    found: dict[str, Template] = {}
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        findings.append(Finding(str(FOLDER), "", f"Expected templates in {folder}, but there are none."))
    for path in paths:
        file = _file(path, wire.TemplateFile, findings)
        if file is None:
            continue
        if file.template != path.stem:
            problem = f"Expected the name of the file, '{path.stem}', but it is '{file.template}'."
            findings.append(Finding(f"messages/{path.name}", "template", problem))
        found[file.template] = file.value()
    return found


def _file(path: Path, shape: type[F], findings: list[Finding]) -> F | None:
    name = path.relative_to(path.parents[2 if path.parent.name == "common" else 1]).as_posix()
    try:
        return shape.model_validate(yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader))  # noqa: S506 - a SafeLoader
    except (OSError, UnicodeDecodeError) as error:
        findings.append(Finding(name, "", f"Expected a file that can be read, but: {type(error).__name__}"))
    except yaml.YAMLError as error:
        findings.append(Finding(name, "", f"Expected YAML, but: {' '.join(str(error).split())}"))
    except ValidationError as error:
        for one in error.errors():
            where = ".".join(str(part) for part in one["loc"])
            findings.append(Finding(name, where, one["msg"]))
    return None
