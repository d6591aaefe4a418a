"""`fsm sell`: a customer buys something; its document goes on the sales system's topic, as the sales system does it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import uuid4

import typer
from rich.text import Text

from workers.bootstrap import Platform, Reads, build
from workers.cli.console import UsageError, out, print_json
from workers.cli.demo.shops import Sold
from workers.cli.demo.stories import FIRST_ORDER, SHOPS, STORIES, Sale
from workers.ports.clock import Clock
from workers.ports.events import Event, EventBus
from workers.settings import read

WAIT_SECONDS = 30.0
_POSTCODES = frozenset({"postalCode", "zip_code"})
_STORIES = {story.name: story for story in STORIES}


def sell(
    story: Annotated[
        str, typer.Option(help=f"What is sold and how complete its document is: {', '.join(_STORIES)}.")
    ] = "clean",
    postcode: Annotated[
        str, typer.Option(help="Where the work is to be done; left out, a town the providers serve.")
    ] = "",
    system: Annotated[
        str, typer.Option(help=f"Which sales system sells it: {', '.join(SHOPS)}; left out, the story's.")
    ] = "",
    count: Annotated[int, typer.Option(min=1, max=200, help="How many orders.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Sells orders on the running stack (`fsm up`) and waits until they are taken in. `fsm play` answers for the people.

    `fsm sell`, `fsm sell --story corrected`, `fsm sell --postcode 75011 --count 3`
    """
    if story not in _STORIES or (system and system not in SHOPS):
        raise UsageError(
            f"Expected a story of {', '.join(_STORIES)} and a system of {', '.join(SHOPS)}, but got {story!r} and {system!r}."
        )
    with build(read()) as platform:
        sold = [_sold(platform, story, system or _STORIES[story].system, index) for index in range(count)]
        for sale in sold:
            _publish(platform, sale, _document(sale, postcode))
        states = _taken_in(platform, sold)
    if as_json:
        print_json({"sold": [{"orderKey": sale.order_key, "state": states.get(sale.order_key)} for sale in sold]})
        return
    for sale in sold:
        state = states.get(sale.order_key)
        out.print(Text(f"{sale.order_key}: {sale.story.title}; {state or 'not taken in yet: is `fsm up` running?'}"))
    out.print(Text(f"Next: fsm orders show {sold[0].order_key}"))


def _sold(platform: Platform, story: str, system: str, index: int) -> Sale:
    """A sale with a number nobody has had."""
    lines = platform.get(Reads).orders(limit=100_000)
    taken = [_digits(line.external_order_id) for line in lines if line.source_system == system]
    told, shop = _STORIES[story], SHOPS[system]
    sold = Sold(
        shop.number(max([FIRST_ORDER - 1, *taken]) + 1 + index),
        platform.get(Clock).now(),
        index,
        technical_visit=told.technical_visit,
        wrong_contact=told.wrong_contact,
    )
    return Sale(told, shop, sold)


def _digits(number: str) -> int:
    return int("".join(sign for sign in number if sign.isdigit()) or 0)


def _document(sale: Sale, postcode: str) -> Mapping[str, Any]:
    document = sale.shop.created(sale.sold)
    made: Mapping[str, Any] = _with_postcode(document, postcode) if postcode else document
    return made


def _with_postcode(value: Any, postcode: str) -> Any:
    """The document with another postal code wherever it names one."""
    if isinstance(value, list):
        return [_with_postcode(item, postcode) for item in value]
    if isinstance(value, dict):
        return {key: postcode if key in _POSTCODES else _with_postcode(item, postcode) for key, item in value.items()}
    return value


def _publish(platform: Platform, sale: Sale, document: Mapping[str, Any]) -> None:
    topic = sale.shop.topics[0]
    for _ in range(sale.story.deliveries):
        platform.get(EventBus).publish(Event(uuid4(), topic, sale.topic_key, topic, document))


def _taken_in(platform: Platform, sold: list[Sale]) -> dict[str, str]:
    """The states of the orders, once all are there or after a while."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        lines = platform.get(Reads).orders(limit=100_000)
        states = {f"{line.source_system}:{line.external_order_id}": line.state for line in lines}
        if all(sale.order_key in states for sale in sold) or time.monotonic() > deadline:
            return states
        time.sleep(0.2)
