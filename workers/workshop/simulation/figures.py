"""What a simulation comes to: shares, means and counts, and the same of two versions side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import mean, median
from typing import Any

from workers.workshop.simulation.run import Result


@dataclass(frozen=True, slots=True)
class Figures:
    """One version. Shares are 0 to 1; `tasks` are human tasks per hundred orders by role."""

    orders: int
    closed: float
    cancelled: float
    rejected: float
    still_open: float
    automatic: float
    offers_per_order: float
    hours_to_assignment: float
    hours_to_assignment_median: float
    tasks: Mapping[str, float]
    incidents: Mapping[str, int] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """As JSON-ready data, in the words people use."""
        return {
            "orders": self.orders,
            "automatic": self.automatic,
            "closed": self.closed,
            "cancelled": self.cancelled,
            "rejected": self.rejected,
            "open": self.still_open,
            "offersPerOrder": self.offers_per_order,
            "hoursToAssignment": {"mean": self.hours_to_assignment, "median": self.hours_to_assignment_median},
            "tasksPer100Orders": dict(self.tasks),
            "incidents": dict(self.incidents),
        }

    def rows(self) -> list[tuple[str, float, str]]:
        """Label, value and unit of each figure, in the order of reading."""
        shares = (("automatic", self.automatic), ("closed", self.closed), ("cancelled", self.cancelled))
        more = (("rejected", self.rejected), ("still open", self.still_open))
        return [
            *((name, 100 * share, "%") for name, share in (*shares, *more)),
            ("offers per order", self.offers_per_order, ""),
            ("hours to assignment, mean", self.hours_to_assignment, "h"),
            ("hours to assignment, median", self.hours_to_assignment_median, "h"),
            *((f"tasks of {role} per 100 orders", count, "") for role, count in sorted(self.tasks.items())),
        ]


def figures_of(results: Sequence[Result], incidents: Mapping[str, int]) -> Figures:
    """Adds up."""
    count = len(results)
    ended = Counter(result.ended for result in results)
    hours = [result.hours_to_assignment for result in results if result.hours_to_assignment is not None] or [0.0]
    roles = Counter(role for result in results for role in result.tasks)
    return Figures(
        orders=count,
        closed=round(ended["CLOSED"] / count, 4),
        cancelled=round(ended["CANCELLED"] / count, 4),
        rejected=round(ended["REJECTED"] / count, 4),
        still_open=round(ended["OPEN"] / count, 4),
        automatic=round(sum(result.automatic for result in results) / count, 4),
        offers_per_order=round(sum(result.offers for result in results) / count, 3),
        hours_to_assignment=round(mean(hours), 2),
        hours_to_assignment_median=round(median(hours), 2),
        tasks={role: round(100 * number / count, 2) for role, number in sorted(roles.items())},
        incidents=incidents,
    )


def side_by_side(now: Figures, before: Figures | None) -> list[tuple[str, float, float | None, str]]:
    """Label, value of the working models, value of the others, unit; a role only one of them has is nought in the other."""
    if before is None:
        return [(name, value, None, unit) for name, value, unit in now.rows()]
    mine, theirs = {name: (v, u) for name, v, u in now.rows()}, {name: (v, u) for name, v, u in before.rows()}
    names = [*mine, *(name for name in theirs if name not in mine)]
    return [(n, mine.get(n, (0.0, ""))[0], theirs.get(n, (0.0, ""))[0], (mine.get(n) or theirs[n])[1]) for n in names]
