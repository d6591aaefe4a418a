"""What the pages say, in five languages: one row a sentence in `words.json`, so that a translator sees all of them together."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_currency

from workers.domain.messages import FALLBACK, LANGUAGES
from workers.domain.tenancy import Country

LOCALES: Mapping[str, str] = {"fr": "fr_FR", "es": "es_ES", "it": "it_IT", "pl": "pl_PL", "en": "en_GB"}


@cache
def rows() -> Mapping[str, Sequence[str]]:
    """Every sentence in the order of `LANGUAGES`."""
    found: Mapping[str, Sequence[str]] = json.loads(Path(__file__).with_name("words.json").read_text(encoding="utf-8"))
    return found


def known(language: str | None) -> str:
    """A language of ours for whatever somebody asks for (`fr`, `fr-FR`, `de`)."""
    short = (language or "").replace("_", "-").split("-")[0].lower()
    return short if short in LANGUAGES else FALLBACK


class Words:
    """The sentences of one language, and days, hours and money as it writes them on a country's clock."""

    def __init__(self, language: str, country: Country | None) -> None:
        self.language, self._country = language, country
        self._index, self._locale = LANGUAGES.index(language), Locale.parse(LOCALES[language])

    def __call__(self, key: str, **values: object) -> str:
        """A sentence. A key that is missing is a mistake of ours and shows as itself."""
        found = rows().get(key)
        return found[self._index].format(**values) if found else key

    def has(self, key: str) -> bool:
        """Whether there is such a sentence."""
        return key in rows()

    def day(self, value: date | datetime) -> str:
        """Weekday, day, month and year."""
        told = self._local(value) if isinstance(value, datetime) else value
        return str(format_date(told, "full", locale=self._locale))

    def moment(self, value: datetime) -> str:
        """A day and an hour."""
        local = self._local(value)
        return f"{format_date(local, 'full', locale=self._locale)}, {format_time(local.time(), 'short', locale=self._locale)}"

    def appointment(self, start: datetime, label: str | None) -> str:
        """A day with half of it, or an hour."""
        return f"{self.day(start)}, {self(f'window.{label}')}" if label in ("AM", "PM") else self.moment(start)

    def money(self, amount: Decimal) -> str:
        """An amount of the country's money."""
        currency = self._country.currency if self._country else "EUR"
        return str(format_currency(amount, currency, locale=self._locale))

    def _local(self, value: datetime) -> datetime:
        return self._country.local(value) if self._country else value
