"""What the messaging service tells: what became of a message, and who wants no more of them."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from workers.bootstrap import MessagingNews, MessagingWebhook, Platform
from workers.domain.errors import NotKnown
from workers.domain.notifications import Block, Notification, Scope, address_key
from workers.journey import delivery, matters
from workers.journey.mailing import suppression
from workers.journey.post import Post
from workers.ports.clock import Clock
from workers.ports.messaging import Channel
from workers.ports.repositories import UnitOfWork

router = APIRouter(prefix="/webhooks", tags=["webhooks"])
CHANNELS = frozenset(channel.value for channel in Channel)


@router.post("/messaging")
async def told(request: Request) -> JSONResponse:
    """A receipt or an opt-out. An answer that is no 2xx makes the service tell it again: a receipt may overtake our commit."""
    platform: Platform = request.app.state.platform
    hook, body = platform.get(MessagingWebhook), await request.body()
    if not await run_in_threadpool(hook.verify, request.headers, body, now=platform.get(Clock).now()):
        return JSONResponse({"detail": "Expected a fresh signature of the messaging service"}, status_code=401)
    try:
        news = hook.parse(body)
    except ValueError as error:
        return JSONResponse({"detail": str(error)}, status_code=400)
    known = await run_in_threadpool(take, platform, news)
    return JSONResponse({"known": known}, status_code=200 if known else 404)


def take(platform: Platform, news: MessagingNews) -> bool:
    """Keeps the news once; events go out until the bus has them. False for a message or an address we never wrote to."""
    key = f"messaging:{news.kind}:{_reference(platform, news)}:{news.status}:{news.only_surveys}"
    with platform.ledger.open(key, task_type="receipt") as effect:
        if effect.stored is None:
            known = TAKERS[news.kind](platform, effect.unit, news)
            if not known:
                raise _UnknownError
            effect.store({"known": True})
    if effect.events:
        platform.bus.publish(*effect.events)
        platform.ledger.published(key)
    return True


class _UnknownError(NotKnown):
    """Expected a message of ours, but there is none with this id."""


def _reference(platform: Platform, news: MessagingNews) -> str:
    return news.message_id or _key(platform, news)


def _key(platform: Platform, news: MessagingNews) -> str:
    if news.channel not in CHANNELS:
        raise _UnknownError(f"Expected one of the channels {', '.join(sorted(CHANNELS))}")
    post = platform.get(Post)
    return address_key(news.channel, post.messaging.canonical(Channel(news.channel), news.address, ""))


def _receipt(platform: Platform, unit: UnitOfWork, news: MessagingNews) -> bool:
    row = unit.notifications.by_message(news.message_id)
    if row is not None:
        delivery.receipt(unit, platform.get(Post), row, news.status, dead=news.dead)
    return row is not None


def _opt_out(platform: Platform, unit: UnitOfWork, news: MessagingNews) -> bool:
    """Every tenant that wrote to this address is told no."""
    row = unit.notifications.by_message(news.message_id)
    rows = [row] if row else unit.notifications.to_address(_key(platform, news)) if news.address else []
    for one in rows:
        _block(unit, one, news)
    return bool(rows)


def _block(unit: UnitOfWork, row: Notification, news: MessagingNews) -> None:
    scope = Scope.SURVEY if news.only_surveys else Scope.ALL
    unit.notifications.block(suppression(row, Block.OPTED_OUT, at=unit.now, scope=scope))
    matters.note(unit, delivery.about(unit, row), "opted out", channel=row.channel, scope=scope.value)


TAKERS = {"receipt": _receipt, "opt-out": _opt_out}
