"""Orders without a journey, journeys without an order: what is found, and what is mended."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from adapters.postgres.desk import DeskReads
from workers.bootstrap import CamundaDesk, CamundaRest, Platform
from workers.desk.listing import awaited
from workers.desk.reconcile import differences, mend
from workers.domain.states import OrderState
from workers.ports.clock import Clock
from workers.ports.errors import Unavailable
from workers.ports.processes import Processes
from workers.settings import Settings

LONG_AGO, NOW = "2027-01-10T09:00:00Z", "2027-01-11T09:59:00Z"


class Camunda:
    """Journeys: instance -> order key (None: it names no order) and when it began; what was told to it."""

    def __init__(self):
        self.journeys, self.told, self.cancelled = {}, [], []

    def search(self, entity, **_):
        if entity == "process-instances":
            return [{"processInstanceKey": key, "startDate": at} for key, (_, at) in self.journeys.items()]
        named = {key: name for key, (name, _) in self.journeys.items() if name}
        return [{"processInstanceKey": key, "value": f'"{name}"'} for key, name in named.items()]

    def incidents(self, **_):
        return [{"processInstanceKey": "1", "incidentKey": "9", "errorMessage": "no answer\nmore"}]

    def user_tasks(self, **_):
        told = {"name": "Find a slot", "candidateGroups": ["ops-FR"], "dueDate": "2027-01-12T09:00:00Z"}
        return [{"processInstanceKey": "1", "userTaskKey": "5", "elementId": "t", **told}]

    def cancel(self, key):
        self.cancelled.append(key)

    def publish(self, message):
        self.told.append(message)


@pytest.fixture
def camunda():
    return Camunda()


@pytest.fixture
def platform(database, ledger, clock, camunda, an_order):
    """Orders 1 (received), 2 (scheduled), 3 (cancelled), an hour ago."""
    with ledger.open("k", task_type="intake") as effect:
        effect.unit.orders.add(an_order("1"))
        second = effect.unit.orders.add(an_order("2"))
        second = effect.unit.orders.move(second, OrderState.CREATED)
        effect.unit.orders.move(second, OrderState.SCHEDULED)
        effect.unit.orders.move(effect.unit.orders.add(an_order("3")), OrderState.CANCELLED)
        effect.store({})
    clock.forward(hours=1)
    parts = {DeskReads: DeskReads(database), Clock: clock, CamundaRest: camunda, CamundaDesk: camunda}
    return Platform(Settings(), parts | {Processes: camunda})


def found(platform, **span):
    return {
        (item.order_key, item.mends) for item in differences(platform, older_than=timedelta(**span or {"minutes": 10}))
    }


def test_what_fits_is_left_alone(platform, camunda):
    """Every order that goes on has its journey; one that ended needs none."""
    camunda.journeys = {"1": ("pyxis:1", LONG_AGO), "2": ("pyxis:2", LONG_AGO)}
    assert found(platform) == set()


def test_lost_orders_are_found(platform, camunda):
    """One that was only received is started again; one that went further is a person's to judge; a young one is left alone."""
    assert found(platform) == {("pyxis:1", "start"), ("pyxis:2", "")}
    assert found(platform, hours=2) == set()


def test_orphans_are_found(platform, camunda):
    """A journey of no order is cancelled unless it is young; two of one order, or of none, are a person's to judge."""
    kept = {"1": ("pyxis:1", LONG_AGO), "2": ("pyxis:2", LONG_AGO), "3": ("pyxis:3", LONG_AGO)}
    camunda.journeys = kept | {"4": ("pyxis:404", LONG_AGO), "5": ("pyxis:405", NOW), "6": (None, LONG_AGO)}
    assert found(platform) == {("pyxis:404", "cancel"), ("", "")}
    camunda.journeys = kept | {"7": ("pyxis:2", LONG_AGO)}
    assert found(platform) == {("pyxis:2", "")}


def test_mending(platform, camunda):
    """The start is told to be taken now or never, so that no second journey waits behind one the search does not show yet."""
    camunda.journeys = {"4": ("pyxis:404", LONG_AGO)}
    results = {item.order_key: mend(platform, item) for item in differences(platform, older_than=timedelta(minutes=10))}
    assert results == {"pyxis:1": True, "pyxis:2": False, "pyxis:404": True}
    assert [(m.name, m.correlation_key, m.ttl) for m in camunda.told] == [("order-created", "pyxis:1", timedelta())]
    assert camunda.told[0].variables["countryCode"] == "FR"
    assert camunda.cancelled == ["4"]


def test_a_list_says_what_each_order_waits_for(platform, camunda, database):
    """Incidents first; where Camunda is away our own rows still speak."""
    camunda.journeys = {"1": ("pyxis:1", LONG_AGO)}
    lines = platform.get(DeskReads).by_keys(["pyxis:1", "pyxis:2"])
    items, problem = awaited(platform, lines)
    named = {line.external_order_id: [(item.kind, item.what) for item in items.get(line.id, [])] for line in lines}
    assert named == {"1": [("incident", "no answer"), ("task", "Find a slot")], "2": []}
    assert problem == ""

    def away(**_):
        raise Unavailable("no answer", system="camunda")

    down = Platform(
        Settings(), {DeskReads: DeskReads(database), CamundaRest: SimpleNamespace(search=lambda e, **_: away())}
    )
    assert awaited(down, lines) == ({}, "no answer")
