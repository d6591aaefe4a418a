"""The command line in this process: `fsm("orders", "list")` gives exit code, standard output and standard error."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import NamedTuple, TypeAlias

import pytest

from workers import settings, standins
from workers.cli import COMMANDS, app, console
from workers.cli.console import reported

# Before any test has a thread: pytest parses what is imported anew, and CPython 3.11 cannot parse in two threads at once
# (python/cpython#106905).
for module, _ in COMMANDS.values():
    import_module(module)


class Ended(NamedTuple):
    """How a command ended; lines the console broke are one again."""

    code: int
    out: str
    err: str


Fsm: TypeAlias = Callable[..., Ended]


@pytest.fixture
def stack_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test's stack file would be; the environment says nothing about the platform."""
    for name in [name for name in os.environ if name.startswith("FSM_")]:
        monkeypatch.delenv(name)
    path = tmp_path / "stack" / "stack.json"
    for module in (settings, standins):
        monkeypatch.setattr(module, "STACK_FILE", path)
    return path


@pytest.fixture
def fsm(stack_file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Fsm:
    """Calls the command as `fsm` does."""
    # Wide enough for any path: a console folds longer words in the middle.
    monkeypatch.setattr(console.err, "width", 1000)
    monkeypatch.setattr(console.out, "width", 1000)

    def call(*arguments: str) -> Ended:
        with pytest.raises(SystemExit) as ended, reported():
            app(list(arguments), prog_name="fsm")
        told = capsys.readouterr()
        code = ended.value.code
        return Ended(code if isinstance(code, int) else int(code is not None), *map(_joined, told))

    return call


def _joined(text: str) -> str:
    return " ".join(text.split())
