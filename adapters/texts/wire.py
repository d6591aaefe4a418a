"""The shape of the files in `forms/messages/`, and what they become."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from workers.domain.messages import Kind, Letter, Patterns, Reminders, Template, Variable, Wording
from workers.domain.notices import NoticeClass
from workers.domain.texts import Text
from workers.domain.values import Recipient


def _parses(source: str) -> str:
    Text.parse(source)
    return source


Gaps = Annotated[str, Field(min_length=1), AfterValidator(_parses)]
Names = Annotated[list[Annotated[str, Field(pattern=r"^[a-z][A-Za-z0-9]*$")]], Field(default_factory=list)]


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class WordingFile(_File):
    """One language of a message."""

    subject: Gaps
    text: Gaps
    sms: Gaps
    push: Gaps

    def value(self) -> Wording:
        """As the domain has it."""
        return Wording(**{part: Text.parse(source.strip()) for part, source in self.model_dump().items()})


class RemindersFile(_File):
    """Messages that follow an appointment by themselves."""

    template: str
    hours_before: tuple[Annotated[int, Field(ge=1, le=24 * 30)], ...] = ()
    on_the_eve: tuple[time, ...] = ()

    def value(self) -> Reminders:
        """As the domain has it."""
        return Reminders(**self.model_dump())


class TemplateFile(_File):
    """A file `<template>.yaml`."""

    template: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    # One class for everybody, or one for each recipient.
    notice: NoticeClass | dict[Recipient, NoticeClass] = Field(alias="class")
    when: str = Field(min_length=1)
    required: Names
    optional: Names
    reminders: RemindersFile | None = None
    moved: str | None = None
    texts: dict[Recipient, dict[str, WordingFile]] = Field(min_length=1)

    @model_validator(mode="after")
    def _every_recipient_has_a_class(self) -> Self:
        if isinstance(self.notice, dict) and self.notice.keys() != self.texts.keys():
            raise ValueError(
                f"expected a class for each of {', '.join(self.texts)}, but it names {', '.join(self.notice)}"
            )
        return self

    @property
    def notices(self) -> dict[Recipient, NoticeClass]:
        """The class of the message for each recipient."""
        return self.notice if isinstance(self.notice, dict) else dict.fromkeys(self.texts, self.notice)

    def value(self) -> Template:
        """As the domain has it."""
        return Template(
            name=self.template,
            notices=self.notices,
            when=self.when,
            required=frozenset(self.required),
            optional=frozenset(self.optional),
            reminders=self.reminders.value() if self.reminders else None,
            moved=self.moved,
            texts={who: {lang: w.value() for lang, w in told.items()} for who, told in self.texts.items()},
        )


class VariableFile(_File):
    """One entry of `common/variables.yaml`."""

    kind: Kind
    means: str
    sample: Any
    personal: bool = False
    words: str | None = None

    def value(self, name: str) -> Variable:
        """As the domain has it."""
        return Variable(name=name, **self.model_dump())


class VariablesFile(_File):
    """The file `common/variables.yaml`."""

    variables: dict[str, VariableFile]
    preparation: dict[str, tuple[str, ...]]


class WordsFile(_File):
    """The file `common/words.yaml`: group -> code -> language -> words."""

    words: dict[str, dict[str, dict[str, str]]]


class LetterFile(_File):
    """What stands around the text of an e-mail."""

    greeting: str
    closing: str

    def value(self) -> Letter:
        """As the domain has it."""
        return Letter(greeting=Text.parse(self.greeting), closing=Text.parse(self.closing.strip()))


class PatternsFile(_File):
    """How a language writes days and hours."""

    date: str
    short_date: str
    moment: str
    short_moment: str
    time: str
    between: Gaps
    at: Gaps
    colon: str = ": "

    def value(self) -> Patterns:
        """As the domain has it."""
        told: Mapping[str, Any] = self.model_dump() | {"between": Text.parse(self.between), "at": Text.parse(self.at)}
        return Patterns(**told)


class LettersFile(_File):
    """The file `common/letters.yaml`."""

    half_days: dict[str, tuple[time, time]]
    patterns: dict[str, PatternsFile]
    letters: dict[Recipient, dict[str, LetterFile]]
