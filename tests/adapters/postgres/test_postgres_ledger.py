"""The effect ledger keeps: one effect per key, result and events with the change, or nothing at all."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from adapters.postgres.client import Database
from adapters.postgres.ledger import PostgresLedger
from adapters.postgres.reads import Reads
from adapters.postgres.settings import PostgresSettings
from workers.domain import facts
from workers.domain.errors import DomainError, OrderInvalid
from workers.domain.states import OrderState
from workers.ports.errors import Unavailable


def test_second_run_finds_the_stored_result(ledger, an_order):
    """A key that was applied gives back its result, and its events until they are marked as published."""
    order = an_order()
    with ledger.open("k1", task_type="t") as effect:
        assert effect.stored is None
        effect.unit.orders.add(order)
        effect.unit.orders.move(order, OrderState.CREATED)
        effect.store({"answer": 42})
        first = list(effect.events)
    with ledger.open("k1", task_type="t") as effect:
        assert effect.stored == {"answer": 42}
        assert list(effect.events) == first
        assert [event.topic for event in first] == [facts.STATUS_CHANGED]
    ledger.published("k1")
    with ledger.open("k1", task_type="t") as effect:
        assert (effect.stored, list(effect.events)) == ({"answer": 42}, [])


@pytest.mark.parametrize("error", [RuntimeError("bug"), OrderInvalid()])
def test_an_exception_leaves_nothing(ledger, database, an_order, error):
    """Leaving by an exception rolls back the change, the result and the events."""

    def run() -> None:
        with ledger.open("k", task_type="t") as effect:
            effect.unit.orders.add(an_order())
            effect.store({})
            raise error

    with pytest.raises(type(error)):
        run()
    assert Reads(database).orders() == []
    with ledger.open("k", task_type="t") as effect:
        assert effect.stored is None


def test_kept_work_survives_a_business_error_and_is_not_written_twice(ledger, database, an_order):
    """`keep` saves half a correction although the handler ends with a business error; a repeat adds no second line."""
    order = an_order()
    with ledger.open("new", task_type="t") as effect:
        effect.unit.orders.add(order)
        effect.store({})

    def run() -> None:
        with ledger.open("k", task_type="validate-order") as effect:
            effect.unit.orders.note(order, "corrected", fields=["email"])
            effect.unit.keep()
            raise OrderInvalid

    for _ in range(2):
        with pytest.raises(DomainError):
            run()
    view = Reads(database).order(order.order_key)
    assert [entry.what for entry in view.timeline] == ["received", "corrected"]


def test_events_without_a_publisher_are_found_again(database, clock, an_order):
    """Events of an effect that was committed and never marked are handed out, oldest first, with the same ids."""
    ledger = PostgresLedger(database, clock, settled_after=timedelta(0))
    with ledger.open("k1", task_type="t") as effect:
        order = effect.unit.orders.add(an_order())
        effect.unit.orders.move(order, OrderState.CREATED)
        effect.store({})
        made = list(effect.events)
    with ledger.open("quiet", task_type="t") as effect:
        effect.store({})
    assert ledger.unpublished() == [("k1", made)]
    ledger.published("k1")
    assert ledger.unpublished() == []


def test_same_effect_tells_the_same_event_ids(ledger, an_order):
    """A run that was rolled back and comes again makes events with the same ids."""
    seen = []
    for attempt in range(2):
        try:
            with ledger.open("k", task_type="t") as effect:
                order = effect.unit.orders.add(an_order())
                effect.unit.orders.move(order, OrderState.CREATED)
                seen.append([event.event_id for event in effect.unit.events])
                if attempt == 0:
                    raise RuntimeError("died")
        except RuntimeError:
            continue
    assert seen[0] == seen[1]


def test_a_second_run_waits_for_the_first(ledger):
    """Two runs of one key are one after the other: the later one replays."""
    inside, results = threading.Event(), []

    def late() -> None:
        inside.wait()
        with ledger.open("k", task_type="t") as effect:
            results.append(effect.stored)

    thread = threading.Thread(target=late)
    thread.start()
    with ledger.open("k", task_type="t") as effect:
        inside.set()
        thread.join(0.3)
        assert results == []
        effect.store({"first": True})
    thread.join()
    assert results == [{"first": True}]


def test_waiting_too_long_is_unavailable(url, clock):
    """A key that stays locked longer than the lock time-out is `Unavailable`, so the job comes again later."""
    database = Database(PostgresSettings(url=url, lock_timeout=timedelta(milliseconds=100)))
    ledger = PostgresLedger(database, clock)
    with ledger.open("k", task_type="t"), pytest.raises(Unavailable), ledger.open("k", task_type="t"):
        pass
    database.close()


@pytest.mark.parametrize(
    ("days", "announced", "published", "kept"),
    [(200, True, True, False), (200, False, False, False), (200, True, False, True), (179, True, True, True)],
    ids=["old", "old and silent", "old, its event not yet out", "not old enough"],
)
def test_old_effects_are_forgotten_unless_their_events_still_have_to_go_out(
    ledger, database, an_order, days, announced, published, kept
):
    """What no instance can ask for any more goes; an event that nobody has heard never does."""
    with ledger.open("k", task_type="t") as effect:
        order = effect.unit.orders.add(an_order())
        if announced:
            effect.unit.orders.move(order, OrderState.CREATED)
        effect.store({"answer": 42})
    if published:
        ledger.published("k")
    with database.begin() as connection:
        age = "UPDATE effects SET created_at = clock_timestamp() - make_interval(days => %s)"
        connection.exec_driver_sql(age, (days,))

    assert ledger.forget(older_than=timedelta(days=180)) == (0 if kept else 1)
    with ledger.open("k", task_type="t") as effect:
        assert (effect.stored is not None) is kept


def test_many_old_effects_are_forgotten_in_short_transactions(ledger, database):
    """More than one transaction takes: all of them go, and a row another worker holds is left to it."""
    many = 12_001
    with database.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO effects (key, task_type, result, events, created_at, published_at)"
            " SELECT n::text, 't', '{}', '[]', now() - interval '1 year', now() FROM generate_series(1, %s) n",
            (many,),
        )
    with database.begin() as other:
        other.exec_driver_sql("SELECT 1 FROM effects WHERE key = '77' FOR UPDATE")
        assert ledger.forget(older_than=timedelta(days=180)) == many - 1
    assert ledger.forget(older_than=timedelta(days=180)) == 1
