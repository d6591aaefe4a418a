"""Keeps long jobs ours: extends their time-out while the handler runs, up to a cap, and ends handlers whose job is gone."""

from __future__ import annotations

import asyncio
import logging

from workers.ports.errors import Conflict, NotFound, PortError
from workers.runtime.lane import Lane
from workers.runtime.lease import Ending, Lease, Stage

_LOG = logging.getLogger(__name__)
# Half of the time-out is left for a heartbeat that has to be repeated.
_RENEW_AT = 0.5
# So many calls fit into that half: one that gets no answer must not use up all the time there is.
_TRIES = 3


class Heartbeat:
    """Looks after the running jobs of all lanes."""

    def __init__(self, lanes: list[Lane]) -> None:
        self._lanes = lanes
        self._renewals: set[asyncio.Task[None]] = set()

    def tick(self) -> None:
        """One look at every job that runs."""
        now = asyncio.get_running_loop().time()
        for lane in self._lanes:
            longest = lane.definition.longest.total_seconds()
            for lease in list(lane.leases):
                if lease.stage is Stage.RUNNING and lease.ending is None:
                    self._look(lane, lease, now, longest)

    def _look(self, lane: Lane, lease: Lease, now: float, longest: float) -> None:
        if now - lease.started >= longest:
            lease.end(Ending.OVERRUN)
        elif not lease.renewing and lease.expires - now < _RENEW_AT * lease.timeout:
            lease.renewing = True
            task = asyncio.create_task(self._renew(lane, lease))
            self._renewals.add(task)
            task.add_done_callback(self._renewals.discard)

    async def _renew(self, lane: Lane, lease: Lease) -> None:
        now = asyncio.get_running_loop().time()
        try:
            await lane.gateway.update_timeout(
                lease.job.key, timeout=int(lease.timeout * 1000), within=max(1.0, (lease.expires - now) / _TRIES)
            )
        except (NotFound, Conflict):
            lease.end(Ending.GONE)
        except PortError as error:
            _LOG.debug("extending job %d has to be repeated: %s", lease.job.key, error)
        else:
            lane.stats.renewed += 1
            lease.expires = now + lease.timeout
        finally:
            lease.renewing = False
