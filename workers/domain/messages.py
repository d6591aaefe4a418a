"""What the platform writes to people: templates, their variables, and the words of codes (domain brief 8). Pure values.

The texts themselves are files (`forms/messages/`); an adapter reads them into these values and shapes what goes into them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum

from workers.domain.notices import NoticeClass
from workers.domain.tenancy import Country
from workers.domain.texts import Text
from workers.domain.values import Recipient

LANGUAGES = ("fr", "es", "it", "pl", "en")
FALLBACK = "en"


class Kind(StrEnum):
    """What a variable holds, and with that how it is written in each language."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    MOMENT = "moment"
    WINDOW = "window"
    DURATION = "duration"
    LINK = "link"
    WORD = "word"
    LIST = "list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One thing a text may mention.

    `personal`: read from the database when a message is sent, never from a process variable. `words`: the group whose codes
    a WORD (or each item of a LIST) is. `sample`: what a preview shows.
    """

    name: str
    kind: Kind
    means: str
    sample: object
    personal: bool = False
    words: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One message in one language: e-mail (subject and text), SMS, push."""

    subject: Text
    text: Text
    sms: Text
    push: Text

    @property
    def parts(self) -> Mapping[str, Text]:
        """Every part by its key in the file."""
        return {"subject": self.subject, "text": self.text, "sms": self.sms, "push": self.push}

    @property
    def used(self) -> frozenset[str]:
        """The variables it mentions anywhere."""
        return frozenset().union(*(part.used for part in self.parts.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminders:
    """Messages that follow by themselves: so many hours before the appointment, and on its eve at these hours."""

    template: str
    hours_before: tuple[int, ...] = ()
    on_the_eve: tuple[time, ...] = ()

    def due(self, start: datetime, country: Country) -> list[datetime]:
        """When they go, for an appointment that begins at `start`; eves are on the clock of the country."""
        eve = country.day(start) - timedelta(days=1)
        times = [start - timedelta(hours=hours) for hours in self.hours_before]
        return sorted(times + [country.at(eve, clock) for clock in self.on_the_eve])


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A message: when it is sent it has every variable in `required`; those in `optional` may be absent.

    `texts` holds recipient -> language -> wording: what a provider is told differs from what a customer is.
    """

    name: str
    notices: Mapping[Recipient, NoticeClass]
    when: str
    required: frozenset[str]
    optional: frozenset[str]
    texts: Mapping[Recipient, Mapping[str, Wording]]
    reminders: Reminders | None = None
    # What is said instead when the same was told before of another day.
    moved: str | None = None

    @property
    def declared(self) -> frozenset[str]:
        """Every variable its texts may mention."""
        return self.required | self.optional

    def needed(self, recipient: Recipient) -> frozenset[str]:
        """The required variables that the texts for this recipient mention."""
        wordings = self.texts.get(recipient, {}).values()
        return frozenset().union(*(wording.used for wording in wordings)) & self.required

    def mentioned(self, recipient: Recipient) -> frozenset[str]:
        """All variables that the texts for this recipient mention."""
        wordings = self.texts.get(recipient, {}).values()
        return frozenset().union(*(wording.used for wording in wordings))


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What stands around the text of an e-mail."""

    greeting: Text
    closing: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Patterns:
    """How one language writes days, hours and windows (CLDR patterns; `{from}` and `{to}` are hours)."""

    date: str
    short_date: str
    moment: str
    short_moment: str
    time: str
    between: Text
    at: Text
    # Between a label and what it stands for: French has a blank before it.
    colon: str = ": "


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All templates with what they share. `words`: group -> code -> language -> words."""

    templates: Mapping[str, Template]
    variables: Mapping[str, Variable]
    words: Mapping[str, Mapping[str, Mapping[str, str]]]
    letters: Mapping[Recipient, Mapping[str, Letter]]
    patterns: Mapping[str, Patterns]
    # Half-days as they are sold: label -> from, to.
    half_days: Mapping[str, tuple[time, time]]
    # What customers are asked to prepare: category of the service -> codes of the words `preparation`.
    preparation: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Content:
    """A message ready to go: `html` for e-mail only; `subject` is empty for an SMS."""

    subject: str
    text: str = field(repr=False)
    html: str = field(default="", repr=False)


def language_of(told: str | None, locale: str) -> str:
    """The customer's language, else the country's, else English; whatever form a sales system sends it in (`fr_FR`, `FR`)."""
    for candidate in (told, locale):
        language = (candidate or "").strip().lower().replace("_", "-").partition("-")[0]
        if language in LANGUAGES:
            return language
    return FALLBACK
