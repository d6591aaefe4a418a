"""What a change of the sale, or of the goods' day, means for a visit that is planned."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from workers.domain import scheduling
from workers.domain.orders import ServiceOrder
from workers.domain.states import REPLANNABLE_VISITS, VisitState
from workers.domain.visits import Visit
from workers.journey import planning
from workers.journey.almanac import Almanac
from workers.journey.going import UNDER_WAY
from workers.ports.repositories import UnitOfWork

PLANNED = REPLANNABLE_VISITS | {VisitState.ON_SITE}


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether the planned visit can stay where it is; `earliest` is the first day the order allows now."""

    visit: Visit | None
    earliest: date | None
    stays: bool
    begun: bool


def fit_of(unit: UnitOfWork, almanac: Almanac, order: ServiceOrder) -> Fit:
    """Notice, delivery and wished date against the day of the work that is planned; no plan fits whatever comes."""
    work = [visit for visit in unit.visits.of_order(order.id) if visit.is_main and visit.state in PLANNED]
    if order.frozen or not work or work[-1].planned_start is None:
        return Fit(None, None, stays=True, begun=False)
    visit = work[-1]
    # Days that went by since the visit was planned are no reason to move it: what was bought is, and when it comes.
    rules = almanac.rules(order, visit)
    wish = replace(planning.wish_of(unit, order, visit, rules), today=order.country.day(order.created_at))
    first = scheduling.earliest(wish, almanac.holidays_of(order, rules)).day
    stays = first <= order.country.day(visit.start)
    return Fit(visit, first, stays=stays, begun=order.state in UNDER_WAY)
