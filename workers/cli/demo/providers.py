"""The providers of the demonstration: they accept offers, propose other dates, or stay silent as their story says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from workers.cli.demo.stories import Sale
from workers.cli.demo.world import World

A_WEEK = timedelta(days=7)


@dataclass(slots=True)
class Providers:
    """Answers each open offer once."""

    world: World
    answered: set[str] = field(default_factory=set)
    agreed: set[tuple[str, str]] = field(default_factory=set)
    proposed: set[str] = field(default_factory=set)
    silences: dict[str, set[str]] = field(default_factory=dict)

    def act(self) -> int:
        """One round; returns how many offers were accepted."""
        offers = sum(self._answers(sale, offer) for sale, offer in self.world.sight.waiting("offer-accepted"))
        return offers + sum(self._customer_agrees(*waits) for waits in self.world.sight.waiting("date-answered"))

    def _answers(self, sale: Sale, subscription: Mapping[str, Any]) -> bool:
        offer = str(subscription["correlationKey"])
        silent = self.silences.setdefault(sale.number, set())
        if offer in self.answered or offer in silent:
            return False
        if len(silent) < sale.story.silent_offers:
            silent.add(offer)
            self.world.tell(f"a provider stays silent about {sale.number}")
            return False
        if sale.story.other_date and sale.number not in self.proposed:
            self.proposed.add(sale.number)
            return self._proposes(sale, offer, int(subscription["processInstanceKey"]))
        self.answered.add(offer)
        return self.world.post(f"/offers/{offer}/answer", {"accepted": True}, f"a provider accepts {sale.number}")

    def _proposes(self, sale: Sale, offer: str, instance: int) -> bool:
        appointment = datetime.fromisoformat(self.world.sight.variable(instance, "scheduledAt"))
        day = (appointment + A_WEEK).date().isoformat()
        told = f"a provider proposes {day} for {sale.number}"
        return self.world.post(f"/offers/{offer}/date-proposals", {"date": day}, told)

    def _customer_agrees(self, sale: Sale, subscription: Mapping[str, Any]) -> bool:
        negotiation, _, number = str(subscription["correlationKey"]).rpartition(":")
        if (negotiation, number) in self.agreed:
            return False
        self.agreed.add((negotiation, number))
        path = f"/date-negotiations/{negotiation}/rounds/{number}/customer-answer"
        return self.world.post(path, {"answer": "ACCEPTED"}, f"the customer of {sale.number} accepts the date")
