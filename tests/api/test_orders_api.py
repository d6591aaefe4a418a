"""Searching orders over HTTP: who may, and whose orders are found."""

from __future__ import annotations

import pytest

from workers.api.access import RULES
from workers.api.orders import SEARCHERS, within
from workers.domain.callers import Caller, Role


def test_the_rule_of_the_route_and_the_search_name_the_same_roles() -> None:
    """Who may call finds something; who finds something may call."""
    assert RULES[("GET", "/orders")].roles == frozenset(SEARCHERS)


@pytest.mark.parametrize(
    ("caller", "countries"),
    [
        (Caller("app", roles=frozenset({Role.EVERYTHING})), None),
        (Caller("a", roles=frozenset({Role.OPS}), groups=frozenset({(Role.OPS, "FR")})), {"FR"}),
        (Caller("b", roles=frozenset({Role.OPS}), countries=frozenset({"ES"})), {"ES"}),
        (Caller("c", roles=frozenset({Role.PROVIDER}), groups=frozenset({(Role.PROVIDER, "FR")})), set()),
        (Caller("d"), set()),
    ],
)
def test_a_caller_finds_orders_of_its_countries_alone(caller: Caller, countries: set[str] | None) -> None:
    """Of the roles that may search; nobody's countries are no country, not all of them."""
    found = within(caller).countries
    assert (None if found is None else set(found)) == countries


def test_units_and_stores_narrow_it() -> None:
    """A caller of one store finds that store's orders."""
    caller = Caller("s", frozenset({Role.OPS}), frozenset({"FR"}), frozenset({"FR-HOME"}), frozenset({"FR-0112"}))
    assert (set(within(caller).bu_codes), set(within(caller).store_codes)) == ({"FR-HOME"}, {"FR-0112"})
