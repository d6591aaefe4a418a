"""What must hold for the texts of messages before anybody sends one: complete, in every language, and about known things."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import NamedTuple

from workers.domain.messages import LANGUAGES, Catalogue, Kind, Template, Wording
from workers.domain.values import Recipient

# What a provider is told before the visit is theirs says nothing of the customer.
BEFORE_ACCEPTANCE = frozenset({"job-offer", "job-offer-closed", "job-offer-expired", "date-proposal"})
OF_THE_CUSTOMER = frozenset({"customerName", "address", "phone", "accessNotes"})
# Seen on a locked screen, or by whoever stands beside.
SEEN_BY_OTHERS = ("subject", "push")


class Finding(NamedTuple):
    """Something wrong: in which file, where in it, and what."""

    file: str
    where: str
    problem: str

    def __str__(self) -> str:
        """One line."""
        return f"{self.file}: {self.where}: {self.problem}" if self.where else f"{self.file}: {self.problem}"


def check(catalogue: Catalogue) -> list[Finding]:
    """Everything wrong with a catalogue, file by file; empty when it may be used."""
    found = [finding for template in catalogue.templates.values() for finding in _template(template, catalogue)]
    return [*found, *_shared(catalogue)]


def did_you_mean(name: str, known: Iterator[str] | frozenset[str] | Mapping[str, object]) -> str:
    """A hint with the closest known name; empty without one."""
    close = get_close_matches(name, list(known), 1)
    return f" Did you mean '{close[0]}'?" if close else ""


def _template(template: Template, catalogue: Catalogue) -> Iterator[Finding]:
    for rule in TEMPLATE_RULES:
        for where, problem in rule(template, catalogue):
            yield Finding(f"messages/{template.name}.yaml", where, problem)


Problems = Iterator[tuple[str, str]]


def _declared_are_known(template: Template, catalogue: Catalogue) -> Problems:
    for name in sorted(template.declared - catalogue.variables.keys()):
        hint = did_you_mean(name, catalogue.variables)
        yield "required", f"Expected '{name}' to be in common/variables.yaml, but it is not.{hint}"
    for name in sorted(template.required & template.optional):
        yield "optional", f"Expected '{name}' to be either required or optional, but it is both."


def _complete(template: Template, catalogue: Catalogue) -> Problems:
    del catalogue
    for recipient, languages in template.texts.items():
        for language in LANGUAGES:
            if language not in languages:
                yield f"texts.{recipient}", f"Expected a text in '{language}', but there is none."


def _mentions_known(template: Template, catalogue: Catalogue) -> Problems:
    for where, part, wording in _parts(template):
        text = wording.parts[part]
        for name in sorted(text.used - template.declared):
            known = " It is in common/variables.yaml: add it to required or optional." * (name in catalogue.variables)
            hint = known or did_you_mean(name, template.declared)
            yield where, f"Expected {{{name}}} to be one of the template's variables, but it is not.{hint}"
        for name in sorted(text.always & template.optional):
            yield where, f"Expected {{{name}}} inside [[ ... ]], because it may be absent, but it stands outside."


def _labels(template: Template, catalogue: Catalogue) -> Problems:
    for where, part, wording in _parts(template):
        for slot in wording.parts[part].slots:
            variable = catalogue.variables.get(slot.name)
            if slot.label and part != "text":
                yield where, f"Expected {{{slot.name}}} without a label, because only an e-mail can show one."
            if slot.label and variable and variable.kind is not Kind.LINK:
                yield where, f"Expected a link behind '{slot.label}', but {{{slot.name}}} is a {variable.kind}."


def _says_everything(template: Template, catalogue: Catalogue) -> Problems:
    del catalogue
    mentioned = frozenset().union(*(template.mentioned(recipient) for recipient in template.texts))
    for name in sorted(template.declared - mentioned):
        yield (
            "required" if name in template.required else "optional",
            f"Expected some text to use {{{name}}}, but none does.",
        )


def _languages_agree(template: Template, catalogue: Catalogue) -> Problems:
    """What one language says, the others say too: a number left out in one would be found by a customer."""
    del catalogue
    for recipient, languages in template.texts.items():
        for part in ("subject", "text", "sms", "push"):
            every = frozenset().union(*(wording.parts[part].used for wording in languages.values()))
            for language, wording in languages.items():
                for name in sorted(every - wording.parts[part].used):
                    yield (
                        f"texts.{recipient}.{language}.{part}",
                        f"Expected {{{name}}} as in other languages, but it is missing.",
                    )


def _private(template: Template, catalogue: Catalogue) -> Problems:
    for where, part, wording in _parts(template):
        for name in sorted(wording.parts[part].used):
            variable = catalogue.variables.get(name)
            shown = (
                part in SEEN_BY_OTHERS and variable is not None and variable.personal and variable.kind is not Kind.LINK
            )
            if shown:
                yield where, f"Expected no personal data where others can see it, but it uses {{{name}}}."
    early = template.mentioned(Recipient.PROVIDER) if template.name in BEFORE_ACCEPTANCE else frozenset()
    for name in sorted(early & OF_THE_CUSTOMER):
        yield (
            "texts.provider",
            f"Expected nothing of the customer before the visit is the provider's, but it uses {{{name}}}.",
        )


def _reminders_exist(template: Template, catalogue: Catalogue) -> Problems:
    if template.reminders and template.reminders.template not in catalogue.templates:
        hint = did_you_mean(template.reminders.template, catalogue.templates)
        yield "reminders", f"Expected a message '{template.reminders.template}', but there is none.{hint}"


def _moved_exists(template: Template, catalogue: Catalogue) -> Problems:
    if template.moved is None:
        return
    found = catalogue.templates.get(template.moved)
    if found is None:
        hint = did_you_mean(template.moved, catalogue.templates)
        yield "moved", f"Expected a message '{template.moved}', but there is none.{hint}"
    elif missing := set(template.texts) - set(found.texts):
        yield "moved", f"Expected '{template.moved}' to speak to {', '.join(sorted(missing))}, but it does not"


TEMPLATE_RULES: tuple[Callable[[Template, Catalogue], Problems], ...] = (
    _declared_are_known,
    _complete,
    _mentions_known,
    _labels,
    _says_everything,
    _languages_agree,
    _private,
    _reminders_exist,
    _moved_exists,
)


def _parts(template: Template) -> Iterator[tuple[str, str, Wording]]:
    for recipient, languages in template.texts.items():
        for language, wording in languages.items():
            for part in wording.parts:
                yield f"texts.{recipient}.{language}.{part}", part, wording


def _shared(catalogue: Catalogue) -> Iterator[Finding]:
    for file, rule in SHARED_RULES:
        for where, problem in rule(catalogue):
            yield Finding(f"messages/common/{file}.yaml", where, problem)


def _words_exist(catalogue: Catalogue) -> Problems:
    for name, variable in catalogue.variables.items():
        if variable.words is not None and variable.words not in catalogue.words:
            yield name, f"Expected words '{variable.words}' to exist.{did_you_mean(variable.words, catalogue.words)}"
        if variable.kind is Kind.WORD and variable.words is None:
            yield name, "Expected a word to name its group, as `words: reason`, but it names none."


def _preparation_has_words(catalogue: Catalogue) -> Problems:
    known = catalogue.words.get("preparation", {})
    for category, codes in catalogue.preparation.items():
        for code in codes:
            if code not in known:
                yield f"preparation.{category}", f"Expected '{code}' among the words.{did_you_mean(code, known)}"


def _words_complete(catalogue: Catalogue) -> Problems:
    for group, codes in catalogue.words.items():
        if "OTHER" not in codes:
            yield group, "Expected a code OTHER for what nobody foresaw, but there is none."
        for code, languages in codes.items():
            yield from ((f"{group}.{code}", f"Expected words in '{x}'.") for x in LANGUAGES if not languages.get(x))


def _letters_complete(catalogue: Catalogue) -> Problems:
    for recipient in Recipient:
        told = catalogue.letters.get(recipient, {})
        yield from ((f"letters.{recipient}", f"Expected a letter in '{x}'.") for x in LANGUAGES if x not in told)
    yield from (("patterns", f"Expected patterns for '{x}'.") for x in LANGUAGES if x not in catalogue.patterns)


SHARED_RULES: tuple[tuple[str, Callable[[Catalogue], Problems]], ...] = (
    ("variables", _words_exist),
    ("variables", _preparation_has_words),
    ("words", _words_complete),
    ("letters", _letters_complete),
)
