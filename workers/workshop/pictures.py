"""Pictures of the models for the documentation, drawn from the files alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

from workers.workshop.drawn.forms import form_picture
from workers.workshop.drawn.tables import table_picture
from zeebelet.testing.drawing import draw

FOLDER = Path("docs/pictures")


def pictures(models: Path, into: Path) -> dict[Path, str]:
    """The text of every picture of a folder with `bpmn/`, `dmn/` and `forms/`, by the file it belongs in."""
    return {
        into / place / f"{path.stem}.svg": _drawn(place, path.read_bytes())
        for place, (pattern, _) in KINDS.items()
        for path in sorted((models / pattern).parent.glob(Path(pattern).name))
    }


KINDS: Mapping[str, tuple[str, Callable[[bytes], str]]] = {
    "": ("bpmn/*.bpmn", lambda source: draw(source) + "\n"),
    "decisions": ("dmn/*.dmn", table_picture),
    "forms": ("forms/*.form", form_picture),
}


@lru_cache(maxsize=256)
def _drawn(place: str, source: bytes) -> str:
    return KINDS[place][1](source)


def outdated(wanted: dict[Path, str]) -> list[Path]:
    """The pictures that are missing or show an older model."""
    return [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
