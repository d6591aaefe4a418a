"""One visit for the team that has it: whom it goes to, what stands against it, arrival and departure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi.responses import HTMLResponse

from workers.api import providers
from workers.api.pages.door import Visitor
from workers.api.pages.show import page
from workers.domain import gates
from workers.domain.passes import Opens, PassRefused
from workers.domain.states import OrderState, VisitState
from workers.domain.visits import Visit
from workers.intake.answers import CHECK_IN_BEFORE
from workers.journey.telling import address_line, service_name

# A visit's blockers (`gates.blockers`) -> the reasons the page gives.
REASONS: Mapping[str, tuple[str, ...]] = {
    "GO_NOT_OK_PAYMENT": ("PAYMENT",),
    "GO_NOT_OK_DELIVERY": ("DELIVERY",),
    "GO_NOT_OK_BOTH": ("PAYMENT", "DELIVERY"),
    "GO_NOT_OK_CONTRACT": ("CONTRACT",),
    "GO_PENDING": ("PENDING",),
}
COMPLETIONS = ("COMPLETED", "PARTIALLY_COMPLETED", "INCOMPLETE", "REQUIRES_FOLLOWUP")
AHEAD = frozenset({VisitState.ASSIGNED, VisitState.READY})


def visit_page(who: Visitor, verb: str = "", problem: str = "", status: int = 200) -> HTMLResponse:
    """The visit; customer and address are there because this provider has it."""
    visit, order = _visit(who), who.file.order
    found = dict.fromkeys(
        reason for code in gates.blockers(order, visit) for reason in REASONS.get(code, ("CONTRACT",))
    )
    return page(
        who,
        "visit.html",
        problem=problem,
        status=status,
        visit=visit,
        order=order,
        service=service_name(order),
        address=address_line(order),
        blocked=list(found) if visit.state in AHEAD else [],
        ahead=visit.state in AHEAD,
        may_arrive=visit.state is VisitState.READY and not found,
        arrive_from=visit.planned_start - CHECK_IN_BEFORE if visit.planned_start else None,
        on_site=visit.state is VisitState.ON_SITE,
        paused=order.state is OrderState.ON_HOLD,
        completions=COMPLETIONS,
        work=who.pass_for(Opens.WORK, who.provider, since=who.now) if who.provider else "",
    )


def _visit(who: Visitor) -> Visit:
    found = who.file.visit(who.shown.key)
    if found is None:
        raise PassRefused("Expected a link to a visit, but there is none.")
    return found


def _check_in(who: Visitor, fields: Mapping[str, str]) -> object:
    danger = fields.get("danger")
    severity = "CRITICAL" if "critical" in fields else "MEDIUM"
    hazards = [{"kind": danger[:100], "severity": severity}] if danger else []
    told = {"at": who.now.isoformat(), "method": "MANUAL", "hazards": hazards}
    return providers.check_in(who.shown.key, providers.Arrival.model_validate(told), who.request)


def _check_out(who: Visitor, fields: Mapping[str, str]) -> object:
    told: dict[str, Any] = {
        "at": who.now.isoformat(),
        "completionStatus": fields.get("status"),
        "tvOutcome": fields.get("outcome"),
        "modifications": [{"description": line} for line in _lines(fields, "changes")],
        "reason": fields.get("reason"),
        "customerAbsent": "absent" in fields,
        "donePercent": fields.get("percent"),
        "tasksOpen": _lines(fields, "open"),
        "partsNeeded": _lines(fields, "parts"),
    }
    return providers.check_out(who.shown.key, providers.Departure.model_validate(told), who.request)


def _pause(who: Visitor, fields: Mapping[str, str]) -> object:
    told = {"at": who.now.isoformat(), "reason": fields.get("reason")}
    return providers.pause(who.shown.key, providers.Pause.model_validate(told), who.request)


def _resume(who: Visitor, fields: Mapping[str, str]) -> object:
    del fields
    told = {"at": who.now.isoformat()}
    return providers.resume(who.shown.key, providers.Resumption.model_validate(told), who.request)


def _withdraw(who: Visitor, fields: Mapping[str, str]) -> object:
    told = {"reason": fields.get("reason")}
    return providers.withdraw(who.shown.key, providers.Withdrawal.model_validate(told), who.request)


def _lines(fields: Mapping[str, str], name: str) -> list[str]:
    return [line.strip() for line in fields.get(name, "").splitlines() if line.strip()]


# Last part of the address -> what the team reports by it.
VISIT_ACTS: Mapping[str, Callable[[Visitor, Mapping[str, str]], object]] = {
    "check-in": _check_in,
    "check-out": _check_out,
    "pause": _pause,
    "resume": _resume,
    "withdrawal": _withdraw,
}
