"""The files of messages: read, checked, and written in every language."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.texts import files, preview
from adapters.texts.client import FileTexts
from adapters.texts.shapes import Page, shaped
from workers.domain.messages import LANGUAGES, Kind, Variable
from workers.domain.money import Money
from workers.domain.notices import NoticeClass
from workers.domain.tenancy import COUNTRIES
from workers.domain.values import Recipient
from workers.ports.errors import Misconfigured
from workers.ports.messaging import Channel
from workers.ports.texts import Draft
from workers.settings import MODELS

CATALOGUE = files.load(MODELS)
EVERY = [
    (name, recipient, language)
    for name, template in CATALOGUE.templates.items()
    for recipient in template.texts
    for language in LANGUAGES
]


def test_there_are_forty_four() -> None:
    """Every message of the field, and nothing wrong with any of them, lengths included."""
    assert len(CATALOGUE.templates) == 44
    assert [str(finding) for finding in preview.check(MODELS)] == []
    assert {n for template in CATALOGUE.templates.values() for n in template.notices.values()} == set(NoticeClass)


@pytest.mark.parametrize("bare", [False, True])
@pytest.mark.parametrize(("name", "recipient", "language"), EVERY)
def test_every_text_can_be_written(name: str, recipient: Recipient, language: str, bare: bool) -> None:
    """With everything, and without what may be absent: no hole, no trace of a gap, and an e-mail that opens and closes."""
    for channel in (Channel.EMAIL, Channel.SMS, Channel.PUSH):
        content = preview.preview(CATALOGUE, name, recipient, channel, language, bare=bare)
        words = content.subject + content.text + content.html
        assert not any(mark in words for mark in ("{", "[[", "]]", "None", " ,", "  ", " ."))
        assert content.text == content.text.strip() != ""
        assert bool(content.html) is (channel is Channel.EMAIL)
        assert not content.text.rstrip().endswith((":", ","))


SHAPES: dict[str, tuple[Kind, object, str, str]] = {
    "a day": (Kind.DATE, date(2027, 1, 28), "fr", "jeudi 28 janvier 2027"),
    "a day as text": (Kind.DATE, "2027-01-28", "es", "jueves, 28 de enero de 2027"),
    "late in UTC": (Kind.DATE, datetime(2027, 1, 27, 23, 30, tzinfo=UTC), "it", "giovedì 28 gennaio 2027"),
    "an instant": (Kind.MOMENT, datetime(2027, 1, 21, 11, 0, tzinfo=UTC), "en", "Thursday, 21 January 2027 at 12:00"),
    "in summer": (Kind.MOMENT, "2027-07-21T11:00:00Z[UTC]", "pl", "środa, 21 lipca 2027, 13:00"),
    "a half-day": (Kind.WINDOW, "AM", "fr", "entre 08:00 et 12:00"),
    "an hour": (Kind.WINDOW, "09:00", "es", "a las 9:00"),
    "money": (Kind.MONEY, Money(Decimal("1450"), "EUR"), "en", "€1,450.00"),
    "złoty": (Kind.MONEY, {"amount": 1450, "currency": "PLN"}, "pl", "1 450,00 zł"),
    "of the country": (Kind.MONEY, "45.5", "it", "45,50 €"),
    "minutes": (Kind.DURATION, 150, "pl", "2 godz. 30 min"),
    "ISO": (Kind.DURATION, "PT4H", "fr", "4 h"),
    "a span": (Kind.DURATION, timedelta(minutes=0), "en", "0 mins"),
    "a code": (Kind.WORD, "MOVED", "it", "trasloco"),
    "a new code": (Kind.WORD, "NEVER_SEEN", "fr", "autre motif"),
    "a list": (Kind.LIST, ["PAYMENT", "PAYMENT"], "es", "- el pago no está completo"),
    "a link": (Kind.LINK, "https://example.com/a", "fr", "https://example.com/a"),
    "no link": (Kind.LINK, "javascript:alert(1)", "fr", ""),
    "a header": (Kind.TEXT, "Paul\r\nBcc: x@example.com", "fr", "Paul Bcc: x@example.com"),
    "no day": (Kind.DATE, "soon", "fr", "soon"),
    "no money": (Kind.MONEY, "a lot", "fr", "a lot"),
    "a naive instant": (Kind.MOMENT, "2027-01-21T11:00:00", "fr", "2027-01-21T11:00:00"),
    "no span": (Kind.DURATION, [], "fr", "[]"),
    "no window": (Kind.WINDOW, 7, "fr", "7"),
}


@pytest.mark.parametrize(("kind", "value", "language", "expected"), SHAPES.values(), ids=SHAPES)
def test_values_are_written_in_the_readers_language(kind: Kind, value: object, language: str, expected: str) -> None:
    """On the clock and in the money of the country; what is not of its kind is written as it is and never raises."""
    variable = Variable(
        name="x", kind=kind, means="", sample="", words="reason" if kind in (Kind.WORD, Kind.LIST) else None
    )
    page = Page(CATALOGUE, language, COUNTRIES["FR"], wide=True)
    assert shaped(value, variable, page).replace("\xa0", " ").replace("\u202f", " ") == expected


def test_a_missing_variable_is_a_matter_for_an_operator() -> None:
    """It says which message lacks what, and how to find it out before."""
    draft = Draft(
        template="order-received",
        recipient=Recipient.CUSTOMER,
        channel=Channel.SMS,
        language="fr",
        country=COUNTRIES["FR"],
        values={"orderNumber": None},
    )
    with pytest.raises(Misconfigured, match="order-received to customer in fr to have 'orderNumber'"):
        FileTexts(MODELS).write(draft)


@pytest.fixture
def edited(tmp_path: Path) -> Callable[..., list[str]]:
    """Changes one file of a copy, and gives what is found wrong."""
    shutil.copytree(MODELS / files.FOLDER, tmp_path / files.FOLDER)

    def edit(file: str, old: str, new: str) -> list[str]:
        path = tmp_path / files.FOLDER / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))
        return [str(finding) for finding in preview.check(tmp_path)]

    return edit


MISTAKES = {
    "a slip": (
        "order-received.yaml",
        "{orderNumber} : {serviceName}",
        "{orderNumer} : {serviceName}",
        "Did you mean 'orderNumber'?",
    ),
    "undeclared": (
        "order-received.yaml",
        "{orderNumber} : {serviceName}",
        "{orderNumber} {date}",
        "add it to required or optional",
    ),
    "a brace": ("order-received.yaml", "{serviceName}.", "{serviceName.", "stands alone"),
    "no such variable": (
        "order-received.yaml",
        "[orderNumber, serviceName]",
        "[orderNumber, servceName]",
        "Did you mean 'serviceName'?",
    ),
    "a language less": ("order-received.yaml", "    pl:", "    de:", "Expected a text in 'pl'"),
    "one language tells less": (
        "order-received.yaml",
        "zamówienie {orderNumber}: {serviceName}.",
        "zamówienie.",
        "as in other languages",
    ),
    "an unknown class": ("order-received.yaml", "class: APPOINTMENT", "class: APPOINTMENTS", "Input should be"),
    "a class too few": (
        "claim-received.yaml",
        "class: {customer: APPOINTMENT, provider: MONEY}",
        "class: {customer: APPOINTMENT}",
        "expected a class for each",
    ),
    "an unknown key": ("order-received.yaml", "      push:", "      pushed:", "Extra inputs"),
    "a name in the subject": (
        "job-assigned.yaml",
        'subject: "Mission {orderNumber}',
        'subject: "{customerName}',
        "where others can see",
    ),
    "may be absent": (
        "appointment-confirmed.yaml",
        "[[\n        Entreprise : {providerName}]]",
        "{providerName}",
        "inside [[ ... ]]",
    ),
    "another name": ("order-received.yaml", "template: order-received", "template: order-recieved", "name of the file"),
    "twice": ("order-received.yaml", "class: APPOINTMENT", "class: APPOINTMENT\nclass: SURVEY", "is there twice"),
    "no YAML": ("order-received.yaml", "texts:", "texts: [", "Expected YAML"),
    "a word less": ("common/words.yaml", '      es: "mudanza"\n', "", "Expected words in 'es'"),
    "no other": ("common/words.yaml", "    OTHER:", "    REST:", "code OTHER"),
    "too long": (
        "order-received.yaml",
        "Votre commande {orderNumber} est bien",
        "Votre commande {orderNumber} est bien " + "a" * 400,
        "3 segments",
    ),
    "a customer before acceptance": (
        "job-offer.yaml",
        "Lieu : {postalCode}",
        "Lieu : {address}",
        "before the visit is the provider's",
    ),
}


@pytest.mark.parametrize(("file", "old", "new", "told"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_a_file_is_found(
    edited: Callable[..., list[str]], file: str, old: str, new: str, told: str
) -> None:
    """Whoever edits a text is told the file, the place and what is expected there, before anything is sent."""
    found = edited(file, old, new)
    assert any(told in line and file.rpartition("/")[2] in line for line in found), found


def test_a_folder_without_texts_is_told(tmp_path: Path) -> None:
    """Nothing is half loaded."""
    with pytest.raises(Misconfigured, match="Expected usable message texts"):
        files.load(tmp_path)
