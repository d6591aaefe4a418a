"""What support tells a customer who calls: where the order stands, the appointment, what is asked of the customer."""

from __future__ import annotations

from collections.abc import Iterator

from workers.bootstrap import OrderFile
from workers.desk.steps import Step
from workers.desk.words import ORDER
from workers.domain.states import OPEN_VISITS


def answer(file: OrderFile, steps: list[Step]) -> list[str]:
    """Sentences to say, the most important first."""
    return [ORDER[file.order.state].answer, *_appointment(file), *_asked(file, steps), *_known(file, steps)]


def _appointment(file: OrderFile) -> Iterator[str]:
    country = file.order.country
    teams = {row["visit_id"]: row["provider_id"] for row in file.view.assignments if row["state"] == "ACCEPTED"}
    for visit in file.view.visits:
        if visit["state"] in OPEN_VISITS and visit["planned_start"]:
            local = country.local(visit["planned_start"])
            window = {"AM": "in the morning", "PM": "in the afternoon"}.get(
                visit["slot_label"] or "", f"at {local:%H:%M}"
            )
            who = file.name(teams.get(visit["id"]))
            sure = f"{who} will come" if who else "The team is not settled yet; the date we hold is"
            yield f"{sure} {'on ' if who else ''}{local:%A, %-d %B %Y}, {window}."


def _asked(file: OrderFile, steps: list[Step]) -> Iterator[str]:
    """What waits for the customer."""
    for step in steps:
        if step.who == "the customer" and step.until:
            local = file.order.country.local(step.until)
            yield f"We are waiting for you: the customer {step.does}, at the latest on {local:%A, %-d %B, %H:%M}."


def _known(file: OrderFile, steps: list[Step]) -> Iterator[str]:
    if any(step.kind == "incident" for step in steps):
        yield "Something went wrong on our side; colleagues are at it. Nothing is asked of you."
    if file.order.payment_status in ("NOT_PAID", "PARTIALLY_PAID") and file.order.payment_status:
        yield "The order is not fully paid; it has to be before the visit."
