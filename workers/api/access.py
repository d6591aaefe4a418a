"""Who may call which route, on whose data: one table, asked before a route runs.

A route that is not in the table is forbidden to everybody. The routes under `/sales` and `/webhooks` have callers of another kind
(a sales system's key, a signed notification) and their own doors.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from contextlib import AbstractContextManager
from uuid import UUID

from fastapi import Request

from workers.api.desk import session
from workers.api.edge import TooManyRequests
from workers.bootstrap import Platform, seeing
from workers.desk.rights import OFFICE, SEES, Part
from workers.domain.callers import Caller, Forbidden, Kind, Owner, Role, Rule, rule
from workers.domain.errors import NotKnown
from workers.ports.identity import Identity, InvalidTokenError, Owners
from workers.ports.limits import Rate, RateLimits

_PROVIDERS = (Role.PROVIDER, Role.PROVIDER_APP)
_OFFICE = (Role.OPS, Role.SUPERVISOR)
_DESK = (*_OFFICE, Role.FINANCE, Role.QUALITY, Role.CAPACITY, Role.COMPLIANCE)
# Method and path of a route -> who may call it, and what its id names.
RULES: Mapping[tuple[str, str], Rule] = {
    ("POST", "/offers/{offer_id}/answer"): rule(*_PROVIDERS, of=Kind.OFFER),
    ("POST", "/offers/{offer_id}/date-proposals"): rule(*_PROVIDERS, of=Kind.OFFER),
    ("POST", "/date-negotiations/{negotiation_id}/rounds/{number}/provider-answer"): rule(
        *_PROVIDERS, of=Kind.NEGOTIATION
    ),
    ("POST", "/date-negotiations/{negotiation_id}/rounds/{number}/customer-answer"): rule(
        Role.CUSTOMER_PAGES, of=Kind.NEGOTIATION
    ),
    ("POST", "/visits/{visit_id}/check-in"): rule(*_PROVIDERS, of=Kind.VISIT),
    ("POST", "/visits/{visit_id}/check-out"): rule(*_PROVIDERS, of=Kind.VISIT),
    ("POST", "/visits/{visit_id}/pause"): rule(*_PROVIDERS, of=Kind.VISIT),
    ("POST", "/visits/{visit_id}/resume"): rule(*_PROVIDERS, of=Kind.VISIT),
    ("POST", "/visits/{visit_id}/withdrawal"): rule(*_PROVIDERS, of=Kind.VISIT),
    # Which orders are found, is the search's own to see to.
    ("GET", "/orders"): rule(*_OFFICE, Role.FINANCE, Role.QUALITY, Role.CAPACITY, Role.SUPPORT),
    ("POST", "/orders/{order_id}/scans"): rule(*_OFFICE, of=Kind.ORDER),
    ("POST", "/pro-formas/{invoice_id}/answer"): rule(*_PROVIDERS, of=Kind.PRO_FORMA),
    # The order's desk: pages for people. What of an order a role sees, `workers.desk.rights` says.
    ("GET", "/desk"): rule(*OFFICE),
    ("GET", "/desk/orders/{order_id}"): rule(*OFFICE, of=Kind.ORDER),
    ("GET", "/desk/orders/{order_id}/messages/{message_id}"): rule(*SEES[Part.CONTACT], of=Kind.ORDER),
    ("GET", "/desk/orders/{order_id}/documents/{name}"): rule(*SEES[Part.DOCUMENTS], of=Kind.ORDER),
    ("POST", "/desk/orders/{order_id}/resume"): rule(*SEES[Part.RESUME], of=Kind.ORDER),
    ("POST", "/pro-formas/{invoice_id}/payment"): rule(Role.ERP, of=Kind.PRO_FORMA),
    # A new provider is nobody's data yet: the route itself asks whether its tenant is the caller's.
    ("POST", "/providers"): rule(Role.PROVIDER_APP, Role.COMPLIANCE),
    ("POST", "/providers/{provider_id}/documents"): rule(*_PROVIDERS, Role.COMPLIANCE, of=Kind.PROVIDER),
    ("GET", "/providers/{provider_id}/documents/{document_id}"): rule(*_PROVIDERS, Role.COMPLIANCE, of=Kind.PROVIDER),
    ("POST", "/tasks/{task_id}/pause"): rule(*_DESK, of=Kind.TASK),
    ("POST", "/tasks/{task_id}/resume"): rule(*_DESK, of=Kind.TASK),
}
# Of one caller, over all processes where there is Redis.
CALLS = Rate.per_minute(1200)
LAPTOP = Caller("the laptop's key", frozenset({Role.EVERYTHING}))


# Paths whose callers show something else: a sales system's key, a signed notification, the pass of a link (`workers.api.pages`),
# nothing (the probe, the description).
OTHER_DOORS = ("/sales/", "/webhooks/", "/c/", "/p/", "/livez", "/docs", "/openapi.json", *session.OPEN)


def known(platform: Platform, request: Request) -> None:
    """Remembers who is calling, by the headers alone. Raises `InvalidTokenError`, `Unavailable`."""
    if not request.url.path.startswith(OTHER_DOORS):
        page = session.is_page(request.url.path)
        shown = session.authorization(request) if page else request.headers.get("authorization", "")
        caller = request.state.caller = _caller(platform, shown)
        if platform.get(RateLimits).take(f"api:{caller.subject}", CALLS) is not None:
            raise TooManyRequests


def sight(request: Request) -> AbstractContextManager[None]:
    """What the request may see in the database: its caller's tenants. Sales systems and signed notifications are let in by what
    they show, and held to their own by what they name."""
    caller: Caller | None = getattr(request.state, "caller", None)
    if caller is None or Role.EVERYTHING in caller.roles:
        return seeing()
    return seeing(caller.countries | {country for _, country in caller.groups}, caller.bu_codes)


def admitted(request: Request) -> Caller:
    """The caller of this request, who may make it. Raises `Forbidden`, `NotKnown`, `Unavailable`."""
    platform: Platform = request.app.state.platform
    caller: Caller = request.state.caller
    declared = RULES.get((request.method, request.scope["route"].path))
    if declared is None:
        raise Forbidden("Expected a route with a rule, but this one has none: nobody may call it.")
    if Role.EVERYTHING not in caller.roles:
        owner = request.state.owner = _owner(platform, declared, request.path_params)
        declared.check(caller, owner)
    return caller


def admit_for(request: Request, owner: Owner) -> None:
    """For a route that makes something new: raises `Forbidden` unless the caller works for the tenant it is made for."""
    caller: Caller = request.state.caller
    if Role.EVERYTHING not in caller.roles:
        RULES[(request.method, request.scope["route"].path)].check(caller, owner)


def _caller(platform: Platform, header: str) -> Caller:
    """By a token of the identity provider; without one, by the one key of the settings, which a laptop has."""
    scheme, _, shown = header.partition(" ")
    if scheme.lower() != "bearer" or not shown:
        raise InvalidTokenError("Expected a bearer token, but the request shows none")
    if platform.settings.oidc is not None:
        return platform.get(Identity).caller(shown.strip())
    key = platform.settings.api.token
    if not key or not hmac.compare_digest(shown.encode(), key.encode()):
        raise InvalidTokenError("Expected a valid bearer token")
    return LAPTOP


def _owner(platform: Platform, declared: Rule, parameters: Mapping[str, str]) -> Owner | None:
    if declared.of is None:
        return None
    named = next(iter(parameters.values()))  # the first id of a path says whose data it is
    try:
        key = UUID(str(named))
    except ValueError:
        raise NotKnown(f"Expected the id of a {declared.of}, but it is none") from None
    owner = platform.get(Owners).owner(declared.of, key)
    if owner is None:
        raise NotKnown(f"Expected {declared.of} {key} to exist, but there is none")
    return owner
