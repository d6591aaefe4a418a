"""The figures of a demonstration, counted in PostgreSQL, in the engine and at the emulators, never by the player."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from workers.bootstrap import Reads
from workers.cli.demo.world import World

ENDED = ("CLOSED", "CANCELLED", "REJECTED")


@dataclass(frozen=True, slots=True)
class Figures:
    """What `fsm demo --json` prints."""

    orders: int
    systems: Mapping[str, int]
    closed: int
    cancelled: int
    rejected: int
    open: int
    incidents: int
    duplicate_effects: int
    seconds: float
    failed_documents: int
    messages: int
    signed_documents: int
    providers_paid: int
    simulated_days: float
    worker_restarts: int
    duplicates: Mapping[str, int]

    @property
    def good(self) -> bool:
        """Everything ended, nothing twice, no incident, and the parts add up to the whole."""
        ended = self.closed + self.cancelled + self.rejected
        return ended == self.orders and not (self.open or self.incidents or self.duplicate_effects)

    def document(self) -> dict[str, Any]:
        """As JSON-ready data."""
        return asdict(self)


def figures_of(world: World, *, seconds: float, days: float, failed: int) -> Figures:
    """Counts."""
    states = Counter(world.platform.get(Reads).states())
    found = duplicates(world)
    agreements = world.stack.adobe.agreements()
    return Figures(
        orders=sum(states.values()),
        systems=world.platform.get(Reads).systems(),
        closed=states["CLOSED"],
        cancelled=states["CANCELLED"],
        rejected=states["REJECTED"],
        open=sum(count for state, count in states.items() if state not in ENDED),
        incidents=len(world.sight.camunda.incidents()),
        duplicate_effects=sum(found.values()),
        seconds=round(seconds, 1),
        failed_documents=failed,
        messages=len(world.stack.messaging.outbox),
        signed_documents=sum(agreement.status == "SIGNED" for agreement in agreements),
        providers_paid=len(world.stack.fusion.books.payments),
        simulated_days=round(days, 1),
        worker_restarts=sum(process.restarts for process in world.stack.processes.values()),
        duplicates=found,
    )


def duplicates(world: World) -> dict[str, int]:
    """Effects that happened more than once per key, seen from outside: each count is what is too much."""
    lines = world.platform.get(Reads).orders(limit=100_000)
    views = [world.platform.get(Reads).order(str(line.id)) for line in lines]
    accepted = (a["visit_id"] for view in views if view for a in view.assignments if a["state"] == "ACCEPTED")
    moves = ((view.line.id, e.source, e.target, e.at) for view in views if view for e in view.timeline if e.target)
    messages = ((m.channel, m.to, m.template, m.about, m.text) for m in world.stack.messaging.outbox)
    journeys = world.sight.camunda.search("process-instances", processDefinitionId="ServiceOrderJourney")
    return {
        "orders_per_sale": surplus((line.source_system, line.external_order_id) for line in lines),
        "journeys_per_order": surplus(world.sight.sale_of(int(j["processInstanceKey"])).order_key for j in journeys),
        "agreements_per_form": surplus(agreement.external_id for agreement in world.stack.adobe.agreements()),
        "payables_per_order": surplus(invoice["Description"] for invoice in world.stack.fusion.books.invoices),
        "messages": surplus(messages),
        "accepted_assignments_per_visit": surplus(accepted),
        "state_moves": surplus(moves),
    }


def surplus(keys: Iterable[Any]) -> int:
    """How many of the keys are repeats."""
    return sum(count - 1 for count in Counter(keys).values())
