"""Which orders are sold: by country, service, price and wish, at what pace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

SERVICES: tuple[tuple[str, str, tuple[int, int], float], ...] = (
    ("INSTALL_KITCHEN_12", "KITCHEN", (1200, 9000), 0.35),
    ("INSTALL_BATHROOM", "BATHROOM", (1500, 12000), 0.2),
    ("INSTALL_APPLIANCE", "APPLIANCE", (80, 400), 0.2),
    ("INSTALL_FLOORING", "FLOORING", (300, 2500), 0.15),
    ("INSTALL_GAS_BOILER", "PLUMBING", (600, 3000), 0.1),
)
WORDS = frozenset({"tv", "urgent", "invalid"})
COUNTRIES = frozenset({"FR", "ES", "IT", "PL", "PT"})


class UnknownMixError(ValueError):
    """Expected shares as FR=60,ES=40,tv=20, but found something else."""


@dataclass(frozen=True, slots=True)
class Mix:
    """Shares in per cent; countries may add up to anything. `tv` asks for a technical visit, `invalid` needs correction."""

    countries: Mapping[str, float]
    tv: float = 15.0
    urgent: float = 5.0
    invalid: float = 4.0


USUAL = Mix({"FR": 55.0, "ES": 20.0, "IT": 15.0, "PL": 10.0})


def read_mix(text: str) -> Mix:
    """`FR=60,ES=40,tv=20`. What is not said is as usual. Raises `UnknownMixError`."""
    shares: dict[str, float] = {}
    for part in filter(None, text.split(",")):
        name, sign, value = part.partition("=")
        if not sign or name not in WORDS | COUNTRIES or not value.replace(".", "", 1).isdigit():
            known = ", ".join(sorted(COUNTRIES | WORDS))
            raise UnknownMixError(f"Expected shares as FR=60,tv=20 with names of {known}, but found {part!r}")
        shares[name] = float(value)
    countries = {name: share for name, share in shares.items() if name in COUNTRIES} or dict(USUAL.countries)
    return Mix(countries, **{name: shares.get(name, getattr(USUAL, name)) for name in WORDS})


@dataclass(frozen=True, slots=True)
class Sold:
    """One order of a simulation. `district` decides whose teams come."""

    number: int
    at: datetime
    country: str
    district: int
    urgency: str
    invalid: bool
    facts: Mapping[str, Any]

    @property
    def order_key(self) -> str:
        """As everywhere: `pyxis:1`."""
        return f"pyxis:{self.number}"


def sold(mix: Mix, count: int, *, start: datetime, per_day: float, seed: int) -> Iterator[Sold]:
    """`count` orders from `start` on, about `per_day` of them a working day, by day between nine and six."""
    rng = Random(seed)  # noqa: S311 - repeatable on purpose
    for number in range(count):
        at = _moment(start, number / per_day, rng)
        yield _order(mix, number + 1, at, rng)


def _moment(start: datetime, days: float, rng: Random) -> datetime:
    weeks, day = divmod(int(days), 5)
    return start + timedelta(weeks=weeks, days=day, hours=9 * rng.random())


def _order(mix: Mix, number: int, at: datetime, rng: Random) -> Sold:
    country = rng.choices(list(mix.countries), list(mix.countries.values()))[0]
    code, category, (low, high), _ = rng.choices(SERVICES, [share for *_, share in SERVICES])[0]
    urgent, survey, invalid = (rng.random() * 100 < share for share in (mix.urgent, mix.tv, mix.invalid))
    urgency = "URGENT" if urgent else "STANDARD"
    facts = {
        "sourceSystem": "pyxis",
        "serviceCode": code,
        "category": category,
        "total": round(low + (high - low) * rng.random() ** 2, 2),
        "tvMandatory": survey,
        "confidence": rng.choice(["HIGH", "HIGH", "LOW", "NONE"]),
        "validTv": False,
        "urgency": urgency,
        "createdAt": at.isoformat(),
        "salesChannel": rng.choice(["store", "store", "web", "call_center"]),
        "providerShare": round(0.55 + 0.4 * rng.random(), 2),
        "corrections": 0,
        "daysToRequested": 10,
    }
    return Sold(number, at, country, rng.randrange(4), urgency, invalid, facts)
