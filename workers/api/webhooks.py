"""Acrobat Sign's webhooks: an echo proves that we are meant; what happened is read again at Acrobat Sign, never believed."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from workers.bootstrap import Platform, SignWebhook
from workers.domain.callers import Kind
from workers.journey.signing import closed_message, record_status
from workers.ports.identity import Owners
from workers.ports.processes import Processes
from workers.ports.signatures import AgreementStatus, Signatures

router = APIRouter(prefix="/webhooks", tags=["webhooks"])
CLOSED = frozenset({AgreementStatus.SIGNED, AgreementStatus.DECLINED, AgreementStatus.EXPIRED, AgreementStatus.VOIDED})


@router.get("/adobe-sign")
def intent(request: Request) -> JSONResponse:
    """Registration: Acrobat Sign asks whether we want its notifications; a 2xx with the echo says yes."""
    echo = _hook(request).echo(request.headers)
    return JSONResponse({}, status_code=200 if echo else 403, headers=echo or {})


@router.post("/adobe-sign")
async def notified(request: Request) -> JSONResponse:
    """A notification: when the agreement really is closed, the journey that waits for it is told.

    An answer that is no 2xx makes Acrobat Sign send it again, which is what we want when Camunda does not answer.
    """
    hook = _hook(request)
    echo = hook.echo(request.headers)
    if echo is None:
        return JSONResponse({}, status_code=403)
    try:
        notification = hook.parse(await request.body())
    except ValueError:
        return JSONResponse({"detail": "Expected a notification about an agreement"}, status_code=400)
    if notification.closes:
        from starlette.concurrency import run_in_threadpool

        await run_in_threadpool(tell_closed, _platform(request), notification.agreement_id)
    return JSONResponse({}, headers=echo)


def tell_closed(platform: Platform, agreement_id: str) -> bool:
    """Publishes `agreement-closed` if the agreement is closed; the message id makes a repeat no second message."""
    if platform.get(Owners).owner(Kind.AGREEMENT, agreement_id) is None:
        return False  # none of ours: nobody is asked about it, so that a stranger cannot make us ask
    agreement = platform.get(Signatures).get(agreement_id)
    if agreement.status not in CLOSED:
        return False
    _keep(platform, agreement_id, agreement.status)
    platform.get(Processes).publish(closed_message(agreement_id, agreement.status))
    return True


def _keep(platform: Platform, agreement_id: str, status: AgreementStatus) -> None:
    """The end of an agreement is kept before the journey hears of it; of one we do not know yet the hourly look keeps it."""
    key = f"agreement-closed:{agreement_id}:{status}"
    with platform.ledger.open(key, task_type="webhook") as effect:
        known = effect.unit.agreements.find(agreement_id)
        if effect.stored is None and known is not None:
            order = effect.unit.orders.get(known.order_id) if known.order_id else None
            record_status(effect.unit, order, effect.unit.agreements.get(agreement_id), status)
            effect.store({})
    if effect.events:
        platform.bus.publish(*effect.events)
        platform.ledger.published(key)


def _platform(request: Request) -> Platform:
    platform: Platform = request.app.state.platform
    return platform


def _hook(request: Request) -> SignWebhook:
    return _platform(request).get(SignWebhook)
