"""Questions of the command line and the intake, and the local server itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from adapters.postgres.local import LocalPostgres
from adapters.postgres.reads import Reads
from adapters.postgres.seed import seed
from workers.domain.states import OrderState


@pytest.fixture
def two_orders(ledger, an_order):
    with ledger.open("k", task_type="validate-order") as effect:
        first = effect.unit.orders.add(an_order("1"))
        effect.unit.orders.add(an_order("2", country_code="FR"))
        first = effect.unit.orders.move(first, OrderState.CREATED, reason="all well")
        effect.unit.orders.note(first, "slot held", day="2027-01-27")
        effect.store({})
    return first


def test_lists(database, two_orders):
    """Orders by state and country, and how many there are in each state."""
    reads = Reads(database)
    assert {line.external_order_id for line in reads.orders()} == {"1", "2"}
    assert [line.external_order_id for line in reads.orders(state="CREATED")] == ["1"]
    assert reads.orders(country="ES") == []
    assert len(reads.orders(limit=1)) == 1
    assert reads.states() == {"CREATED": 1, "RECEIVED": 1}
    assert reads.effects() == {"validate-order": 1}


@pytest.mark.parametrize("name", ["id", "order_number", "external_order_id", "order_key"])
def test_an_order_by_any_of_its_names(database, two_orders, name):
    """Id, number, external id and order key all find it; the timeline is in order and says who did what."""
    view = Reads(database).order(str(getattr(two_orders, name)))
    assert view.line.id == two_orders.id
    assert [(e.what, e.source, e.target, e.reason) for e in view.timeline] == [
        ("received", None, "RECEIVED", None),
        ("moved", "RECEIVED", "CREATED", "all well"),
        ("slot held", None, None, None),
    ]
    assert {entry.actor for entry in view.timeline} == {"validate-order"}
    assert view.timeline[-1].detail == {"day": "2027-01-27"}


def test_an_unknown_order(database):
    """None, not an error."""
    assert Reads(database).order("nobody") is None


def test_reference_data_of_the_intake(database):
    """Business units and catalogue by the ids that documents use."""
    reference = Reads(database).reference("pyxis")
    assert (reference.business_units["102"].code, reference.business_units["102"].country_code) == ("FR-HOME", "FR")
    assert reference.catalogue["70011200"].service_code.startswith("INSTALL_KITCHEN")
    assert reference.catalogue["70011200"].category == "KITCHEN"
    assert Reads(database).reference("sap").catalogue == {}


def test_seeding_again_adds_nothing(url):
    """Reference data is brought up to date, not doubled."""
    assert seed(url) == seed(url)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM providers").fetchone() == (36,)


def test_three_providers_fit_in_every_town(database, ledger, an_order):
    """Lille, Paris, Madrid, Valencia, Milan and Warsaw each have at least three providers to choose from."""
    towns = {"59000": "FR", "75011": "FR", "28001": "ES", "46001": "ES", "20121": "IT", "00-001": "PL"}
    for postal_code, country in towns.items():
        order = an_order(postal_code, country_code=country, bu_code=f"{country}-HOME")
        place = type(order.address)(street="s", postal_code=postal_code, city="c", country=country)
        with ledger.open(postal_code, task_type="t") as effect:
            fits = effect.unit.providers.fitting(
                type(order)(**{name: getattr(order, name) for name in order.__slots__} | {"address": place})
            )
            assert effect.unit.providers.place(country, postal_code) is not None
            effect.store({})
        assert len({fit.provider.id for fit in fits}) >= 3, postal_code


@pytest.fixture
def open_folder():
    """A folder that every user may pass, unlike pytest's own: as root the server runs as another user."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def test_data_of_a_folder_is_there_again(open_folder):
    """A server with a folder of its own keeps its data and its roles; the passwords are new each time."""
    folder = open_folder / "postgres"
    for expected in (0, 1):
        with LocalPostgres(data=folder) as server, psycopg.connect(server.url) as connection:
            assert connection.execute("SELECT count(*) FROM stores").fetchone() == (expected,)
            connection.execute("INSERT INTO stores (code, bu_code) VALUES ('x', 'FR-HOME') ON CONFLICT DO NOTHING")
            connection.commit()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_a_closed_folder_is_named(open_folder):
    """As root, a folder that others cannot pass is refused with words, before the server fails without any."""
    open_folder.chmod(0o700)
    with pytest.raises(RuntimeError, match="closed to others"), LocalPostgres(data=open_folder / "postgres"):
        pass


PARENT = """
import sys, time
from adapters.postgres.local import LocalPostgres
with LocalPostgres(migrated=False) as server:
    print(server.pid, flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the parent death signal is Linux's")
def test_the_server_ends_with_its_parent():
    """A laptop's process that is killed leaves no server behind."""
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    pid = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 20
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{pid}").exists()
