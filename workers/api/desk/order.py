"""What the page of one order shows to one caller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from workers.bootstrap import CamundaDesk, DeskReads, OrderFile, Platform
from workers.desk.answer import answer
from workers.desk.documents import Paper, papers_of
from workers.desk.rights import Part, parts_for
from workers.desk.standing import waits
from workers.desk.steps import Step, steps_of
from workers.desk.stuck import Explanation, explain_incident
from workers.desk.timeline import Happening, timeline_of
from workers.desk.visits import Month, months_of
from workers.desk.words import KIND, ORDER, VISIT
from workers.domain.callers import Caller, Owner
from workers.domain.errors import NotKnown
from workers.domain.links import Links
from workers.domain.orders import ServiceOrder

MOST_EXPLAINED = 3


@dataclass(frozen=True, kw_only=True)
class OrderPage:
    """Everything the template asks for. What a caller may not see is not in `parts`, and the template does not ask for it."""

    platform: Platform
    file: OrderFile
    parts: frozenset[Part]
    unknown: str  # why it is not known what Camunda waits for; empty when it is
    steps: Sequence[Step]
    answers: Sequence[str]
    stuck: Sequence[Explanation]
    timeline: Sequence[Happening]
    months: Sequence[Month]
    visits: Sequence[Mapping[str, Any]]
    papers: Sequence[Paper]
    instances: Sequence[str]

    @property
    def order(self) -> ServiceOrder:
        """The order."""
        return self.file.order

    @property
    def country(self) -> str:
        """Whose clock its moments are told by."""
        return self.order.country_code

    @property
    def stands(self) -> str:
        """Where it stands, in a sentence."""
        return ORDER[self.order.state].stands

    def may(self, part: str) -> bool:
        """Whether the caller sees a part."""
        return Part(part) in self.parts

    def incidents(self) -> list[dict[str, Any]]:
        """Its incidents as Camunda has them."""
        desk = self.platform.get(CamundaDesk)
        return [desk.incident(step.key) for step in self.steps if step.kind == "incident"]

    def link(self, what: str, key: str) -> str:
        """Where a task or an instance is seen; empty when the settings do not say."""
        told = self.platform.settings.links
        if told is None or not key:
            return ""
        links = Links(**told.model_dump(exclude={"secret"}))
        return links.to_task(key) if what == "task" else links.to_instance(key)

    @staticmethod
    def visit_words(state: str) -> str:
        """A visit's state in words."""
        return VISIT.get(state, state)


def order_page(platform: Platform, caller: Caller, order_id: UUID) -> OrderPage:
    """The page of an order the caller was let in to. `NotKnown` when there is none."""
    file = platform.get(DeskReads).file(order_id)
    if file is None:
        raise NotKnown("Expected an order, but there is none with this id")
    order = file.order
    waiting, unknown = waits(platform, file.view.line)
    steps = steps_of(file, waiting)
    incidents = [step.key for step in steps if step.kind == "incident"][:MOST_EXPLAINED]
    return OrderPage(
        platform=platform,
        file=file,
        parts=parts_for(caller, Owner(order.country_code, order.bu_code, order.store_code)),
        unknown=unknown,
        steps=steps,
        answers=answer(file, steps),
        stuck=[explain_incident(platform, key) for key in incidents],
        timeline=timeline_of(file.view)[::-1],
        months=months_of(file.view.visits, order.country),
        visits=_visits(file),
        papers=papers_of(file),
        instances=list(dict.fromkeys(wait.instance for wait in waiting)),
    )


def _visits(file: OrderFile) -> list[dict[str, Any]]:
    """The visits with words, and who has them."""
    held = {row["visit_id"]: row for row in file.view.assignments if row["state"] == "ACCEPTED"}
    return [_visit(file, visit, held.get(visit["id"])) for visit in file.view.visits]


def _visit(file: OrderFile, visit: Mapping[str, Any], held: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        **visit,
        "what": KIND.get(visit["kind"], visit["kind"]),
        "how": VISIT.get(visit["state"], visit["state"]),
        "provider": file.name(held["provider_id"]) if held else "",
        "team": file.name(held["team_id"]) if held else "",
    }
