"""DogStatsD over UDP, without a library: counters as differences, distributions packed many values to a line.

Jobs never touch a socket: they count in `Stats`, and the reporter sends what changed since it last did.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from workers.runtime.lane import Lane
from workers.runtime.stats import Stats

# Datagrams above this may be cut into fragments on the way to the agent.
_DATAGRAM = 1_400
_VALUES = 60
Line: TypeAlias = str
COUNTERS: Mapping[str, str] = {
    "jobs.activated": "activated",
    "jobs.started": "started",
    "jobs.dropped": "dropped",
    "jobs.handed_back": "handed_back",
    "jobs.replayed": "replayed",
    "jobs.renewed": "renewed",
    "polls": "polls",
    "polls.errors": "poll_errors",
    "streams.opened": "stream_opens",
    "streams.errors": "stream_errors",
    "loops.restarted": "restarts",
}
DISTRIBUTIONS: Mapping[str, str] = {"jobs.wait": "waited", "jobs.run": "ran", "jobs.delivery": "delivered"}
GAUGES: tuple[str, ...] = ("slots.held", "slots.limit", "stream.open", "system.open", "backlog.age", "handlers.stuck")
OUTCOMES = ("jobs.ended", "jobs.undelivered")
METRICS = frozenset({*COUNTERS, *DISTRIBUTIONS, *GAUGES, *OUTCOMES})


class DogStatsD:
    """Sends metrics to an agent at host:port or a socket path. A lost datagram is lost; a worker never waits for one."""

    def __init__(self, address: str, *, namespace: str = "fsm", tags: Sequence[str] = ()) -> None:
        self._namespace, self._tags = namespace, tuple(tags)
        host, _, port = address.rpartition(":")
        unix = address.startswith("/")
        if not unix and not (host and port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
            raise ValueError(f"Expected host:port or a socket path that begins with /, but it is {address!r}.")
        self._target: Any = address if unix else (host, int(port))
        self._socket = socket.socket(socket.AF_UNIX if unix else socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._seen: dict[tuple[str, str], int] = {}

    def report(self, lanes: Iterable[Lane], now: float) -> None:
        """One round for all task types."""
        lines = [line for lane in lanes for line in self._lines(lane, now)]
        for datagram in _datagrams(lines):
            try:
                self._socket.sendto(datagram, self._target)
            except OSError:
                # No agent on a laptop, or its buffer is full: metrics must not disturb the work.
                return

    def close(self) -> None:
        """Closes the socket."""
        self._socket.close()

    def _lines(self, lane: Lane, now: float) -> Iterator[Line]:
        name, stats = lane.definition.type, lane.stats
        tags = ",".join((f"task_type:{name}", *self._tags))
        for metric, attribute in COUNTERS.items():
            yield from self._count(metric, name, getattr(stats, attribute), tags)
        for metric, counter in (("jobs.ended", stats.ended), ("jobs.undelivered", stats.undelivered)):
            for outcome, number in dict(counter).items():
                yield from self._count(metric, f"{name}/{outcome}", number, f"{tags},outcome:{outcome.lower()}")
        yield from self._distributions(stats, tags)
        for metric, value in zip(GAUGES, _gauges(lane, now), strict=True):
            yield f"{self._namespace}.{metric}:{value}|g|#{tags}"

    def _count(self, metric: str, key: str, total: int, tags: str) -> Iterator[Line]:
        new = total - self._seen.get((metric, key), 0)
        if new:
            self._seen[(metric, key)] = total
            yield f"{self._namespace}.{metric}:{new}|c|#{tags}"

    def _distributions(self, stats: Stats, tags: str) -> Iterator[Line]:
        for metric, attribute in DISTRIBUTIONS.items():
            samples = getattr(stats, attribute)
            values = [f"{samples.popleft():.6f}" for _ in range(len(samples))]
            for start in range(0, len(values), _VALUES):
                yield f"{self._namespace}.{metric}:{':'.join(values[start : start + _VALUES])}|d|#{tags}"


def _gauges(lane: Lane, now: float) -> tuple[float, ...]:
    since = lane.intake.backlog_since
    return (
        lane.capacity.held,
        lane.capacity.most,
        int(lane.intake.stream == "open"),
        sum(circuit.state == "open" for circuit in lane.door.circuits.values()),
        round(now - since, 1) if since else 0,
        lane.leases.stuck,
    )


def _datagrams(lines: Iterable[Line]) -> Iterator[bytes]:
    packet: list[bytes] = []
    size = 0
    for line in map(str.encode, lines):
        if packet and size + len(line) + 1 > _DATAGRAM:
            yield b"\n".join(packet)
            packet, size = [], 0
        packet.append(line)
        size += len(line) + 1
    if packet:
        yield b"\n".join(packet)
