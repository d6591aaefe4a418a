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


SHEETS = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
  id="d" targetNamespace="x">
<bpmn:process id="deep" name="Deep" isExecutable="true"><bpmn:startEvent id="go"/>
<bpmn:subProcess id="part" name="A part"><bpmn:startEvent id="in"/><bpmn:userTask id="look" name="Look">
<bpmn:extensionElements><zeebe:userTask/></bpmn:extensionElements></bpmn:userTask>
<bpmn:sequenceFlow id="g2" sourceRef="in" targetRef="look"/></bpmn:subProcess>
<bpmn:sequenceFlow id="g1" sourceRef="go" targetRef="part"/></bpmn:process>
<bpmndi:BPMNDiagram id="a"><bpmndi:BPMNPlane id="pa" bpmnElement="deep">
<bpmndi:BPMNShape id="h1" bpmnElement="go"><dc:Bounds x="0" y="20" width="36" height="36"/></bpmndi:BPMNShape>
<bpmndi:BPMNShape id="h2" bpmnElement="part" isExpanded="false"><dc:Bounds x="90" y="0" width="100" height="80"/>
</bpmndi:BPMNShape>
</bpmndi:BPMNPlane></bpmndi:BPMNDiagram><bpmndi:BPMNDiagram id="b"><bpmndi:BPMNPlane id="pb" bpmnElement="part">
<bpmndi:BPMNShape id="h3" bpmnElement="in"><dc:Bounds x="0" y="20" width="36" height="36"/></bpmndi:BPMNShape>
<bpmndi:BPMNShape id="h4" bpmnElement="look"><dc:Bounds x="90" y="0" width="100" height="80"/></bpmndi:BPMNShape>
</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>"""


@pytest.fixture
def deep(engine: str) -> str:
    """An instance that waits inside a collapsed sub-process."""
    httpx.post(f"{engine}/v2/deployments", files={"resources": ("deep.bpmn", SHEETS.encode())}).raise_for_status()
    started = httpx.post(f"{engine}/v2/process-instances", json={"processDefinitionId": "deep"}).raise_for_status()
    return str(started.json()["processInstanceKey"])


def test_a_collapsed_sub_process_opens_on_its_own_sheet(browser: Any, deep: str) -> None:
    """The process's sheet shows it closed with its token; a click on it, or on the list of sheets, shows what is inside."""
    page = browser.open(f"/console/instances/{deep}")
    sheets = page.cssselect("nav.sheets a")
    assert [link.text_content().strip() for link in sheets] == ["Deep", "A part 1"]
    assert page.cssselect("svg title")[0].text_content().endswith("part)")
    assert "Look" not in page.cssselect("svg.diagram")[0].text_content()
    inside = next(a.get("href") for a in page.cssselect("svg a") if a.get("aria-label") == "A part")
    assert inside == sheets[1].get("href")
    page = browser.open(inside)
    assert page.cssselect("svg.diagram")[0].get("aria-label") == "Deep: A part"
    assert "Look" in page.cssselect("svg.diagram")[0].text_content()
    assert [text.text_content() for text in page.cssselect(".badge.token text")] == ["1"]


def test_the_sheet_of_a_chosen_element_is_shown(browser: Any, deep: str) -> None:
    """A link to an element shows it, wherever it is drawn."""
    page = browser.open(f"/console/instances/{deep}?element=look&tab=timeline")
    assert page.cssselect("svg.diagram")[0].get("aria-label") == "Deep: A part"


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
