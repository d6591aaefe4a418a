"""Finding orders by words, names, numbers and parts of them, on a real PostgreSQL."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest
import sqlalchemy as sa

from adapters.postgres.search import OrderSearch, Within


@pytest.fixture
def search(database, ledger, an_order):
    """Three orders: Garnier in Lille, Łukasz in Warsaw, Muñoz in Valencia."""
    people = {
        "8841207": ("FR", "Paul Garnier", "rue des Lilas", "59000", "Lille", "+33639981234"),
        "8841208": ("PL", "Łukasz Żółć", "ulica Świętojańska", "00-950", "Warszawa", "+48601000111"),
        "TS-55-20931": ("ES", "Lucía Muñoz", "Calle del Olmo", "46001", "València", "+34600000123"),
    }
    with ledger.open("k", task_type="intake") as effect:
        for number, (country, name, street, code, city, phone) in people.items():
            order = an_order(number)
            place = replace(order.address, street=street, postal_code=code, city=city, country=country)
            customer = replace(order.customer, name=name, phone=phone, email=None)
            effect.unit.orders.add(
                replace(order, country_code=country, bu_code=f"{country}-HOME", customer=customer, address=place)
            )
    return OrderSearch(database)


def found(search, text, **more):
    return [line.external_order_id for line in search.find(text, **more).lines]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("garnier", "8841207"),
        ("GARNIER lille", "8841207"),
        ("lukasz zolc", "8841208"),
        ("swietojanska", "8841208"),
        ("Świętojańska", "8841208"),
        ("munoz", "TS-55-20931"),
        ("Muñoz Valencia", "TS-55-20931"),
        ("muñ", "TS-55-20931"),
        ("8841207", "8841207"),
        ("41207", "8841207"),
        ("412 garnier", "8841207"),
        ("20931", "TS-55-20931"),
        ("5520", "TS-55-20931"),
        ("59000", "8841207"),
        ("590", "8841207"),
        ("00-950", "8841208"),
        ("639981", "8841207"),
        ("46001", "TS-55-20931"),
    ],
)
def test_each_is_found(search, text, number):
    """By name, street and town in any spelling, by numbers, postal codes and phone numbers and parts of them."""
    assert number in found(search, text)
    assert len(found(search, text)) == 1


def test_every_word_must_be_there(search):
    """Garnier does not live in Warsaw."""
    assert found(search, "garnier warszawa") == []


@pytest.mark.parametrize("text", ["", "   ", "'", "&|!:*", "\\", "--", "' | 'a", "%", "(", "\u0301"])
def test_signs_are_no_words(search, text):
    """Whatever is typed is text, never a query."""
    assert isinstance(found(search, text), list)
    assert found(search, f"garnier {text}") == (
        found(search, "garnier") if not text.strip("'&|!:* \\-%(\u0301") else []
    )


def test_an_order_is_found_by_its_own_number(search):
    """`SO-2027-...`, whole or in part."""
    line = search.find("garnier").lines[0]
    assert found(search, line.order_number) == ["8841207"]
    assert "8841207" in found(search, line.order_number[-5:])


def test_only_what_is_the_callers(search):
    """Countries, units and stores: what is not named is not found."""
    assert found(search, "a", within=Within(countries=["FR"])) in (["8841207"], [])
    assert found(search, "garnier", within=Within(countries=["ES"])) == []
    assert found(search, "garnier", within=Within(countries=[])) == []
    assert found(search, "garnier", within=Within(countries=["FR"], bu_codes=["FR-DIY"])) == []
    assert found(search, "garnier", within=Within(countries=["FR"], bu_codes=["FR-HOME"])) == ["8841207"]


def test_what_changes_is_found_anew(search, database, ledger):
    """An operator corrects the town; the order is found by the new one and no longer by the old one."""
    with ledger.open("c", task_type="validate-order") as effect:
        order = effect.unit.orders.get(search.find("garnier").lines[0].id)
        effect.unit.orders.save(replace(order, address=replace(order.address, city="Roubaix")))
    assert found(search, "garnier roubaix") == ["8841207"]
    assert found(search, "garnier lille") == []


def test_pages_do_not_shift(search, ledger, an_order):
    """The next page begins behind the last order shown, also when newer ones came in meanwhile; no order twice, none left out."""
    with ledger.open("more", task_type="intake") as effect:
        for number in range(7):
            effect.unit.orders.add(replace(an_order(f"P-{number}"), system_metadata={}))
    whole = [line.id for line in search.find("kitchen", limit=100).lines]
    pages, after = [], None
    for turn in range(20):
        page = search.find("kitchen", limit=2, after=after)
        pages += [line.id for line in page.lines]
        if turn == 1:
            with ledger.open("new", task_type="intake") as effect:
                effect.unit.orders.add(an_order("P-new"))
        after = page.following
        if after is None:
            break
    assert [order for order in pages if order in whole] == whole
    assert len(set(pages)) == len(pages)


@pytest.mark.parametrize("after", ["x", "eyJ9", "W10=", "é", "WzEsIDJd"])
def test_a_place_that_is_none_is_a_mistake_of_the_caller(search, after):
    """Told, not guessed."""
    with pytest.raises(ValueError, match="where a page ended"):
        search.find("garnier", after=after)


def test_the_index_is_used(database, search, url):
    """A search reads no order it does not show: the plan is an index scan over the words."""
    with psycopg.connect(url) as connection:
        connection.execute("SET enable_seqscan = off")
        plan = connection.execute(
            "EXPLAIN SELECT order_id FROM order_search WHERE words @@ to_tsquery('simple', 'garnier:*')"
        ).fetchall()
    assert any("order_search_words_idx" in row[0] for row in plan)


def test_up_and_down(postgres):
    """The migration can be taken back and made again, with orders there."""
    from alembic import command

    from adapters.postgres import migrate

    url = postgres.copy("search_migration")
    engine = sa.create_engine(migrate.engine_url(url))
    config = migrate._config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0011")
        command.upgrade(config, "head")
        assert connection.execute(sa.text("SELECT count(*) FROM order_search")).scalar() == 0
    engine.dispose()
