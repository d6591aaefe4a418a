"""Every route has one rule, and every caller is held to it: route x role x tenant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx
import psutil
import pytest

from adapters.emulator import LocalServer
from adapters.ping.local import LocalPing
from adapters.postgres.settings import PostgresSettings
from workers.api.access import OTHER_DOORS, RULES
from workers.api.app import make_app
from workers.api.desk import pages
from workers.bootstrap import DeskReads, OrderSearch, Platform
from workers.domain.audit import AuditEntry
from workers.domain.callers import Kind, Owner, Role
from workers.domain.errors import NotKnown
from workers.ports.audit import AuditLog
from workers.ports.documents import DocumentStore, PageCounter
from workers.ports.effects import EffectLedger
from workers.ports.errors import Unavailable
from workers.ports.identity import Owners
from workers.settings import ApiSettings, Settings

ME, ANOTHER = UUID(int=1), UUID(int=2)
FRENCH = Owner("FR", "FR-HOME", "FR-0112", ME)
BODIES: dict[str, Any] = {
    "answer": {"accepted": True},
    "date-proposals": {"date": "2027-02-02"},
    "provider-answer": {"answer": "ACCEPTED"},
    "customer-answer": {"answer": "ACCEPTED"},
    "check-in": {"at": "2027-01-28T08:00:00Z"},
    "check-out": {"at": "2027-01-28T10:00:00Z", "completionStatus": "COMPLETED"},
    "withdrawal": {"reason": "ill"},
    "pause": {"at": "2027-01-28T09:00:00Z", "reason": "a part is missing"},
    "resume": {"at": "2027-01-28T10:00:00Z"},
    "payment": {"status": "COMPLETED"},
    "providers": {
        "reference": "A-1",
        "countryCode": "FR",
        "buCode": "FR-HOME",
        "name": "Nouvel Atelier",
        "trades": {"KITCHEN": "P1"},
        "zones": {"59": "PRIMARY"},
        "teams": [{"name": "1", "lat": 50.6, "lng": 3.0}],
    },
}


class Ledger:
    """Whoever gets here was let in."""

    @contextmanager
    def open(self, key: str, *, task_type: str) -> Iterator[Any]:
        raise NotKnown("let in")
        yield


class Search:
    """Whoever gets here was let in."""

    def find(self, text: str, **within: Any) -> Any:
        raise NotKnown("let in")


class Desk(Search):
    """Whoever gets here was let in."""

    newest = Search.find

    def file(self, order_id: UUID) -> Any:
        raise NotKnown("let in")


class Log:
    """Keeps what was logged; may be away."""

    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []
        self.away = False

    def write(self, entry: AuditEntry) -> None:
        if self.away:
            raise Unavailable("no answer", system="postgres")
        self.entries.append(entry)


LOG = Log()


class Everything:
    """All ids are French, of one provider."""

    def owner(self, kind: Kind, key: UUID) -> Owner | None:
        return FRENCH if key.int != 404 else None


@pytest.fixture(scope="module")
def ping() -> Iterator[LocalPing]:
    with LocalPing() as server:
        yield server


@pytest.fixture(scope="module")
def api(ping: LocalPing) -> Iterator[httpx.Client]:
    with serving(ping) as client:
        yield client


@contextmanager
def serving(ping: LocalPing) -> Iterator[httpx.Client]:
    database = PostgresSettings(url="postgresql://nowhere/none")
    settings = Settings(oidc=ping.settings, api=ApiSettings(token="the-laptop's-key"), postgres=database)
    parts: dict[Any, Any] = {EffectLedger: Ledger(), Owners: Everything(), OrderSearch: Search(), DeskReads: Desk()}
    parts |= {DocumentStore: None, PageCounter: None, AuditLog: LOG}
    platform = Platform(settings, parts)
    with LocalServer(make_app(platform)) as server, httpx.Client(base_url=server.address) as client:
        yield client


def path_of(template: str, key: UUID) -> str:
    path = template.replace("{number}", "1")
    for name in (
        "offer_id",
        "negotiation_id",
        "visit_id",
        "order_id",
        "invoice_id",
        "provider_id",
        "document_id",
        "task_id",
    ):
        path = path.replace("{" + name + "}", str(key))
    return path.replace("{message_id}", "m").replace("{name}", "n")


def detail(answer: httpx.Response) -> str:
    """What an answer says: problem details, or a page."""
    return answer.text if "html" in answer.headers["content-type"] else str(answer.json()["detail"])


def call(api: httpx.Client, route: tuple[str, str], token: str | None, key: UUID | None = None) -> httpx.Response:
    method, template = route
    if method == "GET":
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return api.get(path_of(template, key or uuid4()), params={"q": "garnier"}, headers=headers)
    path = path_of(template, key or uuid4())
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if template.startswith("/desk"):
        return api.request(method, path, data={"_form": "ours"}, headers=headers | {"cookie": "fsm_form=ours"})
    if template.endswith(("/scans", "/documents")):
        query = {"kind": "INSURANCE"}
        return api.request(
            method, path, params=query, content=b"%PDF-1.7", headers=headers | {"content-type": "application/pdf"}
        )
    return api.request(method, path, json=BODIES[template.rpartition("/")[2]], headers=headers)


def claims(role: Role, country: str, provider: UUID = ME, **more: Any) -> dict[str, Any]:
    """A token's claims: people have a group, machines a scope and countries."""
    machines = (Role.PROVIDER, Role.PROVIDER_APP, Role.CUSTOMER_PAGES, Role.ERP)
    if role in machines:
        return {"scope": [f"fsm.{role}"], "country": [country], "provider_id": str(provider), **more}
    return {"groups": [f"{role}-{country}"], "sub": "somebody", **more}


def test_every_route_has_a_rule() -> None:
    """A route without one is nobody's; a rule without a route is a mistake."""
    app = make_app(Platform(Settings(api=ApiSettings(token="t", docs=True)), {}))
    described = {
        (method.upper(), path)
        for path, methods in app.openapi()["paths"].items()
        if not path.startswith(OTHER_DOORS)
        for method in methods
    }
    # Pages are not described.
    shown = {(method, route.path) for route in pages.guarded.routes for method in route.methods}
    routes = described | shown
    assert routes == set(RULES)


@pytest.mark.parametrize("route", RULES, ids=lambda r: r[1])
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.EVERYTHING])
def test_a_role_may_what_its_rule_says(api: httpx.Client, ping: LocalPing, route: tuple[str, str], role: Role) -> None:
    """In its own country: let in (and then not found here) or forbidden, by the table alone."""
    answer = call(api, route, ping.token(f"a-{role}", **claims(role, "FR")))
    assert answer.status_code == (404 if role in RULES[route].roles else 403), answer.text
    assert answer.status_code != 404 or "let in" in detail(answer)


@pytest.mark.parametrize("route", [*(r for r in RULES if RULES[r].of), ("POST", "/providers")], ids=lambda r: r[1])
@pytest.mark.parametrize(
    "other",
    [{"country": ["ES"], "groups": None}, {"bu": ["FR-OTHER"]}, {"store": ["FR-0001"]}],
    ids=["country", "business unit", "store"],
)
def test_another_tenants_data_is_forbidden(
    api: httpx.Client, ping: LocalPing, route: tuple[str, str], other: dict[str, Any]
) -> None:
    """Who may do this to a French order may not do it to one of another country, business unit or store, nor to its children."""
    role = sorted(RULES[route].roles)[0]
    country = "ES" if "country" in other else "FR"
    mine = claims(role, country) | {name: value for name, value in other.items() if name != "groups"}
    assert call(api, route, ping.token("x", **mine)).status_code == 403


@pytest.mark.parametrize("route", [r for r in RULES if Role.PROVIDER in RULES[r].roles], ids=lambda r: r[1])
@pytest.mark.parametrize("provider", [ANOTHER, None])
def test_another_providers_work_is_forbidden(
    api: httpx.Client, ping: LocalPing, route: tuple[str, str], provider: UUID | None
) -> None:
    """A provider answers its own offers, visits and pro formas."""
    mine = claims(Role.PROVIDER, "FR") | {"provider_id": str(provider) if provider else None}
    assert call(api, route, ping.token("x", **mine)).status_code == 403


@pytest.mark.parametrize("route", RULES, ids=lambda r: r[1])
@pytest.mark.parametrize("token", [None, "", "the-laptop's-key", "x.y.z"])
def test_a_stranger_is_told_nothing(api: httpx.Client, route: tuple[str, str], token: str | None) -> None:
    """401 for no token, a wrong one, and for the laptop's key where an identity provider is set."""
    answer = call(api, route, token)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("route", [r for r in RULES if RULES[r].of], ids=lambda r: r[1])
def test_what_does_not_exist_is_not_found(api: httpx.Client, ping: LocalPing, route: tuple[str, str]) -> None:
    """To somebody with a role for it."""
    role = sorted(RULES[route].roles)[0]
    answer = call(api, route, ping.token("x", **claims(role, "FR")), UUID(int=404))
    assert answer.status_code == 404
    assert "but there is none" in detail(answer)


def test_a_forbidden_answer_holds_no_data(api: httpx.Client, ping: LocalPing) -> None:
    """It names roles, not whose data it is."""
    route = ("POST", "/visits/{visit_id}/check-in")
    text = call(api, route, ping.token("x", **claims(Role.PROVIDER, "ES"))).text
    assert not any(word in text for word in ("FR-HOME", "FR-0112", str(ME)))


def chunks(megabytes: int) -> Iterator[bytes]:
    for _ in range(megabytes):
        yield b"x" * 1024 * 1024


@pytest.mark.parametrize(("role", "status"), [(None, 401), (Role.OPS, 413)])
def test_a_huge_body_is_not_kept(api: httpx.Client, ping: LocalPing, role: Role | None, status: int) -> None:
    """100 MB in pieces, without a length: a stranger is refused, somebody known at the limit; memory stays flat (W15)."""
    shown = ping.token("x", **claims(role, "FR")) if role else "nobody"
    before = psutil.Process().memory_info().rss
    answer = api.post(
        f"/orders/{uuid4()}/scans",
        content=chunks(100),
        headers={"Authorization": f"Bearer {shown}", "content-type": "application/pdf"},
    )
    assert answer.status_code == status
    assert psutil.Process().memory_info().rss - before < 40 * 1024 * 1024


@pytest.mark.parametrize("route", RULES, ids=lambda r: r[1])
def test_every_call_is_logged(api: httpx.Client, ping: LocalPing, route: tuple[str, str]) -> None:
    """Who called what about which id, allowed or refused, of which tenant."""
    role = sorted(RULES[route].roles)[0]
    LOG.entries.clear()
    call(api, route, ping.token("allowed", **claims(role, "FR", sub="allowed")))
    call(api, route, ping.token("nosy", **claims(role, "ES", sub="nosy")))
    told = {entry.who: entry for entry in LOG.entries}
    assert {entry.what for entry in LOG.entries} == {f"{route[0]} {route[1]}"}
    assert told["allowed"].allowed
    assert RULES[route].of is None or (not told["nosy"].allowed and told["nosy"].country_code == "FR")


def test_strangers_are_logged_but_do_not_fill_the_log(ping: LocalPing) -> None:
    """One entry in a second, some at once: a flood of them is refused and seen, not kept call by call."""
    LOG.entries.clear()
    with serving(ping) as api:
        for _ in range(60):
            assert call(api, ("GET", "/orders"), None).status_code == 401
    assert 1 <= len(LOG.entries) <= 40
    assert {(entry.who, entry.allowed) for entry in LOG.entries} == {("somebody", False)}


def test_what_cannot_be_logged_is_not_answered(api: httpx.Client, ping: LocalPing) -> None:
    """An allowed call gets 503 and may be repeated; a refused one stays refused."""
    route = ("POST", "/visits/{visit_id}/check-in")
    LOG.away = True
    try:
        assert call(api, route, ping.token("x", **claims(Role.PROVIDER, "FR"))).status_code == 503
        assert call(api, route, ping.token("x", **claims(Role.PROVIDER, "ES"))).status_code == 403
    finally:
        LOG.away = False
