"""Customer, provider, seller and operator of the demonstration: they see what people see and answer where people answer.

What waits for whom is read from Camunda's REST API (open user tasks, open message subscriptions) and from the topics the
sales system reads; answers go through our HTTP API, the sales topics, the signing page and Tasklist's own API.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from workers.cli.demo.money import Money
from workers.cli.demo.providers import Providers
from workers.cli.demo.stories import Sale
from workers.cli.demo.suppliers import Suppliers
from workers.cli.demo.teams import Teams
from workers.cli.demo.world import World
from workers.ports.errors import Conflict

NOTES = "Called the customer, all agreed."
JUSTIFICATION = "The worktop is on the van and comes with the team."
JUSTIFICATION_CLOSING = "The customer has moved abroad and answers nobody."
RESERVATION = "Scratch on a door"
PAPERS = {"ContractSignature": "the contract", "WorkClosingForm": "the work closing form"}
# Forms a second person fills in.
SUPERVISED = frozenset({"approve-order", "approve-override", "approve-cancellation"})
Task = Mapping[str, Any]
# Form -> what the operator fills in. A form nobody planned for is an error: the demonstration must not guess.
FORMS: Mapping[str, Callable[[Sale], dict[str, Any] | None]] = {
    "correct-order": lambda sale: {
        "correction": {
            "decision": sale.story.operator,
            "email": f"corrected.{sale.number}@example.com",
            "phone": sale.shop.phone(sale.sold),
            "reason": "DATA_NOT_OBTAINABLE" if sale.story.operator == "REJECT" else None,
            "resolutionNotes": NOTES,
        }
    },
    "review-tv-outcome": lambda sale: {
        "tvReview": {"decision": "CONFIRM", "outcome": sale.story.tv_outcome, "resolutionNotes": NOTES}
    },
    # Every team that day is taken: the visit gets another day.
    "assign-provider": lambda _: {"choice": {"decision": "NEW_DATE", "resolutionNotes": NOTES}},
    # What a customer or a supplier makes good in time is waited for.
    "override-go": lambda sale: (
        {
            "goReview": {
                "decision": "OVERRIDE" if sale.story.overridden else "CANCEL",
                "justification": JUSTIFICATION,
                "urgency": "HIGH",
                "resolutionNotes": NOTES,
            }
        }
        if sale.story.overridden or sale.story.given_up
        else None
    ),
    "chase-contract": lambda sale: {
        "contractChase": {
            "decision": sale.story.contract,
            "callResult": "WANTS_CHANGE",
            "waiverReason": JUSTIFICATION,
            "resolutionNotes": NOTES,
        }
    },
    # Only who never signs is chased; everybody else signs in time.
    "chase-wcf": lambda sale: (
        {
            "chase": {
                "decision": "FORCE",
                "callResult": "NOT_REACHED",
                "forceReason": JUSTIFICATION_CLOSING,
                "resolutionNotes": NOTES,
            }
        }
        if sale.story.closing == "FORCE"
        else None
    ),
    "resolve-wcf-dispute": lambda _: {
        "wcfReview": {
            "decision": "ALL_RESOLVED",
            "resolutions": [{"reservation": RESERVATION, "action": "ACCEPTED_AS_IS", "cause": "PROVIDER"}],
            "resolutionNotes": NOTES,
        }
    },
    "approve-order": lambda _: {"orderApproval": {"decision": "APPROVE", "resolutionNotes": NOTES}},
    "approve-override": lambda _: {"override": {"decision": "APPROVE", "resolutionNotes": NOTES}},
    "resolve-invoice-contest": lambda _: {
        "contestAnswer": {
            "decision": "REVISE",
            "lines": [{"text": "Service", "amount": 1450}, {"text": "Two hours more", "amount": 100}],
            "explanation": "Two hours more, as the work record shows",
            "resolutionNotes": NOTES,
        }
    },
    # Late tasks are answered all the same: the lead leaves them where they are.
    "escalation": lambda _: {"escalation": {"decision": "KEEP", "resolutionNotes": NOTES}},
    "approve-cancellation": lambda _: {
        "cancellationApproval": {"decision": "APPROVE", "feePercent": 30, "resolutionNotes": NOTES}
    },
}


@dataclass(slots=True)
class People:
    """Everybody outside. `act` answers what can be answered now; `next_appointment` is when somebody acts next."""

    world: World
    teams: Teams = field(init=False)
    providers: Providers = field(init=False)
    suppliers: Suppliers = field(init=False)
    money: Money = field(init=False)
    done: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Providers and the teams that visit are people too."""
        self.teams = Teams(self.world)
        self.providers = Providers(self.world)
        self.suppliers = Suppliers(self.world)
        self.money = Money(self.world)

    def act(self) -> int:
        """One round; returns how many answers were given."""
        customers = (self._operator, self._seller, self._customer_cancels, self.providers.act, self._customer_signs)
        others = (self.teams.act, self.suppliers.act, self.money.act)
        return sum(answer() for answer in (*customers, *others))

    def next_appointment(self) -> datetime | None:
        """The earliest planned act."""
        planned = (self.teams.next_appointment(), self.suppliers.next_appointment())
        return min((at for at in planned if at is not None), default=None)

    def _operator(self) -> int:
        camunda = self.world.sight.camunda
        answered = 0
        for task in camunda.user_tasks():
            sale = self.world.sight.sale_of(int(task["processInstanceKey"]))
            form = camunda.form(task["userTaskKey"]) or {"id": "no form"}
            answer = FORMS[form["id"]](sale)
            if answer is None:
                continue
            role = "supervisor" if form["id"] in SUPERVISED else "operator"
            try:
                camunda.assign(task["userTaskKey"], f"{role}.{sale.shop.country(sale.sold).lower()}")
                camunda.complete(task["userTaskKey"], answer)
            except Conflict:
                continue  # it is being given to somebody at this moment: the next look finds it again
            self.world.tell(f"{role} answers {task['elementId']} of {sale.number}")
            answered += 1
        return answered

    def _seller(self) -> int:
        """Reprices after a technical visit, as asked on `fsm.tv.modifications_required`."""
        answered = 0
        for event in self.world.sight.modifications_required():
            sale = self._sale(event)
            self.world.produce(sale.shop.topics[1], sale, sale.shop.answer(sale.sold, str(event["outcomeNumber"])))
            self.world.tell(f"sales reprices {sale.number}")
            self.world.expected[f"answer {sale.number}"] = partial(self._answered, sale)
            answered += 1
        return answered

    def _answered(self, sale: Sale) -> bool:
        return not self.world.sight.waits(sale, "scope-change-answered")

    def _sale(self, event: Mapping[str, Any]) -> Sale:
        return self.world.sales[str(event["correlationId"])]

    def _customer_cancels(self) -> int:
        wishes = [sale for sale in self.world.sales.values() if self._wants_to_cancel(sale)]
        for sale in wishes:
            self.done.add(f"cancel {sale.number}")
            self.world.produce(sale.shop.topics[2], sale, sale.shop.cancelled(sale.sold, self.world.now()))
            self.world.tell(f"customer cancels {sale.number}")
            self.world.expected[f"cancellation {sale.number}"] = partial(self._cancelled, sale)
        return len(wishes)

    def _cancelled(self, sale: Sale) -> bool:
        return self.world.sight.states.get(sale.order_key) != sale.story.cancel_when

    def _wants_to_cancel(self, sale: Sale) -> bool:
        state = self.world.sight.states.get(sale.order_key, "")
        return bool(state) and state == sale.story.cancel_when and f"cancel {sale.number}" not in self.done

    def _customer_signs(self) -> int:
        return sum(self._signed(sale, waits) for sale, waits in self.world.sight.waiting("agreement-closed"))

    def _signed(self, sale: Sale, subscription: Task) -> bool:
        name, contract = f"declined {sale.number}", subscription["processDefinitionId"] == "ContractSignature"
        if contract and sale.story.contract and name not in self.done:
            self.done.add(name)
            self.world.tell(f"customer declines the contract of {sale.number}")
            return self.world.stack.adobe.decline(str(subscription["correlationKey"]), "Wants something changed")
        if contract and sale.story.contract in ("WAIVE", "CANCEL"):
            return False  # declined for good
        if not contract and sale.story.closing == "FORCE":
            return False
        noted = {"reservation1": RESERVATION, "severity1": "MINOR"} if sale.story.closing == "RESERVED" else {}
        fields = {"rating": "5"} if contract else {"rating": "5", **noted}
        signed = self.world.stack.adobe.sign(str(subscription["correlationKey"]), fields)
        if signed:
            self.world.tell(f"customer signs {PAPERS[str(subscription['processDefinitionId'])]} of {sale.number}")
        return signed
