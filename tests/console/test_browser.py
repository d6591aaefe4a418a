"""People at the console, in a real browser (Debian's Chromium): nobody types a key, everything is found by what is seen.

With FSM_RENEW_PICTURES=1 the pictures of docs/ are made anew.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from zeebelet.server import EngineThread, ServerOptions

REPOSITORY = Path(__file__).parents[2]
PICTURES = REPOSITORY / "docs" / "pictures"
QUIET = (
    "--disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
).split()
ONE_TASK = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
 id="d" targetNamespace="x"><bpmn:process id="{form}" name="{name}" isExecutable="true"><bpmn:startEvent id="s"/>
<bpmn:userTask id="t" name="{name}"><bpmn:extensionElements><zeebe:userTask/><zeebe:formDefinition formId="{form}"/>
<zeebe:assignmentDefinition candidateGroups="{group}"/></bpmn:extensionElements></bpmn:userTask><bpmn:endEvent id="e"/>
<bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="t"/><bpmn:sequenceFlow id="f2" sourceRef="t" targetRef="e"/></bpmn:process>
</bpmn:definitions>"""
WRONG = [{"code": "CONTACT", "field": "customer", "message": "neither e-mail nor telephone"}]
TEAMS = [{"label": "Atelier Nord, team 1", "value": "team-1"}]
RANKED = [{"providerId": "atelier-nord", "teamId": "team-1", "score": 98, "servicePreference": "P1"}]
TASKS = (
    (
        "correct-order",
        "Correct the order",
        "ops-FR",
        {"orderKey": "pyxis:8841200", "countryCode": "FR", "validationErrors": WRONG},
    ),
    (
        "assign-provider",
        "Assign a provider",
        "capacity-FR",
        {"serviceOrderId": "SO-1", "countryCode": "FR", "ranked": RANKED, "teamOptions": TEAMS},
    ),
)
pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def engine() -> Iterator[str]:
    """The models and forms of the repository, two tasks, and an order whose job failed."""
    with EngineThread(ServerOptions(grpc_port=0, http_port=0)) as thread:
        address = thread.addresses.http
        folders = {"bpmn": "*.bpmn", "dmn": "*.dmn", "forms": "*.form"}
        paths = [path for name, pattern in folders.items() for path in sorted((REPOSITORY / name).glob(pattern))]
        files = [("resources", (path.name, path.read_bytes())) for path in paths]
        for form, name, group, _ in TASKS:
            model = ONE_TASK.format(form=form, name=name, group=group).encode()
            files.append(("resources", (f"{form}.bpmn", model)))
        httpx.post(f"{address}/v2/deployments", files=files, timeout=60).raise_for_status()
        for form, _, _, variables in TASKS:
            body = {"processDefinitionId": form, "variables": variables}
            httpx.post(f"{address}/v2/process-instances", json=body).raise_for_status()
        _stuck_orders(address)
        yield address


def _stuck_orders(address: str) -> None:
    for number in (1, 2):
        variables = {"orderKey": f"pyxis:884120{number}", "serviceOrderId": f"id-{number}", "countryCode": "FR"}
        message = {
            "name": "order-created",
            "correlationKey": variables["orderKey"],
            "timeToLive": 60_000,
            "variables": variables,
        }
        httpx.post(f"{address}/v2/messages/publication", json=message).raise_for_status()
    wanted = {"type": "validate-order", "worker": "w", "timeout": 60_000, "maxJobsToActivate": 2}
    for job in httpx.post(f"{address}/v2/jobs/activation", json=wanted).json()["jobs"]:
        text = "Expected an answer of the sales system within 10 s, but none came. Retry when it is back."
        httpx.post(f"{address}/v2/jobs/{job['jobKey']}/failure", json={"retries": 0, "errorMessage": text})


@pytest.fixture(scope="module")
def page(engine: str) -> Iterator[Any]:
    """A page of a browser; what its scripts complain about fails the test."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("Expected Debian's Chromium, but it is not installed: .ci/servers installs it")
    from playwright.sync_api import sync_playwright

    problems: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET, chromium_sandbox=os.geteuid() != 0)
        opened = browser.new_page(viewport={"width": 1280, "height": 820}, base_url=engine)
        opened.on("pageerror", lambda error: problems.append(str(error)))
        yield opened
        browser.close()
    assert not problems


def picture(page: Any, name: str) -> None:
    """Keeps a picture for the docs."""
    if os.environ.get("FSM_RENEW_PICTURES"):
        page.wait_for_timeout(500)
        page.screenshot(path=PICTURES / f"console-{name}.png")


def variable(engine: str, name: str) -> str:
    """A variable's JSON text."""
    found = httpx.post(f"{engine}/v2/variables/search", json={"filter": {"name": name}}).json()["items"]
    return str(found[-1]["value"]) if found else ""


def test_an_operator_corrects_an_order(page: Any, engine: str) -> None:
    """Found in the list, claimed, filled in: a field appears with its decision, a wrong address is told before it is sent."""
    page.goto("/console")
    page.get_by_role("link", name="Correct the order").click()
    page.get_by_role("button", name="Claim").click()
    page.get_by_text("The task is yours").wait_for()
    page.get_by_label("Check again with these corrections").check()
    page.get_by_label("E-mail of the contact").fill("nobody")
    page.get_by_label("Resolution notes").fill("called the customer")
    page.get_by_text("Enter an e-mail address").wait_for()
    picture(page, "tasks")
    page.get_by_label("E-mail of the contact").fill("nobody@example.com")
    page.get_by_role("button", name="Complete task").click()
    page.get_by_text("Correct the order: done").wait_for()
    assert '"email":"nobody@example.com"' in variable(engine, "correction")
    assert '"decision":"RETRY"' in variable(engine, "correction")


def test_capacity_assigns_a_provider(page: Any, engine: str) -> None:
    """The ranking is shown; the team is picked by its name, and what is missing is told at its field."""
    page.goto("/console/tasks?group=capacity-FR")
    page.get_by_role("link", name="Assign a provider").click()
    page.get_by_label("Assign this team").check()
    page.get_by_label("Resolution notes").fill("took the best of the ranking")
    page.locator("#f-Field_Team").wait_for()
    page.get_by_role("button", name="Complete task").click()
    page.get_by_text("not filled in").first.wait_for()
    page.locator("#f-Field_Team").select_option(label="Atelier Nord, team 1")
    page.get_by_role("button", name="Complete task").click()
    page.get_by_text("Assign a provider: done").wait_for()
    assert '"teamId":"team-1"' in variable(engine, "choice")


def test_support_finds_a_stuck_order_and_resumes_it(page: Any, engine: str) -> None:
    """From the list of incidents to the order's diagram, and on with one button; the page follows by itself."""
    page.goto("/console/incidents")
    page.get_by_text("2×").wait_for()
    picture(page, "incidents")
    page.goto("/console/instances")
    page.get_by_label("Variable").fill("orderKey = pyxis:8841201")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Service order journey").click()
    page.get_by_text("Expected an answer of the sales system").wait_for()
    page.locator("a[data-keep]:has(b.incident)").first.click()  # the part of the journey where it stands
    page.locator(".badge.incident").wait_for()
    picture(page, "instance")
    page.get_by_role("button", name="Try again").first.click()
    page.get_by_text("one more try").wait_for()
    assert page.locator(".badge.incident, a[data-keep] b.incident").count() == 0
    assert page.locator(".badge.token, a[data-keep] b.token").count() >= 1


def test_an_open_list_follows_by_itself(page: Any, engine: str) -> None:
    """A task that comes while the list is open appears without a reload."""
    page.goto("/console/tasks?group=ops-FR")
    page.get_by_text("No task fits").wait_for()
    httpx.post(f"{engine}/v2/process-instances", json={"processDefinitionId": "correct-order"})
    found = page.get_by_role("link", name="Correct the order")
    found.wait_for(timeout=15_000)
    assert found.count() == 1


def test_pages_can_be_used_with_the_keyboard(page: Any) -> None:
    """The first stop skips the menu; a stop shows where it is."""
    page.goto("/console/tasks")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
