"""The order's desk on a real PostgreSQL: what each role sees of one order, and who gets in at all."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import httpx
import pytest

from adapters.emulator import LocalServer
from adapters.ping.local import PEOPLE, LocalPing
from adapters.postgres.owners import PostgresOwners
from workers.api.app import make_app
from workers.bootstrap import CamundaDesk, CamundaRest, Database, Platform
from workers.domain import ids
from workers.domain.states import OrderState, VisitState
from workers.domain.values import ServiceType, VisitKind
from workers.domain.visits import Visit
from workers.ports.clock import Clock
from workers.ports.effects import EffectLedger
from workers.ports.errors import Unavailable
from workers.ports.identity import Owners
from workers.settings import ApiSettings, LinkSettings, Settings

CONTACT, MONEY, PAY = "Paul Garnier", "The customer pays", "The provider gets"
LINKS = LinkSettings(
    customer="https://c.example",
    provider="https://p.example",
    tasklist="https://t.example",
    operate="https://o.example",
)


class Camunda:
    """One journey with one task, one incident and one timer; or nobody answers."""

    down = False

    def __init__(self):
        self.resolved = []

    def roots_of(self, order_key):
        if self.down:
            raise Unavailable("Camunda does not answer", system="camunda")
        return [{"processInstanceKey": "77"}]

    def family(self, key):
        return [{"processInstanceKey": key}]

    def waiting(self, key):
        task = {"name": "Find a slot", "candidateGroups": ["ops-FR"], "elementId": "t", "userTaskKey": "5"}
        return {
            "tasks": [{**task, "dueDate": "2027-01-12T09:00:00Z"}],
            "incidents": [self.incident("9")],
            "timers": [],
            "messages": [{"messageName": "order-updated", "elementId": "e", "messageSubscriptionKey": "1"}],
            "jobs": [],
        }

    def incident(self, key):
        told = {"errorMessage": "Acrobat Sign answers 503", "errorType": "JOB_NO_RETRIES", "elementId": "SendContract"}
        more = {"creationTime": "2027-01-11T08:00:00Z", "processDefinitionId": "contract-signature"}
        return {"incidentKey": key, "processInstanceKey": "77", **told, **more}

    def incidents(self, **_):
        return [self.incident("9")]

    def user_tasks(self, **_):
        return []

    def variables(self, key):
        return {"orderKey": "pyxis:8841207"}

    def search(self, entity, **_):
        return [{"processInstanceKey": "77", "value": '"pyxis:8841207"'}]

    def resolve(self, incident):
        self.resolved.append(incident["incidentKey"])


@pytest.fixture(scope="module")
def ping():
    with LocalPing() as server:
        yield server


@pytest.fixture
def camunda():
    return Camunda()


@pytest.fixture
def order(ledger, an_order, clock):
    with ledger.open("k", task_type="schedule-service") as effect:
        kept = effect.unit.orders.add(an_order("8841207"))
        kept = effect.unit.orders.move(kept, OrderState.CREATED, reason="all well")
        effect.unit.visits.add(
            Visit(
                id=ids.derived_id("visit", str(kept.id), "1"),
                order_id=kept.id,
                country_code="FR",
                bu_code="FR-HOME",
                kind=VisitKind.MAIN,
                service_type=ServiceType.INSTALLATION,
                duration_min=240,
                sequence=1,
                planned_start=datetime(2027, 1, 28, 7, 0, tzinfo=UTC),
                planned_end=datetime(2027, 1, 28, 11, 0, tzinfo=UTC),
                slot_label="AM",
                state=VisitState.HELD,
                created_at=clock.now(),
                updated_at=clock.now(),
            )
        )
        effect.store({})
    return kept


@pytest.fixture
def site(ping, database, ledger, clock, camunda):
    settings = Settings(oidc=ping.settings, api=ApiSettings(people=PEOPLE), links=LINKS)
    parts = {Database: database, EffectLedger: ledger, Owners: PostgresOwners(database), Clock: clock}
    parts |= {CamundaDesk: camunda, CamundaRest: camunda}
    with LocalServer(make_app(Platform(settings, parts))) as server:
        yield server.address


@pytest.fixture
def visit_as(site):
    """A browser of somebody who signed in."""

    def enter(person):
        browser = httpx.Client(base_url=site, follow_redirects=True)
        asked = browser.get("/desk")
        assert asked.status_code == 401
        found = browser.post("/desk/sign-in", data={"_form": form_of(asked), "person": person, "back": "/desk"})
        assert found.status_code == 200, found.text
        return browser

    return enter


def form_of(page):
    return re.search(r'name="_form" value="([^"]+)"', page.text)[1]


@pytest.mark.parametrize(
    ("person", "sees", "does_not_see"),
    [
        ("ops-FR", [CONTACT, MONEY], [PAY, "Try again"]),
        ("support", [CONTACT, MONEY, "Try again"], [PAY]),
        ("ops-supervisor", [CONTACT, MONEY, PAY, "Try again"], []),
        ("finance", [MONEY, PAY], [CONTACT, "Try again", "rue des Lilas", "+33639981234"]),
        ("quality", [CONTACT, MONEY], [PAY, "Try again"]),
        ("capacity", [], [CONTACT, MONEY, PAY, "Documents", "Try again"]),
    ],
)
def test_a_role_sees_its_parts(visit_as, order, person, sees, does_not_see):
    """Everybody sees where it stands; names, money and what the provider gets are for the roles of the table alone."""
    page = visit_as(person).get(f"/desk/orders/{order.id}").text
    for words in (order.order_number, "a date is being looked for", "Find a slot", "Main visit", *sees):
        assert words in page
    for words in does_not_see:
        assert words not in page


def test_another_countrys_order_is_not_shown(visit_as, order):
    """Neither its page nor a line of the list."""
    browser = visit_as("ops-ES")
    assert browser.get(f"/desk/orders/{order.id}").status_code == 403
    assert order.order_number not in browser.get("/desk").text
    assert order.order_number not in browser.get("/desk", params={"q": "garnier"}).text


def test_support_finds_what_is_stuck_and_tries_again(visit_as, order, camunda):
    """On the first page with its reason; the order's page explains it; one button resumes it."""
    browser = visit_as("support")
    assert "Acrobat Sign answers 503" in browser.get("/desk").text
    page = browser.get(f"/desk/orders/{order.id}")
    assert "Stuck for 1.0 h" in page.text
    answer = browser.post(f"/desk/orders/{order.id}/resume", data={"_form": form_of(page)})
    assert (answer.status_code, camunda.resolved) == (200, ["9"])
    assert "Tried again" in answer.text


@pytest.mark.parametrize(
    ("fields", "headers"), [({}, {}), ({"_form": "another"}, {}), (None, {"origin": "https://evil.example"})]
)
def test_another_sites_form_is_refused(visit_as, order, camunda, fields, headers):
    """Without this browser's secret, or from another origin: nothing happens."""
    browser = visit_as("support")
    told = {"_form": form_of(browser.get(f"/desk/orders/{order.id}"))} if fields is None else fields
    answer = browser.post(f"/desk/orders/{order.id}/resume", data=told, headers=headers)
    assert (answer.status_code, camunda.resolved) == (403, [])


def test_the_page_stands_without_camunda(visit_as, order, camunda):
    """What our own rows tell is shown, and that the rest is not known."""
    camunda.down = True
    page = visit_as("ops-FR").get(f"/desk/orders/{order.id}")
    assert page.status_code == 200
    assert "Camunda does not answer" in page.text


def test_links_lead_to_tasklist_and_operate(visit_as, order):
    """Where the settings say they are."""
    page = visit_as("ops-FR").get(f"/desk/orders/{order.id}").text
    assert 'href="https://t.example/5"' in page
    assert 'href="https://o.example/77"' in page


def test_the_cookie_is_for_pages_alone(visit_as, site, order):
    """HttpOnly, same site, below /desk; the API does not know it, so no page elsewhere can call it."""
    browser = visit_as("support")
    cookie = next(cookie for cookie in browser.cookies.jar if cookie.name == "fsm_session")
    assert (cookie.path, cookie.has_nonstandard_attr("HttpOnly")) == ("/desk", True)
    header = {"cookie": f"fsm_session={cookie.value}"}
    assert httpx.get(f"{site}/orders", params={"q": "garnier"}, headers=header).status_code == 401
    assert httpx.get(f"{site}/desk", headers=header).status_code == 200


def test_nobody_enters_as_somebody_who_is_not_there(site):
    """Only the people of the laptop, and only with a token that holds."""
    browser = httpx.Client(base_url=site)
    form = form_of(browser.get("/desk/sign-in"))
    assert browser.post("/desk/sign-in", data={"_form": form, "person": "erp"}).status_code == 403
    refused = browser.post("/desk/sign-in", data={"_form": form, "token": "x.y.z"})
    assert refused.status_code == 401
    assert "fsm_session" not in browser.cookies
    away = browser.post("/desk/sign-in", data={"_form": form, "person": "ops-FR", "back": "https://evil.example/desk"})
    assert away.headers["location"] == "/desk"


def test_headers_keep_pages_to_themselves(visit_as, order):
    """No script, no frame of others, no copy in a cache."""
    headers = visit_as("ops-FR").get(f"/desk/orders/{order.id}").headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
