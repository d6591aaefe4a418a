"""Who gets a visit, and on what ground: an accepted offer, an operator's choice, or the best candidate of a direct assignment."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from workers.domain.assignments import Offer
from workers.domain.errors import AssignmentNotAllowed, NotKnown, OfferNoLongerOpen
from workers.domain.orders import ServiceOrder
from workers.domain.states import WON_OFFERS, OfferState
from workers.domain.values import OfferMode, RiskStatus
from workers.domain.visits import Visit
from workers.journey.contract import Blank
from workers.ports.repositories import UnitOfWork
from workers.runtime import TaskInput


class Choice(TaskInput):
    """Whom an operator chose in the form `assign-provider`, or whom the decision assigns directly. Ids may be mistyped."""

    decision: str = "ASSIGN"
    provider_id: Blank[str] = None
    team_id: Blank[str] = None
    agreed_price: Blank[Decimal] = None
    justification: Blank[str] = None


class Award(NamedTuple):
    """Who gets the visit, and on what ground."""

    provider_id: UUID
    team_id: UUID
    method: str
    mode: OfferMode
    offer: Offer | None = None
    price: Decimal | None = None
    justification: str | None = None


def won(unit: UnitOfWork, visit: Visit, offer_id: UUID) -> Award:
    """The provider who accepted an offer."""
    offer = unit.offers.get(offer_id)
    if offer.state is OfferState.PENDING and offer.expires_at > unit.now:
        # The answer's message overtook its row: it is an answer all the same.
        offer = unit.offers.answer(offer_id, OfferState.ACCEPTED) or offer
    if offer.visit_id != visit.id or offer.state not in WON_OFFERS:
        raise OfferNoLongerOpen(f"Expected offer {offer_id} to be accepted, but it is {offer.state}")
    return Award(offer.provider_id, offer.team_id, "OFFER", offer.mode, offer)


def direct(unit: UnitOfWork, order: ServiceOrder, candidate: Choice) -> Award:
    """The best candidate, assigned without a question."""
    try:
        return _award(unit, order, candidate, "DIRECT")
    except AssignmentNotAllowed as error:
        raise OfferNoLongerOpen(str(error)) from error


def chosen(unit: UnitOfWork, order: ServiceOrder, visit: Visit, choice: Choice) -> Award:
    """The team an operator chose; `AssignmentNotAllowed` goes back to the operator with its reason.

    Nobody overrules a suspension or a missing contract. Who was screened out for something else needs a justification.
    """
    award = _award(unit, order, choice, "MANUAL")
    provider = unit.providers.get(award.provider_id)
    if (provider.country_code, provider.bu_code) != (order.country_code, order.bu_code):
        raise AssignmentNotAllowed(f"{provider.name} works for another business unit")
    if provider.status != "ACTIVE" or provider.risk_status is RiskStatus.SUSPENDED:
        raise AssignmentNotAllowed(f"{provider.name} is suspended")
    if not (provider.contract_signed and provider.papers_hold):
        raise AssignmentNotAllowed(f"{provider.name} has no signed contract, or its documents are not valid")
    reasons = _screened_out(unit, visit, award.team_id)
    if reasons and not choice.justification:
        raise AssignmentNotAllowed(f"{provider.name} was screened out ({reasons}): a justification is needed")
    return award


def _award(unit: UnitOfWork, order: ServiceOrder, choice: Choice, method: str) -> Award:
    team = _team(unit, order, choice)
    provider_id = unit.providers.team(team).provider_id
    if choice.provider_id and choice.provider_id != str(provider_id):
        raise AssignmentNotAllowed(f"Team {team} is another provider's than {choice.provider_id}")
    price, why = choice.agreed_price, choice.justification
    return Award(provider_id, team, method, OfferMode.DIRECT, price=price, justification=why)


def _team(unit: UnitOfWork, order: ServiceOrder, choice: Choice) -> UUID:
    try:
        if choice.team_id:
            return unit.providers.team(UUID(choice.team_id)).id
        provider = unit.providers.get(UUID(str(choice.provider_id))).id
    except (ValueError, NotKnown) as error:
        named = f"{choice.provider_id!r} with the team {choice.team_id!r}"
        raise AssignmentNotAllowed(f"Nobody is known as {named}") from error
    teams = [fit.team.id for fit in unit.providers.fitting(order) if fit.provider.id == provider]
    if not teams:
        raise AssignmentNotAllowed(f"Provider {provider} has no active team that serves the address")
    return teams[0]


def _screened_out(unit: UnitOfWork, visit: Visit, team_id: UUID) -> str:
    """Why the newest search screened the team out; empty when it did not."""
    runs = unit.runs.of_visit(visit.id)
    excluded = runs[-1].funnel.get("excluded", []) if runs else []
    return ", ".join(reason for row in excluded if row["teamId"] == str(team_id) for reason in row["reasons"])
