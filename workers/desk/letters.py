"""A message as its reader sees it, written again from what is known now: no text is kept anywhere.

Links that open something for their reader alone (a signature, an answer) are left out: they are not the back office's to use.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from workers.bootstrap import Platform
from workers.domain.links import Links
from workers.domain.messages import Content
from workers.domain.notices import Addressee
from workers.domain.orders import ServiceOrder
from workers.journey.addressees import addressee
from workers.journey.delivery import ids_of, notice_of, row_of
from workers.journey.mailing import Mailing, written
from workers.journey.notify import CALL
from workers.journey.post import Post
from workers.ports.messaging import Channel

HIDDEN = "https://link-of-the-reader.example"


def letter(platform: Platform, order: ServiceOrder, notification_id: str) -> Content:
    """The message. `NotKnown` when it is about another order; `Misconfigured` when what it told is gone."""
    with platform.ledger.open(f"desk:{uuid4()}", task_type="desk") as effect:
        row = row_of(effect.unit, order, notification_id)
        notice = notice_of(effect.unit, row)
        hidden = Links(customer=HIDDEN, provider=HIDDEN, tasklist=HIDDEN)
        post = replace(platform.get(Post), links=hidden, signing_page=lambda agreement, email: HIDDEN)
        to = addressee(effect.unit, post, order, notice) or Addressee(recipient=row.recipient, addresses={})
        mailing = Mailing(
            unit=effect.unit, post=post, matter=order, notice=notice, to=to, keep_one=False, subkey=ids_of(row)
        )
        channel = Channel.EMAIL.value if row.channel == CALL else row.channel
        return written(mailing, channel)[1]
