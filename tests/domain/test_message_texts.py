"""Texts with gaps, what an SMS costs, and whose language is spoken: pure rules."""

from __future__ import annotations

import pytest

from workers.domain import segments
from workers.domain.messages import language_of
from workers.domain.texts import Text, TextError

VALUES = {"name": "Paul", "url": "https://example.com/a?b=1&c=2"}

FILLED = [
    ("Hello {name}.", "Hello Paul."),
    ("Hello[[ {name}]].", "Hello Paul."),
    ("Hello[[ {missing}]].", "Hello."),
    ("{{name}} is a gap", "{name} is a gap"),
    ("[Sign]({url})", "Sign: https://example.com/a?b=1&c=2"),
    ("One[[\nTwo {missing}]]\n\n[[{missing}]]\n\nThree", "One\n\nThree"),
    ("[[[Sign]({url})]]", "Sign: https://example.com/a?b=1&c=2"),
]


@pytest.mark.parametrize(("source", "expected"), FILLED)
def test_a_text_is_filled(source: str, expected: str) -> None:
    """Gaps take their values, optional parts go without a trace, braces can be written."""
    assert Text.parse(source).fill(VALUES) == expected


def test_a_gap_that_cannot_be_filled_is_an_error() -> None:
    """A message never goes out with a hole."""
    with pytest.raises(KeyError):
        Text.parse("Hello {missing}").fill(VALUES)


@pytest.mark.parametrize("source", ["Hello {name", "Hello name}", "[[ {name}", "{name} ]]", "{ name }", "{na-me}"])
def test_a_stray_brace_is_told(source: str) -> None:
    """A slip of the pen is found when the file is read, with the place."""
    with pytest.raises(TextError, match="stands alone"):
        Text.parse(source)


def test_a_text_knows_its_variables() -> None:
    """What it mentions, and what it cannot do without."""
    text = Text.parse("{a} [[{b} {c}]] [x]({d})")
    assert text.used == {"a", "b", "c", "d"}
    assert text.always == {"a", "d"}


def test_html_escapes_what_comes_from_outside() -> None:
    """A name that looks like markup, or like a link of ours, stays a name."""
    text = Text.parse("Hello {name} & co.\n\n- one\n- two\n\n[Sign & see]({url})")
    shown = text.fill_html(VALUES | {"name": '<script>"[x](y)</script>'})
    assert "<p>Hello &lt;script&gt;&quot;[x](y)&lt;/script&gt; &amp; co.</p>" in shown
    assert "<ul><li>one</li><li>two</li></ul>" in shown
    assert '<p><a href="https://example.com/a?b=1&amp;c=2">Sign &amp; see</a></p>' in shown


SIZES = [
    ("a" * 160, ("GSM-7", 160, 1)),
    ("a" * 161, ("GSM-7", 161, 2)),
    ("a" * 306, ("GSM-7", 306, 2)),
    ("€" * 80, ("GSM-7", 160, 1)),
    ("é" * 160, ("GSM-7", 160, 1)),
    ("ę" * 70, ("UCS-2", 70, 1)),
    ("ę" * 71, ("UCS-2", 71, 2)),
    ("😀" * 35, ("UCS-2", 70, 1)),
    ("", ("GSM-7", 0, 1)),
]


@pytest.mark.parametrize(("text", "size"), SIZES)
def test_an_sms_costs_segments(text: str, size: tuple[str, int, int]) -> None:
    """160 signs of the GSM alphabet, 70 of any other; joined segments carry a little less; some signs take two places."""
    assert segments.size(text) == size


def test_accents_stay_as_long_as_they_are_free() -> None:
    """A short Polish message keeps its accents, a long one would cost a second segment for them."""
    assert segments.fit("Wizyta potwierdzona. Dziękujemy…") == "Wizyta potwierdzona. Dziękujemy..."
    long = "Przypominamy o wizycie: czwartek, 28 stycznia 2027. Dziękujemy za zaufanie, łączymy pozdrowienia."
    assert segments.fit(long).endswith("Dziekujemy za zaufanie, laczymy pozdrowienia.")
    assert segments.size(segments.fit(long)).segments == 1


def test_typographic_signs_are_written_plainly() -> None:
    """A no-break space in a price must not halve what fits."""
    assert segments.size(segments.fit("1\u202f450,00\u00a0€ – c’est « bon »")).alphabet == "GSM-7"


LANGUAGES = [
    ("fr-FR", "es-ES", "fr"),
    ("PL", "fr-FR", "pl"),
    ("es_ES", "fr-FR", "es"),
    (None, "it-IT", "it"),
    ("", "it-IT", "it"),
    ("de", "fr-FR", "fr"),
    ("pt", "pt-PT", "en"),
    (None, "pt-PT", "en"),
]


@pytest.mark.parametrize(("told", "locale", "language"), LANGUAGES)
def test_whose_language_is_spoken(told: str | None, locale: str, language: str) -> None:
    """The customer's, else the country's, else English."""
    assert language_of(told, locale) == language
