"""Instances in the console: found by variables, seen in their diagram, changed through the public API."""

from __future__ import annotations

from typing import Any

import httpx
import pytest


def test_an_instance_is_found_by_a_variable(browser: Any, engine: str, instance: str) -> None:
    """The search takes a variable's value, with or without quotes."""
    httpx.put(f"{engine}/v2/element-instances/{instance}/variables", json={"variables": {"orderKey": "pyxis:1"}})
    assert instance in browser.open("/console/instances?variable=orderKey=pyxis:1").text_content()
    assert "No instance fits" in browser.open("/console/instances?variable=orderKey=pyxis:2").text_content()


def test_the_diagram_shows_path_and_token(browser: Any, instance: str) -> None:
    """A passed flow is marked as taken, an element with a token has its badge; names are escaped."""
    page = browser.open(f"/console/instances/{instance}")
    assert page.cssselect(".flow.taken")
    assert [text.text_content() for text in page.cssselect(".badge.token text")] == ["1"]
    assert "Review <order>" in page.cssselect("h1")[0].text_content()


@pytest.mark.parametrize("tab", ["variables", "incidents", "timeline", "called", "waits", "decisions", "change"])
def test_every_part_of_an_instance_has_a_page(browser: Any, instance: str, tab: str) -> None:
    """Each tab loads."""
    browser.open(f"/console/instances/{instance}?tab={tab}")
    assert browser.answer.status_code == 200


def test_a_variable_is_changed(browser: Any, engine: str, instance: str) -> None:
    """A new value is JSON; text that is none is refused with a reason."""
    browser.open(f"/console/instances/{instance}?tab=variables")
    browser.send(browser.form('form[action$="/act/set-variable"]'), value='{"name": "Boiler"}')
    found = httpx.post(f"{engine}/v2/variables/search", json={"filter": {"name": "order"}}).json()["items"]
    assert found[0]["value"] == '{"name":"Boiler"}'
    browser.send(browser.form('form[action$="/act/set-variable"]'), value="Boiler")
    assert "Expected a JSON value" in browser.text


def test_an_instance_is_cancelled(browser: Any, engine: str, instance: str) -> None:
    """Cancelling ends it; the page then offers nothing to change."""
    browser.open(f"/console/instances/{instance}")
    browser.send(browser.form('form[action$="/act/cancel"]'))
    assert httpx.get(f"{engine}/v2/process-instances/{instance}").json()["state"] == "TERMINATED"
    assert not browser.page.cssselect('form[action$="/act/cancel"]')


def test_a_token_is_moved(browser: Any, engine: str, instance: str) -> None:
    """A move takes the token from one element to another."""
    browser.open(f"/console/instances/{instance}?tab=change")
    browser.send(browser.form('form[action$="/act/move"]'), target="store")
    body = {"filter": {"processInstanceKey": instance, "state": "ACTIVE"}}
    found = httpx.post(f"{engine}/v2/element-instances/search", json=body).json()["items"]
    assert [element["elementId"] for element in found] == ["store"]


def test_every_action_shows_its_request(browser: Any, engine: str, instance: str) -> None:
    """Beside a button stands the REST call that does the same."""
    page = browser.open(f"/console/instances/{instance}")
    shown = page.cssselect('form[action$="/act/cancel"] pre')[0].text_content()
    assert shown == f"curl -X POST {engine}/v2/process-instances/{instance}/cancellation"
