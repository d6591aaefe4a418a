"""Dead letters once more: the documents as they came, through the same desk, under the ids they had.

An order that came in meanwhile is a twin and changes nothing; a letter that was taken in is not found any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workers.intake.desk import Desk, receive
from workers.intake.kinds import Arrival, understood
from workers.intake.monitoring import described
from workers.ports.errors import Refused
from workers.ports.inbox import InboxMessage
from workers.ports.sales import Unreadable
from workers.ports.streams import Codec, Record


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of a letter: NEW, TWIN, REPEATED; FAILED with its errors; WOULD_COME_IN when nothing was done."""

    message_id: str
    topic: str
    order_key: str
    result: str
    errors: Sequence[dict[str, str]] = ()


def replay(desk: Desk, codec: Codec, letters: Sequence[InboxMessage], *, dry: bool) -> Iterator[Replayed]:
    """Sends letters again, one after the other; with `dry` it is only looked whether they could come in now.

    Trouble with database, Camunda or brokers is raised: what was sent is sent, the rest can be sent by the next call.
    """
    for letter in letters:
        record = Record(letter.topic, letter.partition, letter.offset, "", letter.raw, {"event-id": letter.message_id})
        try:
            yield _told(letter, _again(desk, codec, record, dry=dry))
        except Unreadable as failure:
            yield _told(letter, "FAILED", described(failure.issues))
        except Refused as refusal:
            yield _told(letter, "FAILED", [{"code": "REFUSED", "field": type(refusal).__name__}])


def _again(desk: Desk, codec: Codec, record: Record, *, dry: bool) -> str:
    readable = Record(record.topic, record.partition, record.offset, record.key, codec.readable(record), record.headers)
    if dry:
        understood(desk.sales, readable)
        return "WOULD_COME_IN"
    _, received = receive(desk, Arrival(readable, desk.consumer))
    return received.reception.value


def _told(letter: InboxMessage, result: str, errors: Sequence[dict[str, str]] = ()) -> Replayed:
    return Replayed(letter.message_id, letter.topic, letter.order_key, result, errors)
