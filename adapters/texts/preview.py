"""Messages as they would go out, filled with the samples of the variables: to look at, and to measure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from adapters.texts import client, files
from workers.domain import segments
from workers.domain.message_checks import Finding
from workers.domain.messages import Catalogue, Content
from workers.domain.tenancy import COUNTRIES, Country
from workers.domain.values import Recipient
from workers.ports.messaging import Channel
from workers.ports.texts import Draft

# Where a language is at home: its clock and money.
HOMES = {"fr": "FR", "es": "ES", "it": "IT", "pl": "PL", "en": "FR"}
MOST_SEGMENTS, LONGEST_SUBJECT, LONGEST_PUSH = 3, 120, 178


def home(language: str) -> Country:
    """The country a preview in this language is for."""
    return COUNTRIES[HOMES[language]]


def preview(
    catalogue: Catalogue, template: str, recipient: Recipient, channel: Channel, language: str, *, bare: bool = False
) -> Content:
    """The message filled with samples; `bare` leaves out what may be absent."""
    known = catalogue.templates[template]
    names = known.required if bare else known.declared
    values = {name: catalogue.variables[name].sample for name in names}
    if not bare:
        values |= {name: catalogue.variables[name].sample for name in ("customerName", "storeName")}
    draft = Draft(
        template=template,
        recipient=recipient,
        channel=channel,
        language=language,
        country=home(language),
        values=values,
    )
    return client.write(catalogue, draft)


def check(models: Path) -> list[Finding]:
    """Everything wrong with the texts of a models' folder: what the files say, and how long the messages become."""
    catalogue, findings = files.read(models)
    return findings if findings or catalogue is None else list(_too_long(catalogue))


def _too_long(catalogue: Catalogue) -> Iterator[Finding]:
    for name, template in catalogue.templates.items():
        for recipient, languages in template.texts.items():
            for language in languages:
                for part, problem in _measured(catalogue, name, recipient, language):
                    yield Finding(f"messages/{name}.yaml", f"texts.{recipient}.{language}.{part}", problem)


def _measured(catalogue: Catalogue, name: str, recipient: Recipient, language: str) -> Iterator[tuple[str, str]]:
    sms = segments.size(preview(catalogue, name, recipient, Channel.SMS, language).text)
    if sms.segments > MOST_SEGMENTS:
        yield (
            "sms",
            f"Expected at most {MOST_SEGMENTS} segments, but with the samples it takes {sms.segments} ({sms.alphabet}).",
        )
    push = preview(catalogue, name, recipient, Channel.PUSH, language)
    for part, text, most in (("subject", push.subject, LONGEST_SUBJECT), ("push", push.text, LONGEST_PUSH)):
        if len(text) > most:
            yield part, f"Expected at most {most} characters, but with the samples it takes {len(text)}."
