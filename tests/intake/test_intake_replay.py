"""Dead letters once more: what was mended comes in, what was not fails again, nothing comes twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.kafka.avro import PlainCodec
from adapters.postgres.client import Database
from adapters.postgres.dead_letters import DeadLetters
from adapters.sales.pyxis import local
from adapters.sales.pyxis.client import Pyxis
from adapters.sales.pyxis.local import REFERENCE
from workers.intake.consumer import Intake, take_in
from workers.intake.replay import replay
from workers.ports.sales import BusinessUnit, Reference
from workers.ports.streams import Record

pytestmark = pytest.mark.stack
UNKNOWN = {"order": {"businessUnitId": "555"}}


@pytest.fixture
def mended(make_intake: Callable[..., Intake]) -> Intake:
    """The intake once the business unit is known."""
    units = {**REFERENCE.business_units, "555": BusinessUnit("555", "FR-HOME", "FR", "EUR")}
    return make_intake(sales=Pyxis(lambda: Reference(units, REFERENCE.catalogue)))


@pytest.fixture
def failed(intake: Intake, order_id: str) -> str:
    """A sale of a unit nobody knew."""
    document = local.created(order_id, UNKNOWN)
    take_in(intake, Record("sales.pyxis.order.created", 0, 1, "FR_1", document, {"event-id": f"dead-{order_id}"}))
    return order_id


def results(found: Any) -> list[str]:
    return [one.result for one in found]


def letters(database: Database, number: str, **more: Any) -> Any:
    return DeadLetters(database).find("pyxis-orders", order_key=f"pyxis:{number}", **more)


def test_what_was_mended_comes_in_once(
    database: Database, mended: Intake, failed: str, orders: Any, camunda: Any
) -> None:
    """The order is there, the journey told under the id the message had; a second replay finds nothing to do."""
    assert results(replay(mended, PlainCodec(), letters(database, failed), dry=False)) == ["NEW"]
    assert len(orders(failed)) == 1
    assert [message.message_id for message in camunda.published] == [f"dead-{failed}"]
    assert letters(database, failed) == []


def test_a_dry_run_changes_nothing(
    database: Database, intake: Intake, mended: Intake, failed: str, orders: Any, camunda: Any
) -> None:
    """It says what would come in now, and what still would not, with the reasons."""
    assert results(replay(mended, PlainCodec(), letters(database, failed), dry=True)) == ["WOULD_COME_IN"]
    (again,) = replay(intake, PlainCodec(), letters(database, failed), dry=True)
    assert (again.result, again.errors[0]["code"]) == ("FAILED", "UNKNOWN_BUSINESS_UNIT")
    assert (orders(failed), camunda.published, len(letters(database, failed))) == ([], [], 1)


def test_an_order_that_came_in_meanwhile_stays_as_it_is(
    database: Database, mended: Intake, failed: str, orders: Any
) -> None:
    """The sales side sent it again under another id: the letter is a twin."""
    record = Record("sales.pyxis.order.created", 0, 2, "FR_1", local.created(failed), {"event-id": f"new-{failed}"})
    take_in(mended, record)
    assert results(replay(mended, PlainCodec(), letters(database, failed), dry=False)) == ["TWIN"]
    assert len(orders(failed)) == 1


def test_by_time(database: Database, failed: str) -> None:
    """From an instant on, and before one."""
    now = datetime.now(UTC)
    assert len(letters(database, failed, since=now - timedelta(minutes=5), until=now + timedelta(minutes=5))) == 1
    assert letters(database, failed, since=now + timedelta(minutes=5)) == []
    assert letters(database, failed, until=now - timedelta(minutes=5)) == []
