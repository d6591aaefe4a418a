"""`fsm dmn`: the engine's command, with the models of this platform where the folder here has none."""

from __future__ import annotations

import os
from pathlib import Path

from workers.settings import MODELS

if not Path("dmn").is_dir():
    os.environ.setdefault("ZEEBELET_DMN", str(MODELS / "dmn"))

from zeebelet.cli.dmn import app

__all__ = ["app"]
