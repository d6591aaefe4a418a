"""Sends events that were committed but never known to be published: a worker died, or the bus was away."""

from __future__ import annotations

import logging

from workers.ports.effects import EffectLedger
from workers.ports.errors import Unavailable
from workers.ports.events import EventBus

_LOG = logging.getLogger(__name__)


def republish(ledger: EffectLedger, bus: EventBus, *, limit: int = 100) -> int:
    """One round; returns how many effects got their events out. Event ids repeat, so a second copy is recognised."""
    done = 0
    for key, events in ledger.unpublished(limit=limit):
        try:
            bus.publish(*events)
        except Unavailable as error:
            _LOG.warning("events of %s still wait: %s", key, error)
            break
        except Exception as error:
            # These will never go out as they are; the events behind them must.
            _LOG.error("events of %s cannot be published: %r", key, error)
            continue
        ledger.published(key)
        done += 1
    return done
