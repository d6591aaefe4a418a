"""Pictures of decision tables and forms: everything that is asked and answered is in them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lxml import etree

from workers.settings import MODELS
from workers.workshop.drawn.forms import form_picture
from workers.workshop.drawn.page import wrapped
from workers.workshop.drawn.tables import DMN, table_picture

TABLES = sorted((MODELS / "dmn").glob("*.dmn"))
FORMS = sorted((MODELS / "forms").glob("*.form"))


def shown(svg: str) -> str:
    """The picture's words without breaks; it must be well-formed."""
    root = etree.fromstring(svg.encode())
    return "".join("".join(node.itertext()) for node in root.iter("{*}text")).replace(" ", "")


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_every_cell_of_a_table_is_drawn(path: Path) -> None:
    """Inputs, outputs and notes of all rows stand in the picture, in words an analyst finds in Modeler."""
    source = path.read_bytes()
    words = shown(table_picture(source))
    root = etree.fromstring(source)
    for kind in ("inputEntry", "outputEntry"):
        for cell in root.iter(f"{DMN}{kind}"):
            assert "".join((cell.findtext(f"{DMN}text") or "-").split()) in "".join(words.split())


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_every_field_of_a_form_is_drawn(path: Path) -> None:
    """Labels and choices of all fields stand in the picture."""
    words = shown(form_picture(path.read_bytes()))
    for component in json.loads(path.read_text())["components"]:
        labels = [component.get("label") or "", *(choice["label"] for choice in component.get("values") or [])]
        assert all(label.replace(" ", "") in words for label in labels)


def test_what_is_unknown_or_hostile_is_still_a_picture() -> None:
    """An unknown component, a text with markup and an empty table draw something well-formed."""
    form = {"id": "f", "components": [{"type": "hologram", "label": "<b>&"}, {"type": "text", "text": "<script>"}]}
    assert "<b>&" in shown(form_picture(json.dumps(form).encode()))
    empty = f'<definitions xmlns="{DMN[1:-1]}" id="d"><decision id="x"><decisionTable/></decision></definitions>'
    assert "x·hitpolicyUNIQUE" in shown(table_picture(empty.encode()))
    assert wrapped("", 10) == [""]
