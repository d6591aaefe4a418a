"""What people and systems outside do: one row per act. `find` says whether it can be done now, `do` does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from workers.workshop.scenarios import doing, finding, firms
from workers.workshop.scenarios.doing import Do
from workers.workshop.scenarios.finding import Find, always, open_agreement, open_offer, open_task
from workers.workshop.scenarios.format import Step

USUAL_WORK = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Act:
    """`pause`: how long after it became possible it is done when the step does not say; `moment`: when, by the found thing."""

    find: Find
    do: Do
    pause: timedelta = timedelta()
    moment: Callable[[Any], datetime] | None = None


ACTS: Mapping[tuple[str, str], Act] = {
    ("sales", "sends"): Act(always, doing.sends),
    ("sales", "updates"): Act(always, doing.updates),
    ("sales", "reprices"): Act(finding.repricing_asked, doing.reprices),
    ("sales", "cancels"): Act(always, doing.cancels),
    ("sales", "sends record"): Act(always, doing.sends_record),
    ("provider", "accepts"): Act(open_offer, doing.answer_offer(accepted=True)),
    ("provider", "rejects"): Act(open_offer, doing.answer_offer(accepted=False)),
    ("provider", "stays silent"): Act(open_offer, doing.stays_silent),
    ("provider", "proposes"): Act(open_offer, doing.proposes),
    ("provider", "accepts date"): Act(finding.open_negotiation("PROVIDER"), doing.answers_date("PROVIDER", "ACCEPTED")),
    ("provider", "counters"): Act(finding.open_negotiation("PROVIDER"), doing.answers_date("PROVIDER", "COUNTER")),
    ("provider", "refuses date"): Act(finding.open_negotiation("PROVIDER"), doing.answers_date("PROVIDER", "REJECTED")),
    ("customer", "accepts date"): Act(finding.open_negotiation("CUSTOMER"), doing.answers_date("CUSTOMER", "ACCEPTED")),
    ("customer", "counters"): Act(finding.open_negotiation("CUSTOMER"), doing.answers_date("CUSTOMER", "COUNTER")),
    ("customer", "refuses date"): Act(finding.open_negotiation("CUSTOMER"), doing.answers_date("CUSTOMER", "REJECTED")),
    ("payment", ""): Act(always, doing.pays),
    ("delivery", ""): Act(always, doing.delivers),
    ("provider", "withdraws"): Act(finding.visit_in("ASSIGNED", "READY"), doing.withdraws),
    ("team", "checks in"): Act(finding.visit_in("READY"), doing.checks_in, moment=lambda visit: visit["planned_start"]),
    ("team", "checks out"): Act(finding.waiting_row("visit-checked-out", "visits"), doing.checks_out, pause=USUAL_WORK),
    ("team", "pauses"): Act(finding.waiting_row("visit-paused", "visits"), doing.pauses),
    ("team", "resumes"): Act(finding.waiting_row("visit-resumed", "visits"), doing.resumes),
    ("customer", "signs"): Act(open_agreement, doing.signs),
    ("customer", "declines"): Act(open_agreement, doing.declines),
    ("customer", "lets expire"): Act(open_agreement, doing.lets_expire),
    ("provider", "signs"): Act(firms.to_sign, firms.signs),
    ("provider", "declines"): Act(firms.to_sign, firms.declines),
    ("provider", "registers"): Act(always, firms.registers),
    ("provider", "uploads documents"): Act(firms.newest, firms.uploads),
    ("provider", "contests"): Act(finding.pro_forma("SENT"), doing.answers_pro_forma(accepted=False)),
    ("erp", ""): Act(finding.pro_forma("SIGNED"), doing.pays_provider),
    ("operator", ""): Act(open_task, doing.decides),
    ("analyst", ""): Act(always, doing.deploys),
    ("worker", ""): Act(always, doing.dies),
    ("signing", ""): Act(always, doing.webhooks),
    ("time", "passes"): Act(always, doing.passes),
    ("clock", "jumps"): Act(always, doing.jumps),
    ("fault", ""): Act(always, doing.plan_fault),
    ("reference", ""): Act(always, doing.changes_reference),
    ("message", ""): Act(always, doing.publishes),
    ("call", ""): Act(always, doing.calls),
}


def act_of(step: Step) -> Act:
    """The row of a step. `AssertionError` for an act whose part is not there yet."""
    who, what = step.act
    found = ACTS.get((who, str(what))) or ACTS.get((who, ""))
    if found is None:
        raise AssertionError(f"Expected an act that can be played, but nothing is there yet for {who}: {what}")
    return found
