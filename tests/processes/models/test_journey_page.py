"""The analyst's page names what the models hold."""

from __future__ import annotations

from pathlib import Path

from zeebelet.testing.drawing import sheets

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "journey.md").read_text()


def test_the_page_names_every_human_task_message_and_form(model, read):
    """Who looks up a task of Tasklist or a message finds it."""
    tasks = {t.get("id") for t in model.all("userTask")}
    forms = {read.zeebe(t, "formDefinition").get("formId") for t in model.all("userTask")}
    messages = {model.message_of(n) for n in model.nodes} - {None}
    assert [word for word in tasks | forms | messages if word not in PAGE] == []


def test_the_page_shows_every_process(model):
    """Each process has the picture of each of its sheets and a link to its file."""
    assert [name for name in drawn(model) if f"pictures/{name}" not in PAGE] == []
    assert f"../bpmn/{model.path.name}" in PAGE


def test_the_pictures_show_the_models(model):
    """Pictures are as new as their model: `fsm draw` would write the same files, with every element in one of them."""
    wanted = drawn(model)
    pictures = {name: (DOCS / "pictures" / name).read_text() for name in wanted}
    missing = [n.get("id") for n in model.nodes if f'data-element-id="{n.get("id")}"' not in "".join(pictures.values())]
    assert missing == []
    assert pictures == wanted, "run `fsm draw`"


def drawn(model):
    """The pictures of a model by the name of their file."""
    stem = model.path.stem
    parts = enumerate(sheets(model.path.read_bytes()).items())
    return {f"{stem}.{sheet}.svg" if number else f"{stem}.svg": svg + "\n" for number, (sheet, svg) in parts}
