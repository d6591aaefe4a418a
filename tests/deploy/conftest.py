"""The programs under deploy/ as modules: they are no package."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def program(path: str) -> ModuleType:
    """A program by its file."""
    spec = importlib.util.spec_from_file_location(f"deploy_{Path(path).stem}", ROOT / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def check() -> ModuleType:
    return program("deploy/check.py")


@pytest.fixture(scope="session")
def cost() -> ModuleType:
    return program("deploy/cost/cost.py")


@pytest.fixture(scope="session")
def generate() -> ModuleType:
    return program("deploy/datadog/generate.py")
