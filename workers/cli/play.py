"""`fsm play`: plays one person once - a provider, a team, a customer, a supplier - on the running stack."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import uuid4

import httpx
import typer
from rich.text import Text

from workers.bootstrap import CamundaDesk, Platform, Reads, build
from workers.cli.console import UsageError, out
from workers.cli.demo.shops import Sold
from workers.cli.demo.stories import SHOPS
from workers.cli.demo.suppliers import TOPICS, WORDS
from workers.cli.links import links_of
from workers.cli.played import player_of
from workers.ports.clock import Clock
from workers.ports.events import Event, EventBus
from workers.settings import Settings, read

A_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Scene:
    """One order on the running stack, and what the person says."""

    platform: Platform
    order_key: str
    says: Mapping[str, Any]

    @property
    def now(self) -> datetime:
        """The engine's time."""
        return self.platform.get(Clock).now()

    def post(self, path: str, body: Mapping[str, Any]) -> None:
        """Calls our API, as the provider's or the customer's page does."""
        settings = self.platform.settings
        answer = httpx.post(f"{settings.api.address}{path}", json=body, headers=_bearer(settings, path), timeout=30)
        _told(answer)

    def signer(self, agreement: str, verb: str, body: Mapping[str, Any]) -> None:
        """Acts on the signing page of the local Acrobat Sign."""
        place = self.platform.settings.adobe_sign
        if place is None:
            raise UsageError("Expected a local Acrobat Sign, but none is configured: start `fsm up`.")
        address = place.discovery_url.rstrip("/")
        _told(httpx.post(f"{address}/control/agreements/{agreement}/{verb}", json=body, timeout=30))

    def publish(self, topic: str, payload: Mapping[str, Any]) -> None:
        """Puts news on a topic, as another system does."""
        key = self.order_key.replace(":", "_")
        self.platform.get(EventBus).publish(Event(uuid4(), topic, key, topic, payload))


def _bearer(settings: Settings, path: str) -> dict[str, str]:
    """The token of who does such things: from the local identity provider, else the one key of a laptop."""
    if settings.oidc is None:
        return {"Authorization": f"Bearer {settings.api.token}"}
    form = {"grant_type": "client_credentials", "client_id": player_of(path), "client_secret": "local"}
    answer = httpx.post(f"{str(settings.oidc.issuer).rstrip('/')}/as/token.oauth2", data=form, timeout=10)
    _told(answer)
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def _told(answer: httpx.Response) -> None:
    if answer.is_error:
        raise UsageError(
            f"Expected this to be allowed now, but the answer is {answer.status_code}: {answer.text[:500]}"
        )


Does = Callable[[Scene, str], None]


def _answer(*, accepted: bool) -> Does:
    return lambda scene, offer: scene.post(f"/offers/{offer}/answer", {"accepted": accepted})


def _proposes(scene: Scene, offer: str) -> None:
    day = scene.says["day"] or (scene.now + A_WEEK).date().isoformat()
    scene.post(f"/offers/{offer}/date-proposals", {"date": day})


def _agrees(scene: Scene, key: str) -> None:
    negotiation, _, number = key.rpartition(":")
    scene.post(f"/date-negotiations/{negotiation}/rounds/{number}/customer-answer", {"answer": "ACCEPTED"})


def _arrives(scene: Scene, visit: str) -> None:
    scene.post(f"/visits/{visit}/check-in", {"at": scene.now.isoformat()})


def _leaves(scene: Scene, visit: str) -> None:
    body: dict[str, Any] = {"at": scene.now.isoformat(), "completionStatus": scene.says["status"]}
    if scene.says["outcome"]:
        body["tvOutcome"] = scene.says["outcome"]
    scene.post(f"/visits/{visit}/check-out", body)


def _withdraws(scene: Scene, visit: str) -> None:
    scene.post(f"/visits/{visit}/withdrawal", {"reason": scene.says["reason"]})


def _signs(scene: Scene, agreement: str) -> None:
    scene.signer(agreement, "sign", {"formData": {"rating": "5"}})


def _declines(scene: Scene, agreement: str) -> None:
    scene.signer(agreement, "decline", {"reason": scene.says["reason"]})


def _news(subject: str) -> Does:
    return lambda scene, _: scene.publish(TOPICS[subject], {"occurredAt": scene.now.isoformat(), **WORDS[subject]})


def _cancels(scene: Scene, _: str) -> None:
    system, _, number = scene.order_key.partition(":")
    shop = SHOPS[system]
    scene.publish(shop.topics[2], shop.cancelled(Sold(number, scene.now, 0), scene.now))


# What can be played: who it is, the message the journey must wait for (none: at any time), and what is done.
ACTS: Mapping[str, tuple[str, str, Does]] = {
    "accept": ("a provider accepts the offer", "offer-accepted", _answer(accepted=True)),
    "reject": ("a provider rejects the offer", "offer-rejected", _answer(accepted=False)),
    "propose": ("a provider proposes another date (--day)", "offer-date-proposed", _proposes),
    "agree": ("the customer agrees to the date", "date-answered", _agrees),
    "check-in": ("the team arrives", "visit-checked-in", _arrives),
    "check-out": ("the team leaves (--status, --outcome)", "visit-checked-out", _leaves),
    "withdraw": ("the provider cannot come (--reason)", "provider-withdrew", _withdraws),
    "sign": ("the customer signs", "agreement-closed", _signs),
    "decline": ("the customer does not sign (--reason)", "agreement-closed", _declines),
    "pay": ("the customer pays", "", _news("payment")),
    "deliver": ("the goods are delivered", "", _news("delivery")),
    "cancel": ("the customer cancels", "", _cancels),
}
_HELP = "; ".join(f"{name}: {who}" for name, (who, _, _) in ACTS.items())


def play(
    act: Annotated[str, typer.Argument(help=f"{_HELP}; next: what could be played; links: the pages of the people.")],
    order: Annotated[str, typer.Argument(help="Order number, sales key (pyxis:8841207) or external id.")],
    *,
    day: Annotated[str, typer.Option(help="The date a provider proposes, as 2027-02-03.")] = "",
    status: Annotated[str, typer.Option(help="How far the team came.")] = "COMPLETED",
    outcome: Annotated[str, typer.Option(help="What a technical visit found: YES, YES_BUT or NO.")] = "",
    reason: Annotated[str, typer.Option(help="Why somebody declines or withdraws.")] = "No longer possible.",
) -> None:
    """Plays one person once: what a provider, a team, a customer or a supplier does to one order of `fsm up`.

    `fsm play next pyxis:8841200` tells what could be played; then `fsm play accept pyxis:8841200`, `fsm play sign pyxis:8841200`
    """
    if act not in ("next", "links", *ACTS):
        raise UsageError(f"Expected one of next, links, {', '.join(ACTS)}, but it is {act!r}.")
    with build(read()) as platform:
        view = platform.get(Reads).order(order)
        if view is None:
            raise UsageError(
                f"Expected an order named {order!r}, but there is none. `fsm orders list` shows what there is."
            )
        key = f"{view.line.source_system}:{view.line.external_order_id}"
        if act == "links":
            for what, address in links_of(platform, view):
                out.print(Text(f"{what}\n  {address}"), soft_wrap=True)
            return
        awaited = dict(_awaited(platform, key))
        if act == "next":
            _tell_next(key, awaited)
            return
        who, message, does = ACTS[act]
        if message and message not in awaited:
            raise UsageError(
                f"Expected {key} to wait for this, but it waits for {_names(awaited)}. `fsm clock show` tells what is due."
            )
        does(
            Scene(platform, key, {"day": day, "status": status, "outcome": outcome, "reason": reason}),
            awaited.get(message, ""),
        )
    out.print(Text(f"{key}: {who}."))


def _awaited(platform: Platform, order_key: str) -> Iterator[tuple[str, str]]:
    """The messages the journey of an order waits for, each with its correlation key."""
    desk = platform.get(CamundaDesk)
    for root in desk.roots_of(order_key):
        for instance in desk.family(root["processInstanceKey"]):
            for subscription in desk.waiting(instance["processInstanceKey"])["messages"]:
                yield subscription["messageName"], str(subscription["correlationKey"])


def _names(awaited: Mapping[str, str]) -> str:
    return ", ".join(sorted(awaited)) or "no message"


def _tell_next(key: str, awaited: Mapping[str, str]) -> None:
    for name, (who, message, _) in ACTS.items():
        if not message or message in awaited:
            out.print(Text(f"fsm play {name} {key}".ljust(42) + who))
