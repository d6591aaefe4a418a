"""What a worker looks like from outside: one JSON-ready picture, taken on the event loop twice a second."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from workers.runtime.lane import Lane

# Failing polls in a row before a task type counts as not ready: one lost poll is no news.
_FAILURES = 3
# A median is of the newest jobs only: sorting all samples of all types twice a second would cost as much as many jobs.
_NEWEST = 64


def type_report(lane: Lane, now: float) -> dict[str, Any]:
    """One task type: whether jobs come in, what is held, how they ended."""
    intake, stats = lane.intake, lane.stats
    reasons = list(_reasons(lane))
    return {
        "ready": not reasons,
        "reasons": reasons,
        "held": len(lane.leases),
        "limit": lane.capacity.most,
        "stuck": lane.leases.stuck,
        "blocked": blocked(lane),
        "stream": intake.stream,
        "poll_failures": intake.poll_failures,
        "circuits": {name: circuit.state for name, circuit in lane.door.circuits.items()},
        "backlog_age": round(now - intake.backlog_since, 1) if intake.backlog_since else 0.0,
        "activated": stats.activated,
        "started": stats.started,
        "ended": dict(stats.ended),
        "undelivered": dict(stats.undelivered),
        "dropped": stats.dropped,
        "handed_back": stats.handed_back,
        "replayed": stats.replayed,
        "restarts": stats.restarts,
        "wait_ms": _median_ms(stats.waited),
        "run_ms": _median_ms(stats.ran),
        "delivery_ms": _median_ms(stats.delivered),
    }


def blocked(lane: Lane) -> bool:
    """Whether handlers that do not return hold every slot this type can get."""
    return 0 < lane.leases.slots <= lane.leases.stuck and lane.capacity.free == 0


def _reasons(lane: Lane) -> Iterable[str]:
    """Why no jobs of this type come in."""
    if lane.intake.draining:
        yield "the worker is stopping"
    if lane.intake.auth_refused:
        yield "Camunda does not accept the credentials"
    if lane.intake.poll_failures >= _FAILURES:
        yield f"{lane.intake.poll_failures} polls failed in a row"
    if blocked(lane):
        yield "every slot is held by a handler that does not return"
    yield from (
        f"{circuit.system} is not available" for circuit in lane.door.circuits.values() if circuit.state == "open"
    )


def _median_ms(samples: Sequence[float]) -> float:
    ordered = sorted(islice(reversed(samples), _NEWEST))
    return round(ordered[len(ordered) // 2] * 1000, 2) if ordered else 0.0


def worker_report(lanes: Sequence[Lane], *, name: str, now: float) -> dict[str, Any]:
    """The whole worker."""
    types = {lane.definition.type: type_report(lane, now) for lane in lanes}
    return {
        "worker": name,
        "live": not any(item["blocked"] for item in types.values()),
        "ready": bool(types) and all(item["ready"] for item in types.values()),
        "types": types,
    }
