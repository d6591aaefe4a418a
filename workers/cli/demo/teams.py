"""The work teams of the demonstration: they arrive when a visit begins and leave when the work is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from workers.cli.demo.stories import Sale
from workers.cli.demo.world import World

EARLY = timedelta(minutes=5)
WORK = timedelta(minutes=45)


@dataclass(slots=True)
class Teams:
    """Plans arrivals and departures as visits wait for them, and keeps the appointments when their time has come."""

    world: World
    agenda: dict[str, tuple[datetime, Callable[[], None]]] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)

    def act(self) -> int:
        """Plans, then acts on what is due; returns how often a team reported."""
        for sale, waits in self.world.sight.waiting("visit-checked-in"):
            start = datetime.fromisoformat(self._variable(waits, "visitStart"))
            self._plan(waits, start - EARLY, partial(self._arrive, sale))
        for sale, waits in self.world.sight.waiting("visit-checked-out"):
            technical = waits["processDefinitionId"] == "TechnicalVisit"
            self._plan(waits, self.world.now() + WORK, partial(self._leave, sale, technical=technical))
        return self._keep_appointments()

    def next_appointment(self) -> datetime | None:
        """The earliest planned act."""
        return min((at for at, _ in self.agenda.values()), default=None)

    def _variable(self, waits: Mapping[str, Any], name: str) -> str:
        return self.world.sight.variable(int(waits["processInstanceKey"]), name)

    def _plan(self, waits: Mapping[str, Any], at: datetime, act: Callable[[str], None]) -> None:
        """One act per subscription: a visit that is planned anew waits with a new one."""
        name, visit = str(waits["messageSubscriptionKey"]), str(waits["correlationKey"])
        if name not in self.agenda and name not in self.done:
            self.agenda[name] = (at, lambda: act(visit))

    def _keep_appointments(self) -> int:
        now = self.world.now()
        due = [name for name, (at, _) in self.agenda.items() if at <= now]
        for name in due:
            _, act = self.agenda.pop(name)
            self.done.add(name)
            act()
        return len(due)

    def _arrive(self, sale: Sale, visit: str) -> None:
        at = self.world.now().isoformat()
        self.world.post(f"/visits/{visit}/check-in", {"at": at}, f"the team arrives at {sale.number}")

    def _leave(self, sale: Sale, visit: str, *, technical: bool) -> None:
        body: dict[str, Any] = {"at": self.world.now().isoformat(), "completionStatus": "COMPLETED"}
        if technical:
            body |= {"tvOutcome": sale.story.tv_outcome, "modifications": modifications(sale)}
            body |= {"reason": "The wall does not bear it"} if sale.story.tv_outcome == "NO" else {}
        self.world.post(f"/visits/{visit}/check-out", body, f"the team is done at {sale.number}")


def modifications(sale: Sale) -> list[dict[str, Any]]:
    """What the team found at a technical visit that ends in YES_BUT."""
    if sale.story.tv_outcome != "YES_BUT":
        return []
    change = {"description": "Move water inlet, 1 point", "extraMinutes": 45, "requiresRepricing": sale.story.reprice}
    return [change | ({"estimatedDelta": 310.0} if sale.story.reprice else {})]
