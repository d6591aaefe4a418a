"""`everybody: does the usual`: goods arrive on their day, providers accept, teams come and finish, customers sign.

Human tasks are never answered: where an operator has to decide, the scenario says what.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product

from workers.workshop.scenarios import acts
from workers.workshop.scenarios.format import Step
from workers.workshop.scenarios.scene import Scene, Stuck

ENDED = frozenset({"CLOSED", "CANCELLED", "REJECTED"})
ARRIVED = frozenset({"FULLY_DELIVERED", "NOT_REQUIRED"})
MORNING = timedelta(hours=9)
# Who does what, how long after it became possible.
ROUTINE: tuple[tuple[dict[str, str], timedelta], ...] = (
    ({"provider": "accepts"}, timedelta(hours=1)),
    ({"team": "checks in"}, timedelta()),
    ({"team": "checks out"}, acts.USUAL_WORK),
    ({"customer": "signs"}, timedelta(hours=2)),
)


def does_the_usual(scene: Scene, step: Step, _: object) -> None:
    """Plays until every order has ended (or the one that `order` names, or the state `until`)."""
    deadline = scene.now + timedelta(days=90)
    agenda: dict[str, datetime] = {}
    scene.settle()
    while not _over(scene, step):
        if scene.now > deadline:
            raise Stuck(f"Expected the orders to end within 90 days, but they wait at {sorted(scene.watch.waiting())}")
        if not _act(scene, step, agenda):
            _pass(scene, agenda)


def _over(scene: Scene, step: Step) -> bool:
    wanted = {step.until} if step.until else ENDED
    sales = [scene.sale(step.order)] if step.order else scene.sales
    states = [_state(scene, sale) for sale in sales]
    if not all(state in wanted for state in states):
        return False
    return bool(step.until) or not any(p == "ServiceOrderJourney" for p in _living(scene))


def _living(scene: Scene) -> list[str]:
    ended = scene.kit.journal.ends
    return [process for process, key in scene.watch.instances if key not in ended]


def _state(scene: Scene, sale: object) -> str:
    rows = scene.of_order("order_progress", sale)  # type: ignore[arg-type]  # a sale of this scene
    return str(rows[0]["state"]) if rows else ""


def _act(scene: Scene, step: Step, agenda: dict[str, datetime]) -> bool:
    """Does one thing whose time has come; plans what is new."""
    if _deliver(scene, step, agenda):
        return True
    orders = [step.order] if step.order else [sale.number for sale in scene.sales]
    for (said, pause), order in product(ROUTINE, orders):
        one = Step.model_validate({**said, "order": order})
        act = acts.act_of(one)
        found = act.find(scene, one)
        if found is None:
            continue
        name = f"{said}:{found['id']}:{found.get('version', '')}"
        planned = act.moment(found) if act.moment else scene.now + pause
        due = agenda.setdefault(name, max(planned, scene.now))
        if due <= scene.now:
            scene.tell(*next(iter(said.items())))
            act.do(scene, one, found)
            return True
    return False


def _deliver(scene: Scene, step: Step, agenda: dict[str, datetime]) -> bool:
    """The supply chain delivers in the morning of the promised day, unless it has said something about these goods already."""
    for sale in scene.sales:
        rows = scene.of_order("order_progress", sale)
        told = any(record.topic.startswith("supply_chain.") for record in sale.sent)
        if not rows or told or not rows[0]["delivery_date"] or rows[0]["delivery_status"] in ARRIVED:
            continue
        morning = datetime.combine(rows[0]["delivery_date"], datetime.min.time(), sale.country.time_zone) + MORNING
        if agenda.setdefault(f"delivery {sale.number}", morning.astimezone(scene.now.tzinfo)) <= scene.now:
            one = Step.model_validate({"delivery": "FULLY_DELIVERED", "order": sale.number})
            scene.tell("delivery", "FULLY_DELIVERED")
            acts.act_of(one).do(scene, one, True)
            return True
    return False


def _pass(scene: Scene, agenda: dict[str, datetime]) -> None:
    coming = [at for at in agenda.values() if at > scene.now]
    scene.step_forward(min(coming, default=None))
