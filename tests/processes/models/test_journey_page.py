"""The analyst's page names what the models hold."""

from __future__ import annotations

from pathlib import Path

from zeebelet.testing.drawing import draw

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "journey.md").read_text()


def test_the_page_names_every_human_task_message_and_form(model, read):
    """Who looks up a task of Tasklist or a message finds it."""
    tasks = {t.get("id") for t in model.all("userTask")}
    forms = {read.zeebe(t, "formDefinition").get("formId") for t in model.all("userTask")}
    messages = {model.message_of(n) for n in model.nodes} - {None}
    assert [word for word in tasks | forms | messages if word not in PAGE] == []


def test_the_page_shows_every_process(model):
    """Each process has its picture and a link to its file."""
    assert f"pictures/{model.path.stem}.svg" in PAGE
    assert f"../bpmn/{model.path.name}" in PAGE


def test_the_pictures_show_the_models(model):
    """A picture is as new as its model: `fsm draw` would write the same file, with every element in it."""
    picture = (DOCS / "pictures" / f"{model.path.stem}.svg").read_text()
    missing = [n.get("id") for n in model.nodes if f'data-element-id="{n.get("id")}"' not in picture]
    assert missing == []
    assert picture == draw(model.path.read_bytes()) + "\n", "run `fsm draw`"
