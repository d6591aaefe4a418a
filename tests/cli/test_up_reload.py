"""`fsm up --reload` while the stack starts."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from workers.cli import up as module
from workers.cli.watching import Watch


def test_a_model_saved_while_the_stack_starts_is_deployed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Saved after the first deployment read it and before anybody looked for changes: it is noticed at the first looks."""
    model = tmp_path / "dmn" / "a.dmn"
    model.parent.mkdir()
    model.write_text("first")
    stack = SimpleNamespace(settings=SimpleNamespace(models=tmp_path), processes={})
    noticed: list[Path] = []

    def deploy(*_: Any) -> list[str]:
        model.write_text("saved in the meantime, and longer")
        return []

    def look_twice(watches: Iterable[Watch], _: Any) -> None:
        for watch in watches:
            watch.tick()
            watch.tick()

    monkeypatch.setattr(module, "LocalStack", lambda **_: contextlib.nullcontext(stack))
    monkeypatch.setattr(module, "build", lambda _: contextlib.nullcontext(None))
    monkeypatch.setattr(module, "can_keep", lambda _: False)
    monkeypatch.setattr(module, "addresses", lambda _: {})
    monkeypatch.setattr(module, "deploy_models", deploy)
    monkeypatch.setattr(module, "watch", look_twice)
    monkeypatch.setattr(module, "_deploy", lambda _, files: noticed.extend(files))
    monkeypatch.setattr("signal.signal", lambda *_: None)
    module.up(platform_too=False, reload=True, data_dir=tmp_path, as_json=True)
    assert noticed == [model]
