"""A proposed date, for either side: what is proposed, and the three answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from fastapi.responses import HTMLResponse, Response

from workers.api.pages.door import Visitor
from workers.api.pages.show import acted, page
from workers.api.providers import DateReply, reply_to_date
from workers.domain.negotiations import DateAnswer, DateNegotiation, Side
from workers.domain.passes import PassRefused
from workers.domain.states import NegotiationState

ANSWERS = {"accept": DateAnswer.ACCEPTED, "reject": DateAnswer.REJECTED}


def date_page(who: Visitor, side: Side, verb: str = "", problem: str = "", status: int = 200) -> HTMLResponse:
    """The question; `verb` of the link says which answer is chosen already."""
    negotiation = _negotiation(who)
    last = negotiation.last
    is_turn = negotiation.state is NegotiationState.IN_PROGRESS and last.by is side.other and last.answer is None
    return page(
        who,
        "date.html",
        problem=problem,
        status=status,
        negotiation=negotiation,
        last=last,
        turn=is_turn,
        chosen=ANSWERS.get(verb, DateAnswer.COUNTER if verb == "" and problem else ""),
        rounds_left=last.n < 3,
    )


def answer_date(who: Visitor, side: Side, fields: Mapping[str, str]) -> Response:
    """Keeps the answer and tells the journey."""
    negotiation = _negotiation(who)

    def act() -> object:
        other = fields.get("date") if fields.get("answer") == DateAnswer.COUNTER else None
        reply = DateReply.model_validate({"answer": fields.get("answer"), **wanted(other, fields)})
        # The round of the page that was answered: a newer proposal is not answered by an older page.
        number = int(fields["round"]) if fields.get("round", "").isdecimal() else 0
        return reply_to_date(negotiation.id, number, reply, side, who.request)

    return acted(who, act, lambda problem, status: date_page(who, side, "", problem, status))


def wanted(day: str | None, fields: Mapping[str, str]) -> dict[str, str | date | None]:
    """Date and part of the day as the API wants them."""
    return {"date": day, "window": fields.get("window")} if day else {}


def _negotiation(who: Visitor) -> DateNegotiation:
    found = who.file.negotiation(who.shown.key)
    if found is None:
        raise PassRefused("Expected a link to a proposed date, but there is none.")
    return found
