"""Orders without a journey and journeys without an order: our rows are compared with Camunda and mended where that is safe.

An order that was only received has lost the message that starts its journey: it is told again, to be taken at once or not at all,
so that a journey the search does not show yet is never followed by a second one. An order further on is a person's to judge: its
journey was cancelled or moved out of by somebody. A journey of an order that does not exist is cancelled.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from workers.bootstrap import CamundaDesk, CamundaRest, DeskReads, OrderLine, Platform
from workers.desk.standing import key_of
from workers.domain.states import OrderState
from workers.ports.clock import Clock
from workers.ports.errors import NotFound
from workers.ports.processes import Processes, ProcessMessage

JOURNEY = "ServiceOrderJourney"
BATCH = 500
BEGINS = frozenset({OrderState.RECEIVED})


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not fit. `mends` is what mending does: start, cancel, or empty when a person has to judge."""

    order_key: str
    state: str
    instance: str
    what: str
    mends: str = ""


def differences(platform: Platform, *, older_than: timedelta) -> list[Finding]:
    """What does not fit, of orders and journeys older than a while: younger ones may be on their way."""
    before = platform.get(Clock).now() - older_than
    reads = platform.get(DeskReads)
    journeys = _journeys(platform.get(CamundaRest), before)
    orders = {key_of(line): line for line in reads.unfinished(before=before)}
    known = reads.known(sorted(set(journeys) - set(orders) - {""}))
    return [*_without_journey(orders, journeys), *_without_order(journeys, {*orders, *known}), *_twice(journeys)]


def mend(platform: Platform, finding: Finding) -> bool:
    """Mends what can be; whether it did."""
    if finding.mends == "cancel":
        try:
            platform.get(CamundaDesk).cancel(finding.instance)
        except NotFound:  # it ended meanwhile
            return False
        return True
    if finding.mends == "start":
        order = platform.get(DeskReads).by_keys([finding.order_key])
        told = platform.get(DeskReads).start_of(order[0].id) if order else None
        if told:
            platform.get(Processes).publish(_started(finding.order_key, told))
        return bool(told)
    return False


def _started(order_key: str, told: Mapping[str, Any]) -> ProcessMessage:
    """The message that starts a journey, to be taken at once or not at all; no personal data."""
    variables = {
        "serviceOrderId": str(told["id"]),
        "orderKey": order_key,
        "countryCode": told["country_code"],
        "buCode": told["bu_code"],
        "storeCode": told["store_code"],
        "urgency": told["urgency"],
        "sourceSystem": told["source_system"],
    }
    return ProcessMessage("order-created", order_key, f"reconcile:{uuid4()}", timedelta(), variables=variables)


def _journeys(rest: CamundaRest, before: datetime) -> dict[str, list[tuple[str, bool]]]:
    """Order key -> its active journeys, and whether each is old enough to be judged; "" for those that name no order."""
    active = list(rest.search("process-instances", processDefinitionId=JOURNEY, state="ACTIVE"))
    keys = [str(item["processInstanceKey"]) for item in active]
    named: dict[str, str] = {}
    for at in range(0, len(keys), BATCH):
        wanted: dict[str, Any] = {"$in": keys[at : at + BATCH]}
        for item in rest.search("variables", name="orderKey", processInstanceKey=wanted):
            named[str(item["processInstanceKey"])] = str(json.loads(item["value"]))
    found: dict[str, list[tuple[str, bool]]] = {}
    for item in active:
        key = str(item["processInstanceKey"])
        found.setdefault(named.get(key, ""), []).append((key, datetime.fromisoformat(item["startDate"]) < before))
    return found


def _without_journey(orders: Mapping[str, OrderLine], journeys: Mapping[str, Any]) -> Iterator[Finding]:
    for key, line in orders.items():
        if key not in journeys:
            begins = line.state in BEGINS
            what = "an order without a journey" + ("" if begins else ", which had one: a person has to judge")
            yield Finding(key, line.state, "", what, "start" if begins else "")


def _without_order(journeys: Mapping[str, list[tuple[str, bool]]], known: set[str]) -> Iterator[Finding]:
    for key, instances in journeys.items():
        for instance, old in instances:
            if old and not key:
                yield Finding("", "", instance, "a journey that names no order: a person has to judge")
            elif old and key not in known:
                yield Finding(key, "", instance, "a journey of an order that does not exist", "cancel")


def _twice(journeys: Mapping[str, list[tuple[str, bool]]]) -> Iterator[Finding]:
    for key, instances in journeys.items():
        if key and len(instances) > 1:
            told = ", ".join(instance for instance, _ in instances)
            yield Finding(
                key, "", instances[0][0], f"{len(instances)} journeys of one order ({told}): a person has to judge"
            )
