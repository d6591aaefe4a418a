"""Reminders of an appointment: decided when it is told, sent when their time has come, if it still stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from workers.domain import ids
from workers.domain.messages import Reminders
from workers.domain.notifications import Notification
from workers.domain.orders import ServiceOrder
from workers.domain.states import OPEN_VISITS
from workers.domain.visits import Visit
from workers.journey import notify
from workers.journey.addressees import addressee
from workers.journey.mailing import Mailing
from workers.journey.notice import Notice
from workers.journey.notify import Subkey
from workers.journey.post import Post
from workers.ports.repositories import UnitOfWork

# The appointment a reminder is about, kept with it: one that was moved has reminders of its own.
ABOUT = "appointment"


def worded(unit: UnitOfWork, post: Post, order: ServiceOrder, notice: Notice) -> Notice:
    """The notice of an appointment with the day it is about; of a visit that was confirmed for another day it says so."""
    template, visit = post.texts.catalogue.templates[notice.template], notice.visit
    if template.moved is None or visit is None or visit.planned_start is None:
        return notice
    day = visit.planned_start.isoformat()
    told = unit.notifications.told(visit.id, (template.name, template.moved), notice.recipient)
    last = told[-1].details.get(ABOUT, day) if told else day
    name = template.name if last == day else template.moved
    return replace(notice, template=name, more={**notice.more, ABOUT: day})


def remind(unit: UnitOfWork, post: Post, order: ServiceOrder, told: Notice) -> None:
    """Defers the reminders the told message names; those whose time is past are left out.

    The ids are made of appointment and hour: one that is told twice is reminded of once.
    """
    follow = post.texts.catalogue.templates[told.template].reminders
    visit = told.visit
    if follow is None or visit is None or visit.planned_start is None:
        return
    notice = replace(told, template=follow.template, channel=None, more={ABOUT: visit.planned_start.isoformat()})
    for due in due_times(follow, order, visit, unit.now):
        _defer(unit, post, order, notice, due=due)


def _ids(notice: Notice, due: datetime) -> Subkey:
    about = (notice.visit.id if notice.visit else "", notice.more[ABOUT], due.isoformat())
    return lambda *parts: str(ids.derived_id("reminder", *about, *parts))


def due_times(follow: Reminders, order: ServiceOrder, visit: Visit, now: datetime) -> list[datetime]:
    """The moments still ahead, each once."""
    return [due for due in dict.fromkeys(follow.due(visit.start, order.country)) if due > now]


def _defer(unit: UnitOfWork, post: Post, order: ServiceOrder, notice: Notice, *, due: datetime) -> None:
    """One row for the first channel that works at that hour, the others to spare."""
    to = addressee(unit, post, order, notice)
    planned = notify.plan(unit, post, order, notice, to, at=due)
    if to is None or not planned.legs:
        return
    mailing = Mailing(
        unit=unit, post=post, matter=order, notice=notice, to=to, keep_one=False, subkey=_ids(notice, due)
    )
    first = planned.legs[0]
    row = mailing.row(first.channels[0], due_at=first.due or due, spares=first.channels[1:])
    unit.notifications.add(order, row)
    post.processes.publish(notify.waiting(order, row))


def stands(row: Notification, visit: Visit | None) -> bool:
    """Whether the appointment a reminder was made for is still the one."""
    if ABOUT not in row.details:
        return True
    if visit is None or visit.planned_start is None or visit.state not in OPEN_VISITS:
        return False
    return visit.planned_start == datetime.fromisoformat(str(row.details[ABOUT]))
