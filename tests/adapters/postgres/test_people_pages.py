"""Pages of customers and providers on a real PostgreSQL: what a pass opens, for whom, and what it lets them do."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa

from adapters.calendar.client import PublicHolidays
from adapters.emulator import LocalServer
from adapters.postgres.desk import DeskReads
from adapters.postgres.owners import PostgresOwners
from adapters.postgres.tables import providers, work_teams
from workers.api.app import make_app
from workers.api.pages.words import rows
from workers.bootstrap import Database, Platform
from workers.domain import ids
from workers.domain.assignments import Assignment, Offer
from workers.domain.messages import LANGUAGES
from workers.domain.negotiations import DateNegotiation, Round, Side
from workers.domain.passes import Opens, Passes
from workers.domain.states import AssignmentState, OrderState, VisitState
from workers.domain.values import ContractStatus, GoStatus, OfferMode, ServiceType, VisitKind
from workers.domain.visits import Visit
from workers.ports.calendar import HolidayCalendar
from workers.ports.clock import Clock
from workers.ports.decisions import Decisions
from workers.ports.effects import EffectLedger
from workers.ports.events import EventBus
from workers.ports.identity import Owners
from workers.ports.processes import Processes
from workers.settings import MODELS, ApiSettings, Settings
from workers.workshop.decisions import FileDecisions

PASSES = Passes([b"key"])
TABLES = FileDecisions([MODELS / "dmn" / "slot-and-buffer-rules.dmn"])
TENANT = {"country_code": "FR", "bu_code": "FR-HOME"}
START = datetime(2027, 1, 28, 7, 0, tzinfo=UTC)
CUSTOMER = ("Paul Garnier", "+33639981234", "rue des Lilas")


class Camunda:
    """Remembers what it is told."""

    def __init__(self):
        self.told = []

    def publish(self, message):
        self.told.append((message.name, message.variables))


@pytest.fixture
def camunda():
    return Camunda()


@pytest.fixture
def firms(database):
    """Two providers of Lille, each with a team."""
    joined = sa.select(providers.c.id, work_teams.c.id).join(work_teams, work_teams.c.provider_id == providers.c.id)
    with database.begin() as connection:
        found = connection.execute(joined.where(providers.c.name.like("%Lille")).order_by(providers.c.name)).all()
    return list({row[0]: tuple(row) for row in found}.values())[:2]


@pytest.fixture
def story(ledger, an_order, clock, firms):
    """An order with a visit that is offered to the first provider."""
    (provider, team), _ = firms
    now = clock.now()
    with ledger.open("k", task_type="offer") as effect:
        order = effect.unit.orders.add(an_order("8841207"))
        for state in (OrderState.CREATED, OrderState.SCHEDULED):
            order = effect.unit.orders.move(order, state)
        about = {"order_id": order.id, **TENANT}
        visit = effect.unit.visits.add(
            Visit(
                id=ids.derived_id("visit", str(order.id), "1"),
                kind=VisitKind.MAIN,
                service_type=ServiceType.INSTALLATION,
                duration_min=240,
                sequence=1,
                planned_start=START,
                planned_end=START + timedelta(hours=4),
                slot_label="AM",
                state=VisitState.HELD,
                created_at=now,
                updated_at=now,
                **about,
            )
        )
        offer = effect.unit.offers.add(
            Offer(
                id=ids.derived_id("offer", str(visit.id), "1"),
                visit_id=visit.id,
                provider_id=provider,
                team_id=team,
                mode=OfferMode.OFFER,
                sent_at=now,
                expires_at=now + timedelta(days=1),
                **about,
            )
        )
        effect.store({})
    return {"order": order, "visit": visit, "offer": offer, "provider": provider, "team": team, "about": about}


@pytest.fixture
def given(story, ledger):
    """Gives the visit to a provider; who had it before has it no more."""

    def give(firm, state=VisitState.READY, number=1):
        with ledger.open(f"g{number}", task_type="assign") as effect:
            held = effect.unit.assignments.accepted(story["visit"].id)
            if held:
                effect.unit.assignments.save(replace(held, state=AssignmentState.CANCELLED))
            effect.unit.assignments.add(
                Assignment(
                    id=ids.derived_id("assignment", str(story["visit"].id), str(number)),
                    visit_id=story["visit"].id,
                    provider_id=firm[0],
                    team_id=firm[1],
                    mode=OfferMode.OFFER,
                    method="OFFER",
                    created_at=effect.unit.now,
                    updated_at=effect.unit.now,
                    state=AssignmentState.ACCEPTED,
                    **story["about"],
                )
            )
            visit = effect.unit.visits.get(story["visit"].id)
            for step in (VisitState.ASSIGNED, VisitState.READY):
                if visit.state is not state and visit.state is not VisitState.READY:
                    visit = effect.unit.visits.save(replace(visit, state=step, go_status=GoStatus.OK))
            order = effect.unit.orders.get(story["order"].id)
            effect.unit.orders.save(replace(order, contract_status=ContractStatus.SIGNED))
            effect.store({})

    return give


@pytest.fixture
def site(database, ledger, clock, camunda):
    settings = Settings(api=ApiSettings(token="t"))
    parts = {Database: database, EffectLedger: ledger, Owners: PostgresOwners(database), Clock: clock, Passes: PASSES}
    parts |= {DeskReads: DeskReads(database), Processes: camunda, HolidayCalendar: PublicHolidays(), Decisions: TABLES}

    class Bus:
        def publish(self, *events):
            pass

    parts[EventBus] = Bus()
    with LocalServer(make_app(Platform(settings, parts))) as server:
        yield httpx.Client(base_url=server.address, follow_redirects=True)


@pytest.fixture
def link(story, clock):
    """The address of a page, for the provider of the story unless another is named."""
    keys = {"order": Opens.ORDER, "offer": Opens.OFFER, "visit": Opens.VISIT, "work": Opens.WORK}

    def to(name, owner=None, since=None):
        opens = keys[name]
        owner = owner or story["provider"]
        key = owner if name == "work" else story[name].id
        bound = "" if opens is Opens.ORDER else owner
        made = PASSES.make(opens, key, since=since or clock.now(), owner=bound)
        return f"/{'c' if opens is Opens.ORDER else 'p'}/{made}"

    return to


def test_every_sentence_is_there_in_every_language():
    """With the same places to fill."""
    for key, sentences in rows().items():
        assert len(sentences) == len(LANGUAGES), key
        assert all(sentences), key
        assert len({frozenset(re.findall(r"\{(\w+)\}", text)) for text in sentences}) == 1, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_speak_the_language_asked_for(site, link, given, firms, language):
    """And no sentence shows as its key."""
    given(firms[0])
    for name in ("order", "offer", "visit", "work"):
        page = site.get(link(name), params={"lang": language})
        assert page.status_code == 200
        assert f'<html lang="{language}">' in page.text
        shown = re.sub(r"<[^>]+>", " ", page.text)
        assert not [key for key in rows() if "." in key and key in shown]


def test_an_offer_says_nothing_of_the_customer(site, link):
    """Neither name nor address nor telephone before the provider accepts."""
    page = site.get(link("offer")).text
    assert "59000" in page
    assert not [word for word in CUSTOMER if word in page]


def test_opening_a_link_does_nothing(site, link, camunda):
    """Mail scanners open every link: the verb of a link only chooses an answer."""
    page = site.get(link("offer") + "/accept").text
    assert re.search(r'value="accept" required checked', page)
    assert camunda.told == []


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"answer": "accept"}, "offer-accepted"),
        ({"answer": "reject", "reason": "no time"}, "offer-rejected"),
        ({"answer": "propose", "date": "2027-02-02", "window": "AM", "possible": "on"}, "offer-date-proposed"),
    ],
)
def test_a_provider_answers(site, link, camunda, fields, message):
    """Yes, no, or another date; the journey is told, and a second answer is refused in words."""
    page = site.post(link("offer") + "/answer", data=fields)
    assert (page.status_code, [name for name, _ in camunda.told]) == (200, [message])
    assert "Merci" in page.text
    other = "reject" if fields["answer"] == "accept" else "accept"
    again = site.post(link("offer") + "/answer", data={"answer": other})
    assert again.status_code == 409
    assert "Il y a déjà une réponse" in again.text


@pytest.mark.parametrize("fields", [{}, {"answer": "maybe"}, {"answer": "propose"}, {"answer": "propose", "date": "x"}])
def test_an_answer_that_is_none_is_told(site, link, camunda, fields):
    """The same page again, with what to check."""
    page = site.post(link("offer") + "/answer", data=fields)
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert camunda.told == []


def test_a_date_nobody_may_have_is_told(site, link):
    """Too soon: in words, on the same page."""
    page = site.post(link("offer") + "/answer", data={"answer": "propose", "date": "2027-01-12"})
    assert page.status_code == 409
    assert "Cette date n&#39;est pas possible" in page.text


def test_a_team_arrives(site, link, given, firms, camunda, clock):
    """Not before half an hour ahead; blocked while something stands against it, with the reason."""
    given(firms[0])
    assert all(word in site.get(link("visit")).text for word in CUSTOMER)
    assert site.post(link("visit") + "/visit/check-in", data={}).status_code == 409
    clock.at = START - timedelta(minutes=20)
    assert site.post(link("visit") + "/visit/check-in", data={"danger": "gas smell"}).status_code == 200
    assert [name for name, _ in camunda.told] == ["visit-checked-in"]


def test_what_blocks_a_visit_is_shown(site, link, given, firms, ledger, story):
    """In words; there is no button to arrive then."""
    given(firms[0], VisitState.ASSIGNED)
    with ledger.open("b", task_type="go") as effect:
        visit = effect.unit.visits.get(story["visit"].id)
        effect.unit.visits.save(replace(visit, go_status=GoStatus.NOT_OK_BOTH))
        effect.store({})
    page = site.get(link("visit"), params={"lang": "en"}).text
    assert "has not paid everything yet" in page
    assert "not delivered yet" in page
    assert "We have arrived" not in page


def test_a_withdrawn_visit_is_the_other_providers(site, link, given, firms):
    """The first provider's link opens nothing any more, the second one's does; nobody acts by the first."""
    given(firms[0])
    assert site.get(link("visit")).status_code == 200
    given(firms[1], number=2)
    gone = site.get(link("visit"))
    assert gone.status_code == 404
    assert not [word for word in CUSTOMER if word in gone.text]
    assert site.post(link("visit") + "/visit/withdrawal", data={"reason": "x"}).status_code == 404
    assert site.get(link("visit", owner=firms[1][0])).status_code == 200


POSTS = ("answer", "date", "pro-forma", "visit/check-in", "visit/check-out", "visit/pause", "visit/withdrawal")


@pytest.mark.parametrize("name", ["order", "offer", "visit", "work"])
def test_a_pass_does_what_it_opens_and_nothing_else(site, link, given, firms, name, camunda):
    """Pass x action: on the wrong door, or for another thing, there is nothing."""
    given(firms[0])
    mine = {"offer": {"answer"}, "visit": {act for act in POSTS if act.startswith("visit/")}}.get(name, set())
    for act in POSTS:
        status = site.post(f"{link(name)}/{act}", data={"answer": "accept"}).status_code
        assert (status not in (404, 405)) == (act in mine), (name, act, status)
    other = link(name).replace("/c/", "/p/") if name == "order" else link(name).replace("/p/", "/c/")
    assert site.get(other).status_code == 404


def test_a_link_ends(site, link, clock):
    """And says so in the browser's language."""
    page = site.get(link("offer", since=clock.now() - timedelta(days=15)), headers={"accept-language": "pl-PL,en"})
    assert page.status_code == 404
    assert "Ten link jest nieważny" in page.text


def test_the_provider_sees_all_its_work(site, link, given, firms):
    """Its open offers and its visits, not another one's."""
    given(firms[0])
    mine = site.get(link("work")).text
    assert len(re.findall(r'<li><a href="/p/[^"]+">', mine)) == 2
    assert len(re.findall(r'<li><a href="/p/[^"]+">', site.get(link("work", owner=firms[1][0])).text)) == 0


@pytest.fixture
def negotiation(story, ledger, clock):
    """The provider proposes another date."""
    with ledger.open("n", task_type="answer") as effect:
        found = effect.unit.negotiations.add(
            DateNegotiation(
                id=UUID(int=99),
                offer_id=story["offer"].id,
                visit_id=story["visit"].id,
                original_day=date(2027, 1, 28),
                original_still_possible=True,
                created_at=clock.now(),
                updated_at=clock.now(),
                rounds=(Round(n=1, by=Side.PROVIDER, day=date(2027, 2, 2), proposed_at=clock.now()),),
                **story["about"],
            )
        )
        effect.store({})
    return found


def test_a_customer_answers_a_date(site, link, negotiation, camunda, clock, story):
    """Found from the order's page too; an older round is not answered by an older page; the provider's pass is another."""
    page = site.get(link("order")).text
    address = re.search(r'href="(/c/[^"?]{44})"', page)[1]
    assert "2 février 2027" in site.get(address).text
    assert site.post(f"{address}/date", data={"answer": "ACCEPTED", "round": "0"}).status_code == 409
    assert site.post(f"{address}/date", data={"answer": "ACCEPTED", "round": "1"}).status_code == 200
    assert [name for name, _ in camunda.told] == ["date-answered"]
    wrong = PASSES.make(Opens.PROVIDER_DATES, negotiation.id, since=clock.now(), owner=story["provider"])
    assert site.post(f"/p/{wrong}/date", data={"answer": "ACCEPTED", "round": "1"}).status_code == 409


def test_pages_keep_their_address_to_themselves(site, link):
    """It is the key: no referrer, no cache, no search engine, no frame."""
    headers = site.get(link("order")).headers
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
