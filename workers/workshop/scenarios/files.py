"""Reads scenario files. A mistake is told with file, place and what was expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from workers.workshop.scenarios.format import Scenario
from workers.workshop.scenarios.play import Repertoire
from workers.workshop.scenarios.sales import BaseOrder

ORDERS = "orders.yaml"
MODELS = (("bpmn", "*.bpmn"), ("dmn", "*.dmn"), ("forms", "*.form"))


class UnreadableScenario(ValueError):
    """Expected a scenario file, but found something else."""


class _Loader(yaml.SafeLoader):
    """YAML whose dates stay text: files write local times, and `2027-01-28 06:00` must not become UTC."""


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in rows if tag != "tag:yaml.org,2002:timestamp"]
    for letter, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_scenario(path: Path) -> Scenario:
    """One file. Raises `UnreadableScenario`."""
    try:
        return Scenario.model_validate(_loaded(path))
    except ValidationError as error:
        raise UnreadableScenario(f"{path.name}: {_faults(error)}") from None


def read_scenarios(folder: Path, names: Sequence[str] = ()) -> list[Scenario]:
    """All scenarios of a folder in the order of their files, or those that are named (`S1`, `S01`, a file's name)."""
    files = [path for path in sorted(folder.glob("*.yaml")) if path.name != ORDERS]
    found = {path: read_scenario(path) for path in files}
    chosen = [s for path, s in found.items() if not names or any(_is_meant(name, path, s) for name in names)]
    missing = [name for name in names if not any(_is_meant(name, path, s) for path, s in found.items())]
    if missing:
        known = ", ".join(scenario.scenario for scenario in found.values())
        raise UnreadableScenario(f"Expected scenarios of {folder} ({known}), but found no {', '.join(missing)}")
    return chosen


def read_repertoire(folder: Path, models: Path) -> Repertoire:
    """The base orders of `orders.yaml` and the model files of a repository."""
    try:
        bases = TypeAdapter(Mapping[str, BaseOrder]).validate_python(_loaded(folder / ORDERS))
    except ValidationError as error:
        raise UnreadableScenario(f"{ORDERS}: {_faults(error)}") from None
    files = [path for place, pattern in MODELS for path in sorted((models / place).glob(pattern))]
    return Repertoire(files, bases)


def _is_meant(name: str, path: Path, scenario: Scenario) -> bool:
    return name.upper() == scenario.scenario or name in (path.name, path.stem) or _plain(name) == scenario.scenario


def _plain(name: str) -> str:
    letters = name.rstrip("0123456789")
    digits = name[len(letters) :].lstrip("0")
    return f"{letters.upper()}{digits}"


def _loaded(path: Path) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a safe loader without dates
    except yaml.YAMLError as error:
        raise UnreadableScenario(f"{path.name}: Expected YAML, but {error}") from None


def _faults(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'file'}: {fault['msg']}" for fault in error.errors())
