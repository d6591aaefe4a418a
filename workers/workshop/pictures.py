"""Pictures of the models for the documentation, drawn from their own layout."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from zeebelet.testing.drawing import draw

FOLDER = Path("docs/pictures")


def pictures(models: Path, into: Path) -> dict[Path, str]:
    """The text of every picture of a folder with `bpmn/`, by the file it belongs in."""
    return {into / f"{path.stem}.svg": _drawn(path.read_bytes()) for path in sorted((models / "bpmn").glob("*.bpmn"))}


@lru_cache(maxsize=64)
def _drawn(source: bytes) -> str:
    return draw(source) + "\n"


def outdated(wanted: dict[Path, str]) -> list[Path]:
    """The pictures that are missing or show an older model."""
    return [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
