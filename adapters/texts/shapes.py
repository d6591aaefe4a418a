"""Values as people read them: days, hours, money and codes in the reader's language, on the clock of the country.

Every conversion is total: a value that is not of its variable's kind is written as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_currency, format_decimal
from babel.units import format_unit

from workers.domain.messages import Catalogue, Kind, Patterns, Variable
from workers.domain.money import Money
from workers.domain.tenancy import Country

LOCALES: Mapping[str, str] = {"fr": "fr_FR", "es": "es_ES", "it": "it_IT", "pl": "pl_PL", "en": "en_GB"}
_SPAN = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:[\d.]+S)?)?")
_ZONE = re.compile(r"\[[^\]]+\]$")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Page:
    """What a value is written on: the language, the country's clock and money, and whether there is room."""

    catalogue: Catalogue
    language: str
    country: Country
    wide: bool

    @property
    def locale(self) -> Locale:
        """Babel's locale."""
        return Locale.parse(LOCALES[self.language])

    @property
    def patterns(self) -> Patterns:
        """How the language writes days and hours."""
        return self.catalogue.patterns[self.language]


def shaped(value: object, variable: Variable, page: Page) -> str:
    """The words for a value."""
    try:
        return _KINDS[variable.kind](value, variable, page)
    except (ValueError, TypeError, KeyError, ArithmeticError, LookupError):
        return _line(value)


def _text(value: Any, variable: Variable, page: Page) -> str:
    del variable, page
    return _line(value)


def _number(value: Any, variable: Variable, page: Page) -> str:
    del variable
    return str(format_decimal(Decimal(str(value)), locale=page.locale))


def _money(value: Any, variable: Variable, page: Page) -> str:
    del variable
    if isinstance(value, Mapping):
        value = Money(Decimal(str(value["amount"])), str(value["currency"]))
    amount = value if isinstance(value, Money) else Money(_decimal(value), page.country.currency)
    return str(format_currency(amount.amount, amount.currency, locale=page.locale))


def _date(value: Any, variable: Variable, page: Page) -> str:
    del variable
    pattern = page.patterns.date if page.wide else page.patterns.short_date
    return str(format_date(_day(value, page.country), pattern, locale=page.locale))


def _moment(value: Any, variable: Variable, page: Page) -> str:
    del variable
    pattern = page.patterns.moment if page.wide else page.patterns.short_moment
    return str(format_datetime(page.country.local(_instant(value)).replace(tzinfo=None), pattern, locale=page.locale))


def _window(value: Any, variable: Variable, page: Page) -> str:
    """`AM` and `PM` as sold, `09:00` as a start."""
    del variable
    known = page.catalogue.half_days.get(value) if isinstance(value, str) else None
    if known is None:
        return page.patterns.at.fill({"from": _hour(time.fromisoformat(str(value)), page)})
    return page.patterns.between.fill({"from": _hour(known[0], page), "to": _hour(known[1], page)})


def _duration(value: Any, variable: Variable, page: Page) -> str:
    del variable
    hours, minutes = divmod(int(_span(value).total_seconds() // 60), 60)
    parts = [(hours, "hour")] * bool(hours) + [(minutes, "minute")] * bool(minutes or not hours)
    return " ".join(str(format_unit(count, unit, "short", locale=page.locale)) for count, unit in parts)


def _link(value: Any, variable: Variable, page: Page) -> str:
    del variable, page
    address = str(value).strip()
    return address if address.startswith(("https://", "http://")) and not re.search(r"\s", address) else ""


def _word(value: Any, variable: Variable, page: Page) -> str:
    codes = page.catalogue.words[variable.words or ""]
    told = codes.get(str(value)) or codes["OTHER"]
    return told[page.language]


def _list(value: Any, variable: Variable, page: Page) -> str:
    """One below the other where there is room, else on one line."""
    items = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    words = [_word(item, variable, page) if variable.words else _line(item) for item in items]
    words = list(dict.fromkeys(word for word in words if word))
    return "\n".join(f"- {word}" for word in words) if page.wide else ", ".join(words)


_KINDS: Mapping[Kind, Callable[[Any, Variable, Page], str]] = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.MONEY: _money,
    Kind.DATE: _date,
    Kind.MOMENT: _moment,
    Kind.WINDOW: _window,
    Kind.DURATION: _duration,
    Kind.LINK: _link,
    Kind.WORD: _word,
    Kind.LIST: _list,
}


def _line(value: object) -> str:
    """On one line and without what a mail server would take for a header."""
    return _BLANKS.sub(" ", str(value)).strip()


def _hour(at: time, page: Page) -> str:
    return str(format_time(at, page.patterns.time, locale=page.locale))


def _day(value: Any, country: Country) -> date:
    if isinstance(value, datetime):
        return country.day(value)
    if isinstance(value, date):
        return value
    told = str(value)
    return date.fromisoformat(told) if len(told) == len("2027-01-28") else country.day(_instant(told))


def _instant(value: Any) -> datetime:
    found = value if isinstance(value, datetime) else datetime.fromisoformat(_ZONE.sub("", str(value)))
    if found.tzinfo is None:
        raise ValueError("an instant without its zone could be any hour")
    return found


def _span(value: Any) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if isinstance(value, int | float):
        return timedelta(minutes=value)
    match = _SPAN.fullmatch(str(value))
    if match is None:
        return timedelta(minutes=float(value))
    days, hours, minutes = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


def _decimal(value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError("no amount") from error
