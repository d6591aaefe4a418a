"""Provider and ERP of the demonstration: pro formas are signed or contested, payables are paid."""

from __future__ import annotations

from dataclasses import dataclass, field

from workers.cli.demo.stories import Sale
from workers.cli.demo.world import World


@dataclass(slots=True)
class Money:
    """Answers pro formas through our API, and runs the payments of the emulated ERP."""

    world: World
    contested: set[str] = field(default_factory=set)

    def act(self) -> int:
        """One round; returns how many answers were given."""
        return self._providers_answer() + self._erp_pays()

    def _providers_answer(self) -> int:
        waiting = self.world.sight.waiting("proforma-answered")
        return sum(self._answered(str(wait["correlationKey"]), sale) for sale, wait in waiting)

    def _answered(self, invoice: str, sale: Sale) -> bool:
        if sale.story.contests and invoice not in self.contested:
            self.contested.add(invoice)
            answer = {"accepted": False, "reason": "Two hours more than agreed", "proposedTotal": "1860.00"}
            return self.world.post(f"/pro-formas/{invoice}/answer", answer, f"provider contests {sale.number}")
        answer = {"accepted": True, "revision": 2 if sale.story.contests else 1}
        return self.world.post(
            f"/pro-formas/{invoice}/answer", answer, f"provider signs the pro forma of {sale.number}"
        )

    def _erp_pays(self) -> int:
        """The payment run: whoever waits for money gets it; the journey finds it the next day."""
        paid = 0
        for sale, wait in self.world.sight.waiting("provider-payment-completed"):
            number = self.world.sight.variable(int(wait["processInstanceKey"]), "invoiceNumber")
            if self.world.stack.fusion.pay(number, self.world.now().date()):
                self.world.tell(f"ERP pays the provider of {sale.number}")
                paid += 1
        return paid
