"""Tasks in the console: found, claimed, filled in and completed without a script."""

from __future__ import annotations

import json
from typing import Any

import httpx


def variables(engine: str, instance: str) -> dict[str, Any]:
    """An instance's variables."""
    found = httpx.post(f"{engine}/v2/variables/search", json={"filter": {"processInstanceKey": instance}}).json()[
        "items"
    ]
    return {item["name"]: json.loads(item["value"]) for item in found}


def test_the_list_shows_open_tasks_and_filters_them(browser: Any, task: str) -> None:
    """A task is listed with its group; another group's list does not have it."""
    assert "Check it" in browser.open("/console/tasks").text_content()
    assert "Check it" in browser.open("/console/tasks?group=ops-FR").text_content()
    assert "No task fits" in browser.open("/console/tasks?group=ops-ES").text_content()


def test_a_claimed_task_is_the_readers(browser: Any, engine: str, task: str) -> None:
    """Claim assigns the task to whom the reader is; giving it back frees it."""
    browser.open(f"/console/tasks/{task}")
    browser.send(browser.form('form[action$="/act/claim"]'))
    assert httpx.get(f"{engine}/v2/user-tasks/{task}").json()["assignee"] == "demo"
    assert "The task is yours" in browser.text
    browser.send(browser.form('form[action$="/act/unclaim"]'))
    assert httpx.get(f"{engine}/v2/user-tasks/{task}").json()["assignee"] is None


def test_variables_in_a_form_are_text(browser: Any, task: str) -> None:
    """What a variable holds is shown, never interpreted as HTML that acts."""
    page = browser.open(f"/console/tasks/{task}")
    assert not page.cssselect("[onerror]")
    assert "Kitchen" in page.cssselect(".words")[0].text_content()


def test_hidden_fields_appear_with_their_condition(browser: Any, task: str) -> None:
    """A field whose hide condition stops to hold is shown after a refresh."""
    page = browser.open(f"/console/tasks/{task}")
    assert not page.cssselect("#f-why")
    page = browser.send(browser.form("#task-form"), "refresh", **{"v.verdict": '"BAD"'})
    assert page.cssselect("#f-why")


def test_a_form_that_is_not_filled_in_is_not_completed(browser: Any, engine: str, task: str) -> None:
    """Missing and short values are told at their fields, and the task stays open."""
    browser.open(f"/console/tasks/{task}")
    browser.send(browser.form("#task-form"), "complete")
    assert browser.answer.status_code == 422
    browser.send(browser.form("#task-form"), "refresh", **{"v.verdict": '"BAD"'})
    browser.send(browser.form("#task-form"), "complete", **{"v.why": "no"})
    assert "Enter at least 5 characters" in browser.text
    assert httpx.get(f"{engine}/v2/user-tasks/{task}").json()["state"] == "CREATED"


def test_completion_sends_what_visible_fields_hold(browser: Any, engine: str, task: str, instance: str) -> None:
    """Hidden fields are left out, numbers are numbers, items of lists are objects."""
    browser.open(f"/console/tasks/{task}")
    browser.send(browser.form("#task-form"), "add lines", **{"v.verdict": '"GOOD"'})
    browser.send(browser.form("#task-form"), "add lines", **{"v.count.0": "2"})
    browser.send(browser.form("#task-form"), "remove lines 0", **{"v.count.1": "3,5"})
    browser.send(browser.form("#task-form"), "complete")
    assert "Check it: done" in browser.text
    assert variables(engine, instance)["review"] == {"verdict": "GOOD", "lines": [{"count": 3.5}]}


def test_a_choice_that_is_no_option_is_dropped(browser: Any, task: str) -> None:
    """A value the form does not offer counts as no answer."""
    browser.open(f"/console/tasks/{task}")
    browser.send(browser.form("#task-form"), "complete", **{"v.verdict": '"EVIL"'})
    assert browser.answer.status_code == 422
