"""One message to one person, written and handed to the messaging service on a channel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from workers.domain.matters import Matter
from workers.domain.messages import Content, language_of
from workers.domain.notices import Addressee
from workers.domain.notifications import Block, Notification, NotificationState, Scope, Suppression
from workers.domain.values import Recipient
from workers.journey import telling
from workers.journey.addressees import about, key_of
from workers.journey.matters import order_of
from workers.journey.notice import Notice
from workers.journey.post import Post
from workers.journey.telling import NoLongerNeeded, Story
from workers.ports.errors import Refused
from workers.ports.messaging import AlreadySent, Channel, OptedOut, OutgoingMessage
from workers.ports.repositories import UnitOfWork
from workers.ports.texts import Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """Everything about a message but its channel. `subkey` makes the ids of its rows: the same parts, the same row."""

    unit: UnitOfWork
    post: Post
    matter: Matter
    notice: Notice
    to: Addressee
    keep_one: bool
    subkey: Callable[..., str]

    def row(
        self,
        channel: str,
        *,
        due_at: datetime | None = None,
        only_if_unread: bool = False,
        spares: tuple[str, ...] = (),
    ) -> Notification:
        """The row of a channel in the ledger, before anything is sent."""
        notice, template = self.notice, self.post.texts.catalogue.templates[self.notice.template]
        provider = notice.provider or about(self.unit, self.matter, notice.visit)
        order = order_of(self.matter)
        return Notification(
            id=self.subkey(notice.template, notice.recipient.value, channel),
            group_id=self.subkey(notice.template, notice.recipient.value),
            order_id=order.id if order else None,
            country_code=self.matter.country_code,
            bu_code=self.matter.bu_code,
            template=notice.template,
            notice=template.notices[notice.recipient],
            recipient=notice.recipient,
            channel=channel,
            role=notice.role,
            created_at=self.unit.now,
            updated_at=self.unit.now,
            due_at=due_at,
            only_if_unread=only_if_unread,
            keep_one=self.keep_one,
            spares=spares,
            visit_id=notice.visit.id if notice.visit else None,
            offer_id=notice.offer.id if notice.offer else None,
            wcf_id=notice.wcf.id if notice.wcf else None,
            agreement_id=notice.agreement.id if notice.agreement else None,
            negotiation_id=notice.negotiation.id if notice.negotiation else None,
            provider_id=provider.id if provider else None,
            details={name: value for name, value in notice.more.items() if value is not None},
        )


def attempt(mailing: Mailing, row: Notification, *, key: str = "") -> tuple[Notification, Refused | None]:
    """Sends on the row's channel; the row afterwards, and the refusal if it was one.

    A worker that died after sending left no trace: then the service knows the key (the row's id), and nothing goes out twice.
    """
    address = mailing.to.addresses[row.channel]
    row = replace(row, sent_at=mailing.unit.now, address_key=key_of(mailing.post, mailing.matter, row.channel, address))
    try:
        receipt = mailing.post.messaging.send(_message(mailing, row, address, key or row.id))
    except AlreadySent:
        return replace(row, status=NotificationState.SENT_BEFORE), None
    except NoLongerNeeded:
        return replace(row, status=NotificationState.NOT_NEEDED, sent_at=None), None
    except Refused as refusal:
        if isinstance(refusal, OptedOut):
            mailing.unit.notifications.block(suppression(row, Block.OPTED_OUT, at=mailing.unit.now))
        return replace(row, status=NotificationState.REFUSED), refusal
    return replace(row, status=NotificationState.SENT, message_id=receipt.message_id), None


def suppression(row: Notification, reason: Block, *, at: datetime, scope: Scope = Scope.ALL) -> Suppression:
    """This channel is not used for the row's address any more."""
    return Suppression(
        channel=row.channel,
        address_key=row.address_key,
        scope=scope,
        reason=reason,
        country_code=row.country_code,
        bu_code=row.bu_code,
        noted_at=at,
    )


def written(mailing: Mailing, channel: str) -> tuple[Draft, Content]:
    """What the message says on a channel, by what is known now."""
    matter, notice, post = mailing.matter, mailing.notice, mailing.post
    template = post.texts.catalogue.templates[notice.template]
    around = telling.ALWAYS if notice.recipient is Recipient.CUSTOMER else frozenset()
    names = template.mentioned(notice.recipient) | around
    draft = Draft(
        template=notice.template,
        recipient=notice.recipient,
        channel=Channel(channel),
        language=language_of(mailing.to.language, matter.country.locale),
        country=matter.country,
        values=telling.values(_story(mailing), names),
    )
    return draft, post.texts.write(draft)


def _message(mailing: Mailing, row: Notification, address: str, key: str) -> OutgoingMessage:
    draft, content = written(mailing, row.channel)
    return OutgoingMessage(
        idempotency_key=key,
        channel=draft.channel,
        to=address,
        template=draft.template,
        locale=draft.language,
        content=content,
        country=mailing.matter.country_code,
        about=_about(mailing.matter, mailing.notice, row),
    )


def _about(matter: Matter, notice: Notice, row: Notification) -> str:
    """Two reminders of one appointment say the same at different times: when they were due tells them apart."""
    parts = (matter, notice.visit, notice.offer, notice.wcf, notice.agreement, notice.negotiation)
    named = [str(part.id) for part in parts if part is not None]
    return "/".join([*named, *([row.due_at.isoformat()] if row.due_at else [])])


def _story(mailing: Mailing) -> Story:
    notice = mailing.notice
    return Story(
        unit=mailing.unit,
        post=mailing.post,
        matter=mailing.matter,
        recipient=notice.recipient,
        visit=notice.visit,
        provider=notice.provider or about(mailing.unit, mailing.matter, notice.visit),
        offer=notice.offer,
        wcf=notice.wcf,
        agreement=notice.agreement,
        negotiation=notice.negotiation,
        details=notice.more,
    )
