"""The small fakes of the task tests, so that the suites here hold them to the same promises as the real adapters."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

FAKES = Path(__file__).parents[1] / "tasks" / "conftest.py"


@pytest.fixture(scope="session")
def fakes() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fakes_of_task_tests", FAKES)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
