"""The console's other pages: incidents, processes, decisions, what is waited for, the clock, and live updates."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

DECISION = b"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="drg" name="Fees" namespace="x">
<decision id="fee" name="Fee">
<decisionTable id="t" hitPolicy="FIRST"><input id="i" label="Hours"><inputExpression id="ie" typeRef="number"><text>hours</text>
</inputExpression></input><output id="o" name="percent" typeRef="number"/>
<rule id="r1"><inputEntry id="a"><text>&lt; 2</text></inputEntry><outputEntry id="b"><text>50</text></outputEntry></rule>
<rule id="r2"><inputEntry id="c"><text>-</text></inputEntry><outputEntry id="d"><text>0</text></outputEntry></rule>
</decisionTable></decision></definitions>"""
TIMER = b"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="x"><bpmn:process id="wait"
 isExecutable="true"><bpmn:startEvent id="s"/><bpmn:intermediateCatchEvent id="pause"><bpmn:timerEventDefinition id="te">
<bpmn:timeDuration>P3D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent><bpmn:endEvent id="e"/>
<bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="pause"/><bpmn:sequenceFlow id="f2" sourceRef="pause" targetRef="e"/>
</bpmn:process></bpmn:definitions>"""
PAGES = (
    "tasks",
    "instances",
    "incidents",
    "processes",
    "decisions",
    "waiting?tab=jobs",
    "waiting?tab=messages",
    "waiting?tab=timers",
    "clock",
)


def deploy(engine: str, name: str, content: bytes) -> dict[str, Any]:
    """Deploys a file; returns what it became."""
    answer = httpx.post(f"{engine}/v2/deployments", files=[("resources", (name, content))])
    made: dict[str, Any] = answer.json()["deployments"][0]
    return made


@pytest.fixture
def incident(engine: str, task: str) -> str:
    """The key of an incident: the job after the task failed for good."""
    httpx.post(f"{engine}/v2/user-tasks/{task}/completion", json={})
    wanted = {"type": "store", "worker": "w", "timeout": 60_000, "maxJobsToActivate": 1}
    job = httpx.post(f"{engine}/v2/jobs/activation", json=wanted).json()["jobs"][0]["jobKey"]
    httpx.post(f"{engine}/v2/jobs/{job}/failure", json={"retries": 0, "errorMessage": "The shelf <is> full"})
    key: str = httpx.post(f"{engine}/v2/incidents/search", json={}).json()["items"][0]["incidentKey"]
    return key


@pytest.mark.parametrize("path", PAGES)
def test_every_page_of_the_menu_loads(browser: Any, instance: str, path: str) -> None:
    """Nothing in the menu is missing, with data or without."""
    browser.open(f"/console/{path}")
    assert browser.answer.status_code == 200
    assert browser.page.cssselect("main h1")


def test_an_incident_is_tried_again(browser: Any, engine: str, incident: str) -> None:
    """One button gives the job a retry and resolves the incident; both requests are shown."""
    page = browser.open("/console/incidents")
    assert "The shelf <is> full" in page.text_content()
    form = browser.form('form[action$="/act/retry"]')
    assert form.cssselect("pre")[0].text_content().count("curl ") == 2
    browser.send(form)
    assert httpx.get(f"{engine}/v2/incidents/{incident}").json()["state"] == "RESOLVED"


def test_a_definition_shows_where_instances_are(browser: Any, engine: str, instance: str) -> None:
    """The diagram of a version counts tokens; a click leads to the instances there."""
    found = httpx.get(f"{engine}/v2/process-instances/{instance}").json()
    page = browser.open(f"/console/processes/{found['processDefinitionKey']}")
    assert [text.text_content() for text in page.cssselect(".badge.token text")] == ["1"]
    links = [link.get("href") for link in page.cssselect("svg a")]
    assert f"/console/instances?definition={found['processDefinitionKey']}&element=check" in links


def test_an_instance_is_started(browser: Any, engine: str, instance: str) -> None:
    """A start with variables leads to the new instance."""
    key = httpx.get(f"{engine}/v2/process-instances/{instance}").json()["processDefinitionKey"]
    browser.open(f"/console/processes/{key}")
    browser.send(browser.form('form[action$="/act/start"]'), variables='{"order": {"name": "Boiler"}}')
    assert browser.answer.url.path.startswith("/console/instances/")
    assert instance not in browser.answer.url.path


def test_an_instance_is_migrated(browser: Any, engine: str, instance: str) -> None:
    """The elements with a token are mapped to elements of the version that was chosen."""
    from tests.engine.console.conftest import PROCESS

    target = deploy(engine, "r.bpmn", PROCESS.replace('name="Check it"', 'name="Check again"').encode())[
        "processDefinition"
    ]
    browser.open(f"/console/instances/{instance}/migration?target={target['processDefinitionKey']}")
    browser.send(browser.form('form[action$="/act/migrate"]'))
    found = httpx.get(f"{engine}/v2/process-instances/{instance}").json()
    assert found["processDefinitionVersion"] == 2


def test_a_decision_shows_the_rules_that_fired(browser: Any, engine: str) -> None:
    """An evaluation marks the fired rule in the table and tells what went in and out."""
    key = deploy(engine, "fee.dmn", DECISION)["decisionDefinition"]["decisionDefinitionKey"]
    browser.open(f"/console/decisions/{key}")
    browser.send(browser.form('form[action$="/act/evaluate"]'), variables='{"hours": 1}')
    path = browser.open("/console/decisions").cssselect('a[href*="/evaluations/"]')[0].get("href")
    page = browser.open(path)
    fired = page.cssselect("tr.fired")
    assert len(fired) == 1
    assert "< 2" in fired[0].text_content()


def test_timers_are_listed_and_reached(browser: Any, engine: str) -> None:
    """The clock's page lists what is due and moves there; the instance then goes on."""
    deploy(engine, "wait.bpmn", TIMER)
    made = httpx.post(f"{engine}/v2/process-instances", json={"processDefinitionId": "wait"}).json()
    assert "pause" in browser.open("/console/waiting?tab=timers").text_content()
    browser.open("/console/clock")
    forms = [
        form for form in browser.page.cssselect('form[action$="/act/clock-add"]') if "Go there" in form.text_content()
    ]
    browser.send(forms[0])
    assert httpx.get(f"{engine}/v2/process-instances/{made['processInstanceKey']}").json()["state"] == "COMPLETED"


def test_a_tasks_history_tells_who_had_it(browser: Any, task: str) -> None:
    """Creation, claims and their people are listed."""
    browser.open(f"/console/tasks/{task}")
    browser.send(browser.form('form[action$="/act/claim"]'))
    lines = [line.text_content() for line in browser.page.cssselect("#task-history li")]
    assert "created" in lines[0]
    assert "assigned · demo" in lines[1]


def test_pages_hear_of_changes(engine: str, instance: str) -> None:
    """An open page is told soon after something happened."""
    with httpx.stream("GET", f"{engine}/console/events", timeout=20) as events:
        lines = events.iter_lines()
        assert next(lines).startswith("retry")
        httpx.post(f"{engine}/v2/process-instances", json={"processDefinitionId": "review"})
        assert next(line for line in lines if line.startswith("event")) == "event: changed"


def test_a_long_list_comes_in_pages(engine: str, browser: Any) -> None:
    """A page has fifty tasks, says where it is, and leads on."""
    for _ in range(120):
        httpx.post(f"{engine}/v2/process-instances", json={"processDefinitionId": "review"})
    page = browser.open("/console/tasks?page=2")
    assert len(page.cssselect(".cards li")) == 50
    assert "51–100 of 120" in page.text_content()
    assert [link.get("rel") for link in page.cssselect("#task-list nav a")] == ["prev", "next"]
