"""Messages whose time has come, receipts of those that went, and the calls of operators: what becomes of a row of the ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import Any

from workers.domain import facts, ids
from workers.domain.errors import NotKnown
from workers.domain.matters import Matter
from workers.domain.notices import NoticeClass
from workers.domain.notifications import LOST, ON_ITS_WAY, Block, Notification, NotificationState
from workers.domain.states import OfferState
from workers.journey import matters, reminders
from workers.journey.addressees import addressee
from workers.journey.mailing import Mailing, attempt, suppression
from workers.journey.notice import Notice
from workers.journey.notify import CALL, call_for, waiting
from workers.journey.post import Post
from workers.ports.repositories import UnitOfWork

# Who is told although the order has ended.
AFTER_THE_END = frozenset({NoticeClass.CANCELLATION, NoticeClass.MONEY, NoticeClass.OPERATOR_ALERT})


class Delivery(StrEnum):
    """How it ended."""

    REACHED = "REACHED"
    NOT_NEEDED = "NOT_NEEDED"
    UNREACHED = "UNREACHED"


def row_of(unit: UnitOfWork, matter: Matter, notification_id: str) -> Notification:
    """A row of the ledger, which must be about this order or provider."""
    row = unit.notifications.get(notification_id)
    about = row.order_id or row.provider_id
    if about != matter.id:
        raise NotKnown(f"Expected message {notification_id} to be about {matter.id}, but it is about another")
    return row


def deliver(unit: UnitOfWork, post: Post, matter: Matter, row: Notification) -> Delivery:
    """Sends a deferred message, if it is still needed: consent, addresses and words are read now, not when it was decided."""
    if row.status is not NotificationState.DEFERRED:
        return Delivery.UNREACHED if row.status in LOST else Delivery.REACHED
    notice = notice_of(unit, row)
    to = addressee(unit, post, matter, notice)
    if to is None or _obsolete(unit, matter, row, notice):
        return _end(unit, matter, replace(row, status=NotificationState.NOT_NEEDED), Delivery.NOT_NEEDED)
    mailing = Mailing(
        unit=unit, post=post, matter=matter, notice=notice, to=to, keep_one=row.keep_one, subkey=ids_of(row)
    )
    usable = to.reachable((row.channel, *row.spares)) or (to.last_resort() if row.keep_one else ())
    for channel in usable:
        key = row.id if channel == row.channel else str(ids.derived_id("notification", row.id, channel))
        tried, refusal = attempt(mailing, replace(row, channel=channel), key=key)
        if refusal is None:
            needed = tried.status is not NotificationState.NOT_NEEDED
            return _end(unit, matter, tried, Delivery.REACHED if needed else Delivery.NOT_NEEDED)
    return _refused(unit, matter, row)


def _refused(unit: UnitOfWork, matter: Matter, row: Notification) -> Delivery:
    """Nobody is called when another channel of the same message got through."""
    alone = not any(
        other.status in ON_ITS_WAY for other in unit.notifications.of_group(row.group_id) if other.id != row.id
    )
    end = Delivery.UNREACHED if row.keep_one and alone else Delivery.NOT_NEEDED
    return _end(unit, matter, replace(row, status=NotificationState.REFUSED), end)


def _end(unit: UnitOfWork, matter: Matter, row: Notification, end: Delivery) -> Delivery:
    unit.notifications.save(row)
    told = {"template": row.template, "recipient": row.recipient.value, "channel": row.channel}
    matters.note(unit, matter, "deferred message", **told, status=row.status.value)
    return end


def _obsolete(unit: UnitOfWork, matter: Matter, row: Notification, notice: Notice) -> bool:
    if matters.frozen(matter) and row.notice not in AFTER_THE_END:
        return True
    if row.template == "job-offer" and notice.offer is not None and notice.offer.state is not OfferState.PENDING:
        return True
    if not reminders.stands(row, notice.visit):
        return True
    group = unit.notifications.of_group(row.group_id) if row.only_if_unread else []
    return any(other.status is NotificationState.READ for other in group)


def about(unit: UnitOfWork, row: Notification) -> Matter:
    """The order of a message, locked; without one its provider."""
    if row.order_id is not None:
        return unit.orders.get(row.order_id)
    assert row.provider_id is not None, f"message {row.id} is about nothing"
    return unit.providers.get(row.provider_id)


def notice_of(unit: UnitOfWork, row: Notification) -> Notice:
    """What the message was about."""
    return Notice(
        template=row.template,
        recipient=row.recipient,
        visit=unit.visits.get(row.visit_id) if row.visit_id else None,
        provider=unit.providers.get(row.provider_id) if row.provider_id else None,
        offer=unit.offers.get(row.offer_id) if row.offer_id else None,
        wcf=unit.wcfs.get(row.wcf_id) if row.wcf_id else None,
        agreement=unit.agreements.get(row.agreement_id) if row.agreement_id else None,
        negotiation=unit.negotiations.get(row.negotiation_id) if row.negotiation_id else None,
        role=row.role,
        more=row.details,
    )


def ids_of(row: Notification) -> Callable[..., str]:
    """Ids of further rows of the same message."""
    return lambda *parts: str(ids.derived_id("notification", row.id, *parts))


def receipt(unit: UnitOfWork, post: Post, row: Notification, word: str, *, dead: bool = False) -> Notification | None:
    """A receipt of the messaging service. None when it says nothing new.

    What a contract needs and what was lost goes on another channel at once, or to an operator when none is left.
    """
    matter = about(unit, row)
    row = row_of(unit, matter, row.id)  # read again: an order is locked now
    changed = row.told(word)
    if changed is None:
        return None
    unit.notifications.save(changed)
    unit.announce(facts.of_message(matter, changed))
    if dead and changed.status in LOST:
        unit.notifications.block(suppression(changed, Block.BOUNCED, at=unit.now))
    if changed.keep_one and changed.status in LOST:
        _make_up(unit, post, matter, changed)
    return changed


def _make_up(unit: UnitOfWork, post: Post, matter: Matter, lost: Notification) -> None:
    group = unit.notifications.of_group(lost.group_id)
    if any(other.status in ON_ITS_WAY for other in group if other.id != lost.id):
        return
    notice = notice_of(unit, lost)
    to = addressee(unit, post, matter, notice)
    tried = {other.channel for other in group}
    left = [c for c in ("email", "sms") if to and c in to.addresses and c not in to.dead and c not in tried]
    next_id = ids_of(lost)
    fresh: dict[str, Any] = {
        "message_id": "",
        "address_key": "",
        "sent_at": None,
        "status": NotificationState.DEFERRED,
        "version": 1,
    }
    if not left:
        call_for(unit, post, matter, replace(lost, id=next_id(CALL), channel=CALL, **fresh))
        return
    row = replace(lost, id=next_id(left[0]), channel=left[0], due_at=unit.now, **fresh)
    unit.notifications.add(matter, row)
    post.processes.publish(waiting(matter, row))
