"""What a provider's app and a team's phone send: answers to offers, dates, arrival, departure, withdrawal."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import AwareDatetime, Field

from workers.api.once import Body, once, report_key
from workers.bootstrap import Platform
from workers.domain.negotiations import DateAnswer, Side
from workers.intake import answers, dates
from workers.intake.dates import Said
from workers.journey.almanac import Almanac
from workers.journey.arrival import Danger
from workers.journey.dates import Wanted

router = APIRouter(tags=["providers"])


class OfferAnswer(Body):
    """Yes or no to an offer."""

    accepted: bool
    reason: str | None = Field(default=None, max_length=500)


class DateProposal(Body):
    """Another date for an open offer; `window` is AM, PM or an hour."""

    day: date = Field(alias="date")
    window: str | None = Field(default=None, max_length=5)
    original_still_possible: bool = False


class DateReply(Body):
    """A side's answer to a proposed date; COUNTER names another one."""

    answer: DateAnswer
    day: date | None = Field(default=None, alias="date")
    window: str | None = Field(default=None, max_length=5)

    def said(self, by: Side) -> Said:
        """In the journey's words."""
        return Said(by=by, answer=self.answer, wanted=Wanted(self.day, self.window) if self.day else None)


class Hazard(Body):
    """Something on site that may hurt somebody."""

    kind: str = Field(min_length=1, max_length=100)
    severity: Danger
    note: str | None = Field(default=None, max_length=500)


class Arrival(Body):
    """The team stands at the door: where, how sure of it, and what it found."""

    at: AwareDatetime
    lat: float | None = Field(default=None, ge=-90, le=90)
    lng: float | None = Field(default=None, ge=-180, le=180)
    accuracy_m: float = Field(default=0, ge=0, le=10_000)
    method: Literal["GPS", "QR", "MANUAL"] | None = None
    photos: list[str] = Field(default_factory=list, max_length=20)
    hazards: list[Hazard] = Field(default_factory=list, max_length=20)


class Pause(Body):
    """The team interrupts its work, and why."""

    at: AwareDatetime
    reason: str = Field(min_length=1, max_length=500)


class Modification(Body):
    """What the sold work needs beside what was sold."""

    description: str = Field(min_length=1, max_length=1000)
    extra_minutes: int = Field(default=0, ge=0, le=10_000)
    requires_repricing: bool = False
    estimated_delta: float | None = None


class Resumption(Body):
    """The team goes on."""

    at: AwareDatetime


class ChecklistItem(Body):
    """A line of the team's checklist."""

    name: str = Field(min_length=1, max_length=200)
    mandatory: bool = False
    done: bool = False


class Departure(Body):
    """The team leaves: how far it came, what is open and why, and what a technical visit found."""

    at: AwareDatetime
    completion_status: Literal["COMPLETED", "PARTIALLY_COMPLETED", "INCOMPLETE", "CANCELLED", "REQUIRES_FOLLOWUP"]
    tv_outcome: Literal["YES", "YES_BUT", "NO"] | None = None
    modifications: list[Modification] = Field(default_factory=list, max_length=50)
    reason: str | None = Field(default=None, max_length=500)
    cause: Literal["CUSTOMER", "SITE", "TECHNICAL", "PROVIDER", "REGULATORY", "EXTRA_WORK"] | None = None
    customer_absent: bool = False
    done_percent: int | None = Field(default=None, ge=0, le=100)
    tasks_done: list[str] = Field(default_factory=list, max_length=100)
    tasks_open: list[str] = Field(default_factory=list, max_length=100)
    checklist: list[ChecklistItem] = Field(default_factory=list, max_length=100)
    materials: list[str] = Field(default_factory=list, max_length=100)
    parts_needed: list[str] = Field(default_factory=list, max_length=50)
    photos: list[str] = Field(default_factory=list, max_length=50)


class Withdrawal(Body):
    """The provider cannot come, and why."""

    reason: str = Field(min_length=1, max_length=500)


@router.post("/offers/{offer_id}/answer")
def answer_offer(offer_id: UUID, answer: OfferAnswer, request: Request) -> dict[str, str]:
    """Accepts or rejects an open offer. 409 when somebody or the clock was quicker."""
    return once(
        request,
        f"answer-offer:{offer_id}:{answer.accepted}",
        lambda unit: answers.answer_offer(unit, offer_id, accepted=answer.accepted, reason=answer.reason),
    )


@router.post("/offers/{offer_id}/date-proposals")
def propose_date(offer_id: UUID, proposal: DateProposal, request: Request) -> dict[str, str]:
    """Proposes another date for an open offer. 422 when the visit cannot be then, 409 when the offer is not open."""
    platform: Platform = request.app.state.platform
    wanted, possible = Wanted(proposal.day, proposal.window), proposal.original_still_possible
    return once(
        request,
        f"propose-date:{offer_id}:{proposal.day}:{proposal.window}",
        lambda unit: dates.propose_date(
            unit, platform.get(Almanac), offer_id, wanted=wanted, original_still_possible=possible
        ),
    )


@router.post("/date-negotiations/{negotiation_id}/rounds/{number}/provider-answer")
def answer_date(negotiation_id: UUID, number: int, reply: DateReply, request: Request) -> dict[str, str]:
    """The provider answers the customer's proposal. 409 when it is not the provider's turn (any more)."""
    return reply_to_date(negotiation_id, number, reply, Side.PROVIDER, request)


@router.post("/date-negotiations/{negotiation_id}/rounds/{number}/customer-answer")
def answer_date_for_customer(negotiation_id: UUID, number: int, reply: DateReply, request: Request) -> dict[str, str]:
    """The customer's page passes on what the customer answered to the provider's proposal."""
    return reply_to_date(negotiation_id, number, reply, Side.CUSTOMER, request)


def reply_to_date(negotiation_id: UUID, number: int, reply: DateReply, by: Side, request: Request) -> dict[str, str]:
    """Either side's answer: the same rules, another side."""
    platform: Platform = request.app.state.platform
    said = reply.said(by)
    return once(
        request,
        f"answer-date:{negotiation_id}:{number}:{by}:{reply.answer}:{reply.day}",
        lambda unit: dates.answer_date(unit, platform.get(Almanac), negotiation_id, number, said=said),
    )


@router.post("/visits/{visit_id}/check-in")
def check_in(visit_id: UUID, arrival: Arrival, request: Request) -> dict[str, str]:
    """The team arrived. 409 when it is more than half an hour early, or the visit is not ready for it."""
    report = arrival.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
    return once(
        request, report_key("check-in", visit_id, report), lambda unit: answers.check_in(unit, visit_id, report=report)
    )


@router.post("/visits/{visit_id}/check-out")
def check_out(visit_id: UUID, departure: Departure, request: Request) -> dict[str, str]:
    """The team left. 422 when it calls work completed that leaves something open; the rest is judged by the journey."""
    report = departure.model_dump(mode="json", by_alias=True, exclude_none=True)
    return once(
        request,
        report_key("check-out", visit_id, report),
        lambda unit: answers.check_out(unit, visit_id, report=report),
    )


@router.post("/visits/{visit_id}/pause")
def pause(visit_id: UUID, pausing: Pause, request: Request) -> dict[str, str]:
    """The team interrupts its work. 409 unless it is working."""
    key = report_key("pause", visit_id, pausing.model_dump(mode="json"))
    return once(request, key, lambda unit: answers.pause(unit, visit_id, reason=pausing.reason))


@router.post("/visits/{visit_id}/resume")
def resume(visit_id: UUID, resumption: Resumption, request: Request) -> dict[str, str]:
    """The team goes on. 409 unless it paused."""
    key = report_key("resume", visit_id, resumption.model_dump(mode="json"))
    return once(request, key, lambda unit: answers.resume(unit, visit_id))


@router.post("/visits/{visit_id}/withdrawal")
def withdraw(visit_id: UUID, withdrawal: Withdrawal, request: Request) -> dict[str, str]:
    """The provider gives the visit back; the journey looks for another one."""
    reason = withdrawal.reason
    return once(
        request,
        report_key("withdrawal", visit_id, {"reason": reason}),
        lambda unit: answers.withdraw(unit, visit_id, reason=reason),
    )
