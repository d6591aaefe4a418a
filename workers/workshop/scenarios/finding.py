"""What an act is about: the offer, visit, agreement, negotiation or human task it needs, if there is one now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workers.workshop.scenarios.format import Step
from workers.workshop.scenarios.scene import Row, Scene
from workers.workshop.scenarios.watch import OpenTask, waited_for

Find = Callable[[Scene, Step], Any]


def always(scene: Scene, step: Step) -> bool:
    """For what can be done at any time."""
    return True


def waiting_row(message: str, table: str) -> Find:
    """The row whose id something waits for under a message; of the order and provider the step names."""

    def find(scene: Scene, step: Step) -> Row | None:
        keys = set(waited_for(scene.watch, message))
        sale = scene.sale(step.order)
        for row in scene.of_order(table, sale):
            if str(row["id"]) in keys and named(scene, row, step.name):
                return row
        return None

    return find


def named(scene: Scene, row: Row, name: str) -> bool:
    """Whether a row is about the provider whose name begins so."""
    if not name or "provider_id" not in row:
        return True
    return any(str(p["name"]).startswith(name) for p in scene.rows("providers", id=row["provider_id"]))


def open_offer(scene: Scene, step: Step) -> Row | None:
    """An offer that can be answered, whoever in the journey waits for it; one that is over for an answer that must be refused."""
    offers = scene.of_order("offers", scene.sale(step.order), order_by="sent_at")
    states = ("PENDING",) if step.answer is None else ("PENDING", "CLOSED", "EXPIRED", "WITHDRAWN")
    return next(
        (o for o in offers if o["state"] in states and named(scene, o, step.name) and _not_silent(scene, o)), None
    )


def _not_silent(scene: Scene, offer: Row) -> bool:
    return str(offer["id"]) not in scene.silent


def open_agreement(scene: Scene, step: Step) -> Row | None:
    """An agreement out for signature that the journey knows; of the kind the step names."""
    found = scene.of_order("agreements", scene.sale(step.order), order_by="sent_at")
    return next((a for a in found if a["state"] == "PENDING_SIGNATURE" and step.kind in ("", a["kind"])), None)


def visit_in(*states: str) -> Find:
    """The visit of the order in one of these states."""

    def find(scene: Scene, step: Step) -> Row | None:
        return next((v for v in scene.of_order("visits", scene.sale(step.order)) if v["state"] in states), None)

    return find


def last_visit(scene: Scene, step: Step) -> Row | None:
    """The newest visit of the order."""
    visits = scene.of_order("visits", scene.sale(step.order), order_by="sequence")
    return visits[-1] if visits else None


# The lead's task about a late task: a scenario that means it names it.
LEADS = "ReviewEscalation"


def open_task(scene: Scene, step: Step) -> OpenTask | None:
    """The open human task the step names, or the only one of its order."""
    sale = scene.sale(step.order)
    tasks = [t for t in scene.watch.tasks.values() if step.task == t.element or (not step.task and t.element != LEADS)]
    mine = [task for task in tasks if _order_key(scene, task) in (None, sale.order_key)]
    if not step.task and len(mine) > 1:
        raise AssertionError(f"Expected one open task, but there are {', '.join(t.element for t in mine)}: name it")
    return mine[0] if mine else None


def _order_key(scene: Scene, task: OpenTask) -> str | None:
    key = scene.watch.document(task.value.element_instance_key).get("orderKey")
    return None if key is None else str(key)


def repricing_asked(scene: Scene, step: Step) -> str | None:
    """The number of the newest technical visit's outcome that sales is asked to reprice, and has not."""
    asked = [str(event.payload["outcomeNumber"]) for event in scene.bus.on("fsm.tv.modifications_required")]
    return asked[-1] if asked and asked[-1] not in scene.done else None


def pro_forma(*states: str) -> Find:
    """The pro forma of the order in one of these states."""

    def find(scene: Scene, step: Step) -> Row | None:
        return next((r for r in scene.of_order("pro_formas", scene.sale(step.order)) if r["state"] in states), None)

    return find


def open_negotiation(by: str) -> Find:
    """The negotiation that waits for an answer of this side."""

    def find(scene: Scene, step: Step) -> Row | None:
        found = [r for r in scene.of_order("date_negotiations", scene.sale(step.order)) if r["state"] == "IN_PROGRESS"]
        return next((row for row in found if row["rounds"] and row["rounds"][-1]["by"] != by), None)

    return find
