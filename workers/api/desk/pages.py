"""The pages: orders found, one order, a message, a document; the door; and trying again what is stuck."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from workers.api.access import admitted
from workers.api.desk import session
from workers.api.desk.order import OrderPage, order_page
from workers.api.desk.render import page, sign_in_page
from workers.api.orders import within
from workers.bootstrap import CamundaRest, DeskReads, LaptopTokens, OrderSearch, Platform, Within
from workers.desk.letters import letter
from workers.desk.listing import awaited
from workers.desk.rights import Part
from workers.desk.stuck import stuck_orders
from workers.domain.callers import Forbidden
from workers.domain.errors import NotKnown
from workers.domain.states import OrderState
from workers.ports.documents import DocumentStore
from workers.ports.errors import Misconfigured, PortError
from workers.ports.identity import Identity

doors = APIRouter(prefix=session.ROOT, include_in_schema=False)
guarded = APIRouter(prefix=session.ROOT, include_in_schema=False, dependencies=[Depends(admitted)])
Fields = Annotated[Mapping[str, str], Depends(session.posted)]
MOST_STUCK = 20


def _platform(request: Request) -> Platform:
    platform: Platform = request.app.state.platform
    return platform


@guarded.get("", response_class=HTMLResponse)
def search(
    request: Request,
    text: Annotated[str, Query(alias="q", max_length=200)] = "",
    state: Annotated[str, Query(max_length=30)] = "",
    after: Annotated[str, Query(max_length=300)] = "",
) -> HTMLResponse:
    """Orders by words and numbers; without any, the newest; above them those that are stuck."""
    platform, mine = _platform(request), within(request.state.caller)
    following, stuck = None, None
    if text.strip():
        try:
            found = platform.get(OrderSearch).find(text.replace(":", " "), within=mine, after=after or None)
        except ValueError as error:
            raise NotKnown(str(error)) from error
        lines, following = found.lines, found.following
    else:
        lines = platform.get(DeskReads).newest(within=mine, state=state if state in set(OrderState) else "")
        stuck = _stuck(platform, mine)
    told: dict[str, Any] = {
        "text": text,
        "state": state,
        "states": list(OrderState),
        "lines": lines,
        "following": following,
    }
    waiting, _ = awaited(platform, lines)
    return page(request, "search.html", stuck=stuck, waiting=waiting, **told)


def _stuck(platform: Platform, mine: Within) -> list[tuple[Any, str]] | None:
    """Orders with an incident and what it says; None where Camunda does not answer."""
    try:
        incidents = stuck_orders(platform.get(CamundaRest))
    except PortError:
        return None
    found = []
    for line in platform.get(DeskReads).by_keys(incidents, within=mine)[:MOST_STUCK]:
        first = incidents[f"{line.source_system}:{line.external_order_id}"][0]
        found.append((line, str(first["errorMessage"]).split("\n", 1)[0]))
    return found


@guarded.get("/orders/{order_id}", response_class=HTMLResponse)
def order(order_id: UUID, request: Request) -> HTMLResponse:
    """One order: where it stands, what is next, what happened."""
    return page(request, "order.html", page=_page(request, order_id))


@guarded.get("/orders/{order_id}/messages/{message_id}", response_class=HTMLResponse)
def message(order_id: UUID, message_id: str, request: Request) -> HTMLResponse:
    """One message as its reader sees it."""
    seen = _page(request, order_id, Part.CONTACT)
    row = next((row for row in seen.file.view.notifications if row["id"] == message_id), None)
    if row is None:
        raise NotKnown("Expected a message of this order, but there is none with this id")
    try:
        content = letter(_platform(request), seen.order, message_id)
    except Misconfigured:
        content = None
    return page(request, "message.html", page=seen, row=row, content=content)


@guarded.get("/orders/{order_id}/documents/{name}")
def document(order_id: UUID, name: str, request: Request) -> Response:
    """One document, as it is kept."""
    seen = _page(request, order_id, Part.DOCUMENTS)
    paper = next((paper for paper in seen.papers if paper.name == name), None)
    if paper is None:
        raise NotKnown("Expected a document of this order, but there is none with this name")
    content = _platform(request).get(DocumentStore).get(paper.reference)
    headers = {**session.HEADERS, "content-disposition": f'inline; filename="{name}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


@guarded.post("/orders/{order_id}/resume")
def resume(order_id: UUID, request: Request, fields: Fields) -> Response:
    """Tries every incident of the order again."""
    seen = _page(request, order_id, Part.RESUME)
    rest, incidents = _platform(request).get(CamundaRest), seen.incidents()
    for incident in incidents:
        rest.resolve(incident)
    return RedirectResponse(f"{session.ROOT}/orders/{order_id}?resumed={len(incidents)}", 303)


def _page(request: Request, order_id: UUID, part: Part = Part.STANDING) -> OrderPage:
    """The order with what this caller may see of it; `Forbidden` when the part asked for is not among that."""
    seen = order_page(_platform(request), request.state.caller, order_id)
    if part not in seen.parts:
        raise Forbidden(
            f"Expected a caller who may see or do “{part}” here, but {request.state.caller.subject} may not."
        )
    return seen


@doors.get("/sign-in", response_class=HTMLResponse)
def door(request: Request) -> HTMLResponse:
    """Who are you?"""
    return sign_in_page(request)


@doors.post("/sign-in")
def enter(request: Request, fields: Fields) -> Response:
    """By a token, or on a laptop as one of its people. `InvalidTokenError` for a token that is none."""
    platform = _platform(request)
    person, token = fields.get("person", ""), fields.get("token", "").strip()
    if person:
        if person not in platform.settings.api.people:
            raise Forbidden("Expected one of the people of this laptop.")
        token = platform.get(LaptopTokens).token(person)
    platform.get(Identity).caller(token)
    back = fields.get("back", session.ROOT)
    response = RedirectResponse(back if session.is_page(back) and "\\" not in back else session.ROOT, 303)
    session.sign_in(request, response, token)
    return response


@doors.post("/sign-out")
def leave(request: Request, fields: Fields) -> Response:
    """Good-bye."""
    response = RedirectResponse(f"{session.ROOT}/sign-in", 303)
    session.sign_out(request, response)
    return response
