"""deliver-notification: the time of a deferred message has come."""

from __future__ import annotations

from datetime import datetime, timedelta

from workers.domain.errors import NotKnown, TenantMismatch
from workers.journey import delivery, matters
from workers.journey.delivery import Delivery
from workers.journey.matters import MatterInput
from workers.journey.post import Post
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, RetryLater, TaskOutput, task

# No transaction lasts so long: what is not committed by then was undone.
COMMITTED_WITHIN = timedelta(minutes=10)
AGAIN = timedelta(minutes=4)


class Input(MatterInput):
    """Which row of the ledger, and when it was written."""

    notification_id: str
    written_at: datetime | None = None


class Output(TaskOutput):
    """UNREACHED: an operator has to call."""

    delivery: Delivery


@task("deliver-notification", raises=(TenantMismatch,), system="messaging")
def deliver_notification(data: Input, ctx: Context, *, unit: UnitOfWork, post: Post) -> Output:
    """Looks again whether it is needed and wanted; a message that went already does not go twice.

    What wrote the message may have died before its commit: such a message was never to be sent.
    """
    matter = matters.of(unit, data)
    try:
        row = delivery.row_of(unit, matter, data.notification_id)
    except NotKnown as error:
        if data.written_at and unit.now > data.written_at + COMMITTED_WITHIN:
            return Output(delivery=Delivery.NOT_NEEDED)
        # The process may be quicker than the commit of what started it.
        raise RetryLater(f"message {data.notification_id} is not in the ledger yet", delay=AGAIN) from error
    return Output(delivery=delivery.deliver(unit, post, matter, row))
