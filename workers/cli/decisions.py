"""`fsm dmn`: the engine's command, with the models of this platform where the folder here has none."""

from __future__ import annotations

import os
from pathlib import Path

MODELS = Path(__file__).resolve().parents[2] / "dmn"
if not Path("dmn").is_dir():
    os.environ.setdefault("ZEEBELET_DMN", str(MODELS))

from zeebelet.cli.dmn import app  # noqa: E402 - the folder is set before the command reads it

__all__ = ["app"]
