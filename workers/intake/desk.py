"""Taking one document in, wherever it came from: order or change into PostgreSQL, the process message, the events for watchers.

Each step may be repeated: the inbox knows a message by its id, Camunda knows a process message by its id.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from workers.intake.kinds import Arrival, Understood, understood
from workers.intake.monitoring import normalized_event, received_event
from workers.ports.clock import Clock
from workers.ports.errors import PortError, Unavailable
from workers.ports.events import Event, EventBus
from workers.ports.feeds import Source
from workers.ports.inbox import Inbox, Received
from workers.ports.processes import Processes

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What taking in needs. `consumer` names the inbox rows: a message of one id comes in once, by Kafka or by HTTP."""

    consumer: str
    sales: Source
    inbox: Inbox
    processes: Processes
    bus: EventBus
    clock: Clock


def receive(desk: Desk, arrival: Arrival) -> tuple[Understood, Received]:
    """What the document says and what became of it. Raises `Unreadable`, and `PortError` when it is worth another attempt."""
    told = understood(desk.sales, arrival.record)
    return told, keep(desk, arrival, told)


def keep(desk: Desk, arrival: Arrival, told: Understood) -> Received:
    """Stores what a document says, tells the journey and then everybody who watches."""
    received = told.store(desk.inbox, arrival)
    log.info("intake of %s: %s is %s", desk.sales.name, arrival.message_id, received.reception)
    _publish(desk, arrival, received)
    if not told.watched:
        return received
    normalized = normalized_event(arrival, told, reception=received.reception, now=desk.clock.now())
    tell(desk, came(desk, arrival, told.external_order_id), *([normalized] if normalized else []))
    return received


def _publish(desk: Desk, arrival: Arrival, received: Received) -> None:
    """Publishes what the row still has to say, also when the row is an old one: a crash may have come between."""
    for message in received.unpublished:
        desk.processes.publish(message)
    if received.unpublished:
        desk.inbox.confirm(arrival.consumer, arrival.message_id)


def tell(desk: Desk, *events: Event) -> None:
    """Events for whoever watches. A bus that is away is waited for; a topic that is missing or closed to us stops no order."""
    try:
        desk.bus.publish(*events)
    except Unavailable:
        raise
    except PortError as error:
        log.error("intake of %s: nobody hears of %s: %s", desk.sales.name, [event.topic for event in events], error)


def came(desk: Desk, arrival: Arrival, external_id: str) -> Event:
    """The event that a document came, readable or not."""
    return received_event(arrival, source=desk.sales.name, external_id=external_id, now=desk.clock.now())
