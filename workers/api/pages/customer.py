"""What a customer does by a link: sees where the order stands, answers a date, goes to sign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from workers.api.pages.dates import answer_date, date_page
from workers.api.pages.door import Visitor, visitor
from workers.api.pages.show import HEADERS, page, posted
from workers.domain.negotiations import Side
from workers.domain.passes import Opens
from workers.domain.states import OPEN_VISITS, NegotiationState, VisitState
from workers.ports.errors import NotFound, Refused
from workers.ports.signatures import Signatures

router = APIRouter(prefix="/c", include_in_schema=False)
Fields = Annotated[Mapping[str, str], Depends(posted)]
SIGNS = ("CUSTOMER_CONTRACT", "WCF")


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing the customer is asked for."""

    key: str
    href: str
    until: datetime | None


@router.get("/{token}")
@router.get("/{token}/{verb}")
def show(token: str, request: Request, verb: str = "") -> Response:
    """The page of a pass. Nothing happens by opening it: mail scanners open every link."""
    who = visitor(request, token, Opens.ORDER, Opens.CUSTOMER_DATES)
    if who.shown.opens is Opens.CUSTOMER_DATES:
        return date_page(who, Side.CUSTOMER, verb)
    return _sign(who) if verb == "sign" else _order(who)


@router.post("/{token}/date")
def answer(token: str, request: Request, fields: Fields) -> Response:
    """The customer's answer to a date."""
    who = visitor(request, token, Opens.CUSTOMER_DATES)
    return answer_date(who, Side.CUSTOMER, fields)


def _order(who: Visitor, problem: str = "", status: int = 200) -> HTMLResponse:
    file = who.file
    held = {row["visit_id"]: row["provider_id"] for row in file.view.assignments if row["state"] == "ACCEPTED"}
    visits = [
        (row, file.name(held.get(row["id"])), row["state"] in (VisitState.PLANNED, VisitState.HELD))
        for row in file.view.visits
        if row["state"] in OPEN_VISITS and row["planned_start"]
    ]
    told = {"order": file.order, "visits": visits, "asked": _asked(who)}
    return page(who, "order.html", problem=problem, status=status, **told)


def _asked(who: Visitor) -> list[Asked]:
    found = [
        Asked(f"order.sign.{row['kind']}", f"{who.root}/sign?lang={who.words.language}", row["expires_at"])
        for row in who.file.view.agreements
        if row["kind"] in SIGNS and row["closed_at"] is None
    ]
    for row in who.file.negotiations:
        last = row["rounds"][-1]
        if row["state"] == NegotiationState.IN_PROGRESS and last["by"] == Side.PROVIDER and not last.get("answer"):
            href = who.pass_for(Opens.CUSTOMER_DATES, row["id"], since=row["created_at"])
            until = datetime.fromisoformat(last["answer_by"]) if last.get("answer_by") else None
            found.append(Asked("order.answer_date", href, until))
    return found


def _sign(who: Visitor) -> Response:
    """To the signing page of the newest open agreement; its address is the signer's own and kept nowhere."""
    waiting = [row for row in who.file.view.agreements if row["kind"] in SIGNS and row["closed_at"] is None]
    email = who.file.order.customer.email
    if not waiting or not email:
        return _order(who, who.words("problem.other"), 409)
    try:
        address = who.platform.get(Signatures).signing_page(waiting[-1]["id"], email)
    except (Refused, NotFound):
        return _order(who, who.words("problem.other"), 409)
    return RedirectResponse(address, 303, headers=HEADERS)
