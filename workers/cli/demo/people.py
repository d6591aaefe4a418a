"""Customer, provider, seller and operator of the demonstration: they see what people see and answer where people answer.

What waits for whom is read from Camunda's REST API (open user tasks, open message subscriptions) and from the topics the
sales system reads; answers go through our HTTP API, the sales topics, the signing page and Tasklist's own API.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from workers.bootstrap import CamundaRest
from workers.cli.demo.stories import CANCELLED_TOPIC, UPDATED_TOPIC, Sale
from workers.cli.demo.world import World

NOTES = "Called the customer, all agreed."
Task = Mapping[str, Any]
# Form -> what the operator fills in. A form nobody planned for is an error: the demonstration must not guess.
FORMS: Mapping[str, Callable[[Sale, Task], dict[str, Any]]] = {
    "correct-order": lambda sale, _: {
        "correction": {
            "decision": sale.story.operator,
            "email": f"corrected.{sale.number}@example.com",
            "phone": "+33639981235",
            "reason": "DATA_NOT_OBTAINABLE" if sale.story.operator == "REJECT" else None,
            "resolutionNotes": NOTES,
        }
    },
    "review-tv-outcome": lambda sale, _: {
        "tvReview": {"decision": "CONFIRM", "outcome": sale.story.tv_outcome, "resolutionNotes": NOTES}
    },
    "approve-cancellation": lambda *_: {
        "cancellationApproval": {"decision": "APPROVE", "feePercent": 30, "resolutionNotes": NOTES}
    },
}


@dataclass(slots=True)
class People:
    """Everybody outside. `act` answers what can be answered now; `next_appointment` is when somebody acts next."""

    world: World
    agenda: dict[str, tuple[datetime, Callable[[], None]]] = field(default_factory=dict)
    ignored: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)

    def act(self) -> int:
        """One round; returns how many answers were given."""
        now = self.world.now()
        return sum(
            answer()
            for answer in (
                self._operator,
                self._seller,
                self._customer_cancels,
                lambda: self._waiting("offer-accepted", self._provider_answers),
                lambda: self._waiting("agreement-closed", self._customer_signs),
                lambda: self._waiting("visit-checked-in", self._plan_check_in),
                lambda: self._waiting("visit-checked-out", self._plan_check_out),
                lambda: self._keep_appointments(now),
            )
        )

    def next_appointment(self) -> datetime | None:
        """The earliest planned act."""
        return min((at for at, _ in self.agenda.values()), default=None)

    def _operator(self) -> int:
        answered = 0
        rest = self.world.platform.get(CamundaRest)
        for task in rest.user_tasks():
            sale = self.world.sale_of(int(task["processInstanceKey"]))
            form = rest.form(task["userTaskKey"]) or {}
            rest.assign(task["userTaskKey"], "operator.fr")
            rest.complete(task["userTaskKey"], FORMS[form.get("formId", "")](sale, task))
            self.world.tell(f"operator answers {task['elementId']} of {sale.number}")
            answered += 1
        return answered

    def _seller(self) -> int:
        """Reprices after a technical visit, as asked on `fsm.tv.modifications_required`."""
        answered = 0
        for event in self.world.modifications_required():
            sale = self.world.sales[str(event["orderKey"])]
            self.world.produce(UPDATED_TOPIC, sale, sale.answer_document(str(event["outcomeNumber"])))
            self.world.tell(f"sales reprices {sale.number}")
            answered += 1
        return answered

    def _customer_cancels(self) -> int:
        answered = 0
        for sale in self.world.sales.values():
            wish = f"cancel {sale.number}"
            if sale.story.cancel_when and wish not in self.done and self.world.state_of(sale) == sale.story.cancel_when:
                self.done.add(wish)
                self.world.produce(CANCELLED_TOPIC, sale, sale.cancelled_document(self.world.now()))
                self.world.tell(f"customer cancels {sale.number}")
                answered += 1
        return answered

    def _waiting(self, message: str, answer: Callable[[Sale, Task], bool]) -> int:
        return sum(answer(sale, subscription) for sale, subscription in self._open(message))

    def _open(self, message: str) -> Iterator[tuple[Sale, Task]]:
        for subscription in self.world.subscriptions(message):
            yield self.world.sale_of(int(subscription["processInstanceKey"])), subscription

    def _provider_answers(self, sale: Sale, subscription: Task) -> bool:
        offer = str(subscription["correlationKey"])
        if offer in self.done or offer in self.ignored:
            return False
        silent = sum(name.startswith(sale.number) for name in self.ignored_by_sale)
        if silent < sale.story.silent_offers:
            self.ignored.add(offer)
            self.ignored_by_sale.add(f"{sale.number} {offer}")
            self.world.tell(f"a provider stays silent about {sale.number}")
            return False
        self.done.add(offer)
        return self._post(f"/offers/{offer}/answer", {"accepted": True}, f"a provider accepts {sale.number}")

    @property
    def ignored_by_sale(self) -> set[str]:
        """Offers nobody answered, by sale."""
        return self.world.silences

    def _customer_signs(self, sale: Sale, subscription: Task) -> bool:
        agreement = str(subscription["correlationKey"])
        signed = self.world.stack.adobe.sign(agreement, {"rating": "5"})
        if signed:
            self.world.tell(f"customer signs the work closing form of {sale.number}")
        return signed

    def _plan_check_in(self, sale: Sale, subscription: Task) -> bool:
        start = datetime.fromisoformat(self.world.variable(int(subscription["processInstanceKey"]), "visitStart"))
        visit = str(subscription["correlationKey"])
        return self._plan(f"in {visit}", start + timedelta(minutes=5), lambda: self._check_in(sale, visit))

    def _plan_check_out(self, sale: Sale, subscription: Task) -> bool:
        visit = str(subscription["correlationKey"])
        technical = subscription["processDefinitionId"] == "TechnicalVisit"
        return self._plan(
            f"out {visit}",
            self.world.now() + timedelta(minutes=45),
            lambda: self._check_out(sale, visit, technical=technical),
        )

    def _plan(self, name: str, at: datetime, act: Callable[[], None]) -> bool:
        if name not in self.agenda and name not in self.done:
            self.agenda[name] = (at, act)
        return False

    def _keep_appointments(self, now: datetime) -> int:
        due = [name for name, (at, _) in self.agenda.items() if at <= now]
        for name in due:
            _, act = self.agenda.pop(name)
            self.done.add(name)
            act()
        return len(due)

    def _check_in(self, sale: Sale, visit: str) -> None:
        self._post(
            f"/visits/{visit}/check-in", {"at": self.world.now().isoformat()}, f"the team arrives at {sale.number}"
        )

    def _check_out(self, sale: Sale, visit: str, *, technical: bool) -> None:
        body: dict[str, Any] = {"at": self.world.now().isoformat(), "completionStatus": "COMPLETED"}
        if technical:
            body |= {"tvOutcome": sale.story.tv_outcome, "modifications": modifications(sale)}
        self._post(f"/visits/{visit}/check-out", body, f"the team is done at {sale.number}")

    def _post(self, path: str, body: Mapping[str, Any], what: str) -> bool:
        answer = self.world.api.post(path, json=body)
        if answer.status_code == httpx.codes.CONFLICT:
            return False
        answer.raise_for_status()
        self.world.tell(what)
        return True


def modifications(sale: Sale) -> list[dict[str, Any]]:
    """What the team found at a technical visit that does not end in a plain YES."""
    if sale.story.tv_outcome == "YES":
        return []
    change = {"description": "Move water inlet, 1 point", "extraMinutes": 45, "requiresRepricing": sale.story.reprice}
    return [change | ({"estimatedDelta": 310.0} if sale.story.reprice else {})]
