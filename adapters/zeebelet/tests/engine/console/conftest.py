"""A running engine, and a browser without scripts: forms are found in pages and sent as a browser sends them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from lxml import html

from zeebelet.server import EngineThread, ServerOptions

PROCESS = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
  xmlns:di="http://www.omg.org/spec/DD/20100524/DI" id="d" targetNamespace="x">
<bpmn:process id="review" name="Review &lt;order&gt;" isExecutable="true"><bpmn:startEvent id="begin"/>
<bpmn:userTask id="check" name="Check it"><bpmn:extensionElements><zeebe:userTask/><zeebe:formDefinition formId="check"/>
<zeebe:assignmentDefinition candidateGroups="ops-FR"/></bpmn:extensionElements></bpmn:userTask>
<bpmn:serviceTask id="store" name="Store it"><bpmn:extensionElements><zeebe:taskDefinition type="store"/></bpmn:extensionElements>
</bpmn:serviceTask><bpmn:endEvent id="end"/><bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="check"/>
<bpmn:sequenceFlow id="f2" sourceRef="check" targetRef="store"/><bpmn:sequenceFlow id="f3" sourceRef="store" targetRef="end"/>
</bpmn:process><bpmndi:BPMNDiagram id="g"><bpmndi:BPMNPlane id="p" bpmnElement="review">
<bpmndi:BPMNShape id="s1" bpmnElement="begin"><dc:Bounds x="0" y="20" width="36" height="36"/></bpmndi:BPMNShape>
<bpmndi:BPMNShape id="s2" bpmnElement="check"><dc:Bounds x="90" y="0" width="100" height="80"/></bpmndi:BPMNShape>
<bpmndi:BPMNShape id="s3" bpmnElement="store"><dc:Bounds x="240" y="0" width="100" height="80"/></bpmndi:BPMNShape>
<bpmndi:BPMNEdge id="e1" bpmnElement="f1"><di:waypoint x="36" y="38"/><di:waypoint x="90" y="38"/></bpmndi:BPMNEdge>
</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>"""
FORM = {
    "id": "check",
    "type": "default",
    "components": [
        {"type": "text", "id": "words", "text": "### {{order.name}}"},
        {
            "type": "radio",
            "id": "verdict",
            "key": "review.verdict",
            "label": "Verdict",
            "values": [{"label": "Good", "value": "GOOD"}, {"label": "Bad", "value": "BAD"}],
            "validate": {"required": True},
        },
        {
            "type": "textarea",
            "id": "why",
            "key": "review.why",
            "label": "Why",
            "conditional": {"hide": '=review.verdict != "BAD"'},
            "validate": {"required": True, "minLength": 5},
        },
        {
            "type": "dynamiclist",
            "id": "lines",
            "path": "review.lines",
            "label": "Lines",
            "defaultRepetitions": 0,
            "components": [{"type": "number", "id": "count", "key": "count", "label": "Count", "validate": {"min": 1}}],
        },
    ],
}


class Browser:
    """Keeps cookies, follows what forms say, runs no scripts."""

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(base_url=address, follow_redirects=True)
        self.answer: httpx.Response

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *failure: object) -> None:
        self.http.close()

    def open(self, path: str) -> Any:
        """Loads a page."""
        self.answer = self.http.get(path)
        return self.page

    @property
    def page(self) -> Any:
        """The page as a tree."""
        return html.fromstring(self.answer.text)

    @property
    def text(self) -> str:
        """What a reader sees, roughly."""
        return " ".join(self.page.text_content().split())

    def send(self, form: Any, press: str = "", **typed: Any) -> Any:
        """Sends a form with some fields filled in, as if a button were pressed."""
        fields: list[tuple[str, str]] = [(name, value) for name, value in form.form_values() if name not in typed]
        fields += [
            (name, value) for name, given in typed.items() for value in (given if isinstance(given, list) else [given])
        ]
        if press:
            fields.append(("_action", press))
        url = str(self.answer.url.join(form.get("action") or str(self.answer.url)))
        content = httpx.QueryParams(fields)
        self.answer = self.http.request(form.method, url, content=str(content), headers=_FORM)
        return self.page

    def form(self, selector: str) -> Any:
        """A form of the page."""
        return self.page.cssselect(selector)[0]


_FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def engine() -> Iterator[str]:
    """The address of an engine that knows the process and its form."""
    with EngineThread(ServerOptions(grpc_port=0, http_port=0)) as thread:
        files = [("resources", ("r.bpmn", PROCESS.encode())), ("resources", ("check.form", json.dumps(FORM).encode()))]
        httpx.post(f"{thread.addresses.http}/v2/deployments", files=files).raise_for_status()
        yield thread.addresses.http


@pytest.fixture
def browser(engine: str) -> Iterator[Browser]:
    """Somebody who opens pages."""
    with Browser(engine) as opened:
        yield opened


@pytest.fixture
def instance(engine: str) -> str:
    """The key of a running instance."""
    body = {"processDefinitionId": "review", "variables": {"order": {"name": "<img src=x onerror=alert(1)>Kitchen"}}}
    key: str = httpx.post(f"{engine}/v2/process-instances", json=body).json()["processInstanceKey"]
    return key


@pytest.fixture
def task(engine: str, instance: str) -> str:
    """The key of its task."""
    body = {"filter": {"processInstanceKey": instance}}
    key: str = httpx.post(f"{engine}/v2/user-tasks/search", json=body).json()["items"][0]["userTaskKey"]
    return key
