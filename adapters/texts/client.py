"""`workers.ports.texts.Texts`: fills the texts of the files with values in the reader's language."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path

from adapters.texts import files
from adapters.texts.shapes import Page, shaped
from workers.domain import segments
from workers.domain.messages import Catalogue, Content, Letter, Wording
from workers.domain.texts import Text
from workers.ports.errors import Misconfigured
from workers.ports.messaging import Channel
from workers.ports.texts import Draft

_HTML = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>{subject}</title></head>
<body style="font-family: Arial, Helvetica, sans-serif; font-size: 16px; line-height: 1.5; max-width: 40em">
{body}
</body></html>
"""


class FileTexts:
    """Texts of a models' folder; read when the first message is written, and kept for the life of the process."""

    def __init__(self, models: Path) -> None:
        self._models = models

    @cached_property
    def catalogue(self) -> Catalogue:
        """All templates. Raises `Misconfigured` with what is wrong in the files."""
        return files.load(self._models)

    def write(self, draft: Draft) -> Content:
        """The message for its channel."""
        return write(self.catalogue, draft)


def write(catalogue: Catalogue, draft: Draft) -> Content:
    """The message a draft becomes; raises `Misconfigured` when a variable it cannot do without is absent."""
    try:
        wording = catalogue.templates[draft.template].texts[draft.recipient][draft.language]
        return _CHANNELS[draft.channel](wording, catalogue, draft)
    except KeyError as error:
        raise Misconfigured(
            f"Expected message {draft.template} to {draft.recipient} in {draft.language} to have {error},"
            " but it is not there: `fsm check` names what the model must set"
        ) from error


def _email(wording: Wording, catalogue: Catalogue, draft: Draft) -> Content:
    values = words(catalogue, draft, wide=True)
    letter = catalogue.letters[draft.recipient][draft.language]
    colon = catalogue.patterns[draft.language].colon
    subject = wording.subject.fill(words(catalogue, draft, wide=False))
    text = "\n\n".join(filter(None, (part.fill(values, colon=colon) for part in _around(letter, wording))))
    body = "\n".join(filter(None, (part.fill_html(values) for part in _around(letter, wording))))
    page = _HTML.format(language=draft.language, subject=html.escape(subject), body=body)
    return Content(subject, text, page)


def _around(letter: Letter, wording: Wording) -> tuple[Text, ...]:
    return letter.greeting, wording.text, letter.closing


def _sms(wording: Wording, catalogue: Catalogue, draft: Draft) -> Content:
    return Content("", segments.fit(wording.sms.fill(words(catalogue, draft, wide=False))))


def _push(wording: Wording, catalogue: Catalogue, draft: Draft) -> Content:
    values = words(catalogue, draft, wide=False)
    return Content(wording.subject.fill(values), wording.push.fill(values))


_CHANNELS: Mapping[Channel, Callable[[Wording, Catalogue, Draft], Content]] = {
    Channel.EMAIL: _email,
    Channel.SMS: _sms,
    Channel.PUSH: _push,
    Channel.IN_APP: _push,
}


def words(catalogue: Catalogue, draft: Draft, *, wide: bool) -> dict[str, str]:
    """Every value of a draft as it is written; absent and empty ones are left out."""
    page = Page(catalogue, draft.language, draft.country, wide)
    told = {
        name: shaped(value, catalogue.variables[name], page)
        for name, value in draft.values.items()
        if value is not None and name in catalogue.variables
    }
    return {name: text for name, text in told.items() if text}
