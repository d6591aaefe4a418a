"""One page for all scenarios: the way each took in the diagrams, and its timeline. It needs nothing but a browser."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from lxml import etree

from workers.workshop.scenarios.parts import BPMN
from workers.workshop.scenarios.play import Played
from zeebelet.testing.drawing import draw


def write_page(folder: Path, played: Sequence[Played], models: Sequence[Path]) -> Path:
    """Writes `index.html` into the folder; returns it."""
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "index.html"
    page.write_text(page_of(played, models), encoding="utf-8")
    return page


def page_of(played: Sequence[Played], models: Sequence[Path]) -> str:
    """The page: every diagram once, and which elements each scenario passed."""
    frame = files(__package__).joinpath("page.html").read_text(encoding="utf-8")
    # Inside a script element only `</` could end it.
    data = json.dumps([_entry(one) for one in played], ensure_ascii=False).replace("</", "<\\/")
    return frame.replace("<!--DIAGRAMS-->", "".join(_diagrams(models))).replace("<!--DATA-->", data)


def _entry(played: Played) -> dict[str, Any]:
    broken = [f"{name}: {text}" for name, texts in played.broken.items() for text in texts]
    return {
        "scenario": played.scenario.scenario,
        "title": played.scenario.title,
        "result": played.word,
        "problems": [*played.problems, *broken],
        "waitsFor": list(played.waits_for),
        "passed": {name: sorted(ids) for name, ids in played.passed.items()},
        "timeline": list(_lines(played)),
    }


def _lines(played: Played) -> Iterator[tuple[str, str, str, str]]:
    for line in played.timeline:
        assert played.country is not None, "a played scenario has a country"
        yield f"{played.country.local(line.at):%a %Y-%m-%d %H:%M:%S}", line.kind, line.who, line.what


def _diagrams(models: Sequence[Path]) -> Iterator[str]:
    for path in (path for path in models if path.suffix == ".bpmn"):
        source = path.read_bytes()
        process = next(etree.fromstring(source).iter(f"{BPMN}process"))
        ident = html.escape(str(process.get("id")))
        yield f'<section data-process="{ident}"><h3>{ident}</h3>{draw(source, ())}</section>'
