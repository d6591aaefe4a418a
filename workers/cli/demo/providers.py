"""The providers of the demonstration: they accept offers, or stay silent as their story says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workers.cli.demo.stories import Sale
from workers.cli.demo.world import World


@dataclass(slots=True)
class Providers:
    """Answers each open offer once."""

    world: World
    answered: set[str] = field(default_factory=set)
    silences: dict[str, set[str]] = field(default_factory=dict)

    def act(self) -> int:
        """One round; returns how many offers were accepted."""
        return sum(self._answers(sale, offer) for sale, offer in self.world.sight.waiting("offer-accepted"))

    def _answers(self, sale: Sale, subscription: Mapping[str, Any]) -> bool:
        offer = str(subscription["correlationKey"])
        silent = self.silences.setdefault(sale.number, set())
        if offer in self.answered or offer in silent:
            return False
        if len(silent) < sale.story.silent_offers:
            silent.add(offer)
            self.world.tell(f"a provider stays silent about {sale.number}")
            return False
        self.answered.add(offer)
        return self.world.post(f"/offers/{offer}/answer", {"accepted": True}, f"a provider accepts {sale.number}")
