"""Pictures of the models for the documentation: processes from their own layout, decision tables and forms as they are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

from workers.workshop.drawn.forms import form_picture
from workers.workshop.drawn.tables import table_picture
from zeebelet.testing.drawing import sheets

FOLDER = Path("docs/pictures")


def pictures(models: Path, into: Path) -> dict[Path, str]:
    """The text of every picture of a folder with `bpmn/`, `dmn/` and `forms/`, by the file it belongs in.

    A process has one per sheet: `name.svg` shows the process, `name.SubProcess.svg` what is inside a collapsed sub-process.
    """
    return {
        into / place / f"{path.stem}{part}.svg": text
        for place, (pattern, _) in KINDS.items()
        for path in sorted((models / pattern).parent.glob(Path(pattern).name))
        for part, text in _drawn(place, path.read_bytes()).items()
    }


def _sheets(source: bytes) -> dict[str, str]:
    """By what the file's name ends with."""
    drawn = enumerate(sheets(source).items())
    return {f".{name}" if number else "": f"{svg}\n" for number, (name, svg) in drawn}


KINDS: Mapping[str, tuple[str, Callable[[bytes], dict[str, str]]]] = {
    "": ("bpmn/*.bpmn", _sheets),
    "decisions": ("dmn/*.dmn", lambda source: {"": table_picture(source)}),
    "forms": ("forms/*.form", lambda source: {"": form_picture(source)}),
}


@lru_cache(maxsize=256)
def _drawn(place: str, source: bytes) -> dict[str, str]:
    return KINDS[place][1](source)


def outdated(wanted: dict[Path, str]) -> list[Path]:
    """The pictures that are missing or show an older model."""
    return [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
