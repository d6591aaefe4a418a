"""Messages about an order: when and on which channels they go, and what becomes of each. What they say is `telling`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from workers.domain import notices
from workers.domain.matters import Matter
from workers.domain.notices import Addressee, Leg, Plan, Way
from workers.domain.notifications import Notification
from workers.domain.orders import ServiceOrder
from workers.domain.visits import Visit
from workers.journey import matters, telling
from workers.journey.addressees import addressee, provider_of
from workers.journey.mailing import Mailing, attempt
from workers.journey.notice import Notice
from workers.journey.post import Post
from workers.journey.telling import address_line, service_name
from workers.ports.errors import Refused
from workers.ports.processes import ProcessMessage
from workers.ports.repositories import UnitOfWork

__all__ = ["Notice", "address_line", "appointment", "plan", "provider_of", "send", "service_name"]

DEFERRED, UNREACHABLE = "notification-deferred", "notification-unreachable"
# The channel of a call by an operator: a row of the ledger like any other.
CALL = "call"
Subkey: TypeAlias = Callable[..., str]


def plan(
    unit: UnitOfWork,
    post: Post,
    matter: Matter,
    notice: Notice,
    to: Addressee | None = None,
    *,
    at: datetime | None = None,
) -> Plan:
    """Which channels go when, by the deployed policy; nothing for nobody. `at`: for a message of a later time."""
    now = at or unit.now
    to = to or addressee(unit, post, matter, notice)
    if to is None:
        return Plan((), keep_one=False, wanted=True)
    template = post.texts.catalogue.templates[notice.template]
    urgent = matters.is_urgent(matter) if notice.urgent is None else notice.urgent
    output = post.decisions.decide(
        notices.POLICY,
        notice=template.notices[notice.recipient].value,
        recipient=notice.recipient.value,
        urgent=urgent,
        localHour=notices.local_hour(now, matter.country),
        optedOut=to.no_surveys,
        countryCode=matter.country_code,
    )
    way = Way.of(output)
    return notices.plan(way, to, now=now, country=matter.country, only=notice.channel)


def send(
    unit: UnitOfWork, post: Post, matter: Matter, notice: Notice, subkey: Subkey, *, planned: Plan | None = None
) -> int:
    """Sends a notice on every channel the policy asks for, at once or deferred, and returns how many that are.

    One channel that refuses is remembered. When all do, an operator calls if a contract needs it, else the refusal is raised.
    """
    to = addressee(unit, post, matter, notice)
    if to is None:
        matters.note(unit, matter, "message has no addressee", template=notice.template, recipient=notice.recipient)
        return 0
    planned = planned or plan(unit, post, matter, notice, to)
    mailing = Mailing(
        unit=unit, post=post, matter=matter, notice=notice, to=to, keep_one=planned.keep_one, subkey=subkey
    )
    if not planned.legs:
        return _unreached(mailing, planned)
    refusals: list[Refused] = []
    reached = 0
    for leg in planned.legs:
        # What waits to see whether another channel was read need not wait when none got through.
        now = leg.only_if_unread and not reached
        reached += _go(mailing, leg._replace(due=None, only_if_unread=False) if now else leg, refusals)
    if reached or not refusals:
        return reached
    if not planned.keep_one:
        raise refusals[0]
    return _unreached(mailing, planned)


def _go(mailing: Mailing, leg: Leg, refusals: list[Refused]) -> int:
    """One leg: every channel of it, or the first that works; each is a row of the ledger."""
    if leg.due is not None:
        heads = leg.channels if leg.together else leg.channels[:1]
        spares = () if leg.together else leg.channels[1:]
        return sum(_defer(mailing, channel, leg, spares) for channel in heads)
    reached = 0
    for channel in leg.channels:
        row, refusal = attempt(mailing, mailing.row(channel))
        mailing.unit.notifications.add(mailing.matter, row)
        if refusal is not None:
            refusals.append(refusal)
            continue
        reached += 1
        if not leg.together:
            break
    return reached


def _defer(mailing: Mailing, channel: str, leg: Leg, spares: tuple[str, ...]) -> int:
    """Kept in the ledger, and waited for by a process: it outlives every worker."""
    row = mailing.row(channel, due_at=leg.due, only_if_unread=leg.only_if_unread, spares=spares)
    mailing.unit.notifications.add(mailing.matter, row)
    mailing.post.processes.publish(waiting(mailing.matter, row))
    return 1


def waiting(matter: Matter, row: Notification, name: str = DEFERRED) -> ProcessMessage:
    """Starts the process that delivers a message when its time has come, or has an operator call."""
    variables = {
        **matters.named(matter),
        "notificationId": row.id,
        "dueAt": (row.due_at or row.created_at).isoformat(),
        "writtenAt": row.created_at.isoformat(),
        "notice": {"template": row.template, "recipient": row.recipient.value},
    }
    return ProcessMessage(name, row.id, f"{row.id}:{name}:{row.version}", variables=variables)


def _unreached(mailing: Mailing, planned: Plan) -> int:
    """Nobody wants it, or nobody can be reached: then what a contract needs is told by an operator."""
    notice, matter = mailing.notice, mailing.matter
    what = "message has no address" if planned.wanted else "message is not wanted"
    matters.note(mailing.unit, matter, what, template=notice.template, recipient=notice.recipient)
    if planned.keep_one and planned.wanted:
        call_for(mailing.unit, mailing.post, matter, mailing.row(CALL))
    return 0


def call_for(unit: UnitOfWork, post: Post, matter: Matter, row: Notification) -> None:
    """Asks an operator to tell it by telephone."""
    unit.notifications.add(matter, row)
    post.processes.publish(waiting(matter, row, UNREACHABLE))


def appointment(order: ServiceOrder, visit: Visit) -> dict[str, str]:
    """Day and window on the customer's clock, as sales systems are told."""
    day = order.country.day(visit.start).isoformat()
    last = order.country.day(visit.planned_end or visit.start).isoformat()
    until = {"lastDate": last} if last > day else {}
    return {"date": day, "window": telling.window(order, visit), **until}
