"""What a provider or a team does by a link: answers offers and dates, arrives and leaves, agrees to a pro forma."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from workers.api import invoices, providers
from workers.api.pages.dates import answer_date, date_page, wanted
from workers.api.pages.door import Visitor, visitor
from workers.api.pages.show import acted, page, posted
from workers.api.pages.visit import VISIT_ACTS, visit_page
from workers.bootstrap import DeskReads
from workers.domain.assignments import Offer
from workers.domain.negotiations import Side
from workers.domain.passes import Opens, PassRefused
from workers.domain.payments import ProForma
from workers.domain.states import NegotiationState
from workers.domain.visits import Visit
from workers.journey.telling import service_name

router = APIRouter(prefix="/p", include_in_schema=False)
Fields = Annotated[Mapping[str, str], Depends(posted)]
FOR_PROVIDERS = (Opens.OFFER, Opens.PROVIDER_DATES, Opens.VISIT, Opens.PRO_FORMA, Opens.WORK)


@router.get("/{token}")
@router.get("/{token}/{verb}")
def show(token: str, request: Request, verb: str = "") -> Response:
    """The page of a pass. Nothing happens by opening it."""
    who = visitor(request, token, *FOR_PROVIDERS)
    return PAGES[who.shown.opens](who, verb)


@router.post("/{token}/answer")
def answer_offer(token: str, request: Request, fields: Fields) -> Response:
    """Yes, no, or another date, for an offer."""
    who = visitor(request, token, Opens.OFFER)
    return acted(who, lambda: _answer_offer(who, fields), lambda problem, status: _offer(who, "", problem, status))


@router.post("/{token}/date")
def answer_proposed_date(token: str, request: Request, fields: Fields) -> Response:
    """The provider's answer to the customer's date."""
    return answer_date(visitor(request, token, Opens.PROVIDER_DATES), Side.PROVIDER, fields)


@router.post("/{token}/pro-forma")
def answer_pro_forma(token: str, request: Request, fields: Fields) -> Response:
    """Agrees or contests."""
    who = visitor(request, token, Opens.PRO_FORMA)
    return acted(
        who, lambda: _answer_pro_forma(who, fields), lambda problem, status: _pro_forma(who, "", problem, status)
    )


@router.post("/{token}/visit/{act}")
def report(token: str, act: str, request: Request, fields: Fields) -> Response:
    """Arrival, pause, departure, withdrawal."""
    who = visitor(request, token, Opens.VISIT)
    does = VISIT_ACTS.get(act)
    if does is None:
        raise PassRefused("Expected something a team can report, but this is none.")
    return acted(who, lambda: does(who, fields), lambda problem, status: visit_page(who, "", problem, status))


def _answer_offer(who: Visitor, fields: Mapping[str, str]) -> object:
    offer, said = who.shown.key, fields.get("answer")
    if said == "propose":
        told = {**wanted(fields.get("date"), fields), "originalStillPossible": "possible" in fields}
        return providers.propose_date(offer, providers.DateProposal.model_validate(told), who.request)
    reply = providers.OfferAnswer.model_validate(
        {"accepted": {"accept": True, "reject": False}.get(said or ""), "reason": fields.get("reason")}
    )
    return providers.answer_offer(offer, reply, who.request)


def _answer_pro_forma(who: Visitor, fields: Mapping[str, str]) -> object:
    told: dict[str, Any] = {
        "accepted": {"sign": True, "contest": False}.get(fields.get("answer", "")),
        "revision": fields.get("revision"),
        "reason": fields.get("reason"),
        "proposedTotal": (fields.get("total") or "").replace(",", ".") or None,
    }
    return invoices.answer_pro_forma(who.shown.key, invoices.ProFormaAnswer.model_validate(told), who.request)


def _offer(who: Visitor, verb: str = "", problem: str = "", status: int = 200) -> HTMLResponse:
    """What is offered; nothing here says who the customer is."""
    offer: Offer = _of(who.file.offer(who.shown.key))
    visit: Visit = _of(who.file.visit(offer.visit_id))
    order = who.file.order
    negotiated = any(
        row["offer_id"] == offer.id and row["state"] == NegotiationState.IN_PROGRESS for row in who.file.negotiations
    )
    return page(
        who,
        "offer.html",
        problem=problem,
        status=status,
        offer=offer,
        visit=visit,
        service=service_name(order),
        postal_code=order.address.postal_code,
        price=order.provider_total,
        negotiated=negotiated,
        chosen=verb,
        work=who.pass_for(Opens.WORK, _of(who.provider), since=who.now),
    )


def _pro_forma(who: Visitor, verb: str = "", problem: str = "", status: int = 200) -> HTMLResponse:
    found: ProForma = _of(who.file.pro_forma(who.shown.key))
    return page(who, "pro_forma.html", problem=problem, status=status, invoice=found)


def _work(who: Visitor, verb: str = "") -> HTMLResponse:
    work = _of(who.platform.get(DeskReads).work_of(who.shown.key))
    offers = [(row, who.pass_for(Opens.OFFER, row["id"], since=row["sent_at"])) for row in work.offers]
    visits = [(row, who.pass_for(Opens.VISIT, row["id"], since=row["created_at"])) for row in work.visits]
    return page(who, "work.html", offers=offers, visits=visits, sold=_sold)


def _sold(products: list[dict[str, Any]]) -> str:
    """The first service of a sale."""
    return next((str(line["name"]) for line in products if line.get("kind") == "SERVICE"), "")


def _of(found: Any) -> Any:
    if found is None:
        raise PassRefused("Expected a link to something that exists, but it does not.")
    return found


PAGES: Mapping[Opens, Callable[[Visitor, str], Response]] = {
    Opens.OFFER: _offer,
    Opens.PROVIDER_DATES: lambda who, verb: date_page(who, Side.PROVIDER, verb),
    Opens.VISIT: visit_page,
    Opens.PRO_FORMA: _pro_forma,
    Opens.WORK: _work,
}
