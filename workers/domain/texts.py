"""Texts with gaps: `{name}` is a variable, `[[ ... ]]` a part that is left out when a variable in it is absent,
`[label]({name})` a link. Everything else stands as it is written; `{{` and `}}` are braces.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_TOKEN = re.compile(
    r"(?P<brace>\{\{|\}\})|\{(?P<slot>[A-Za-z][A-Za-z0-9]*)\}|\[\[(?P<part>.*?)\]\]"
    r"|\[(?P<label>[^\[\]{}]+)\]\(\{(?P<link>[A-Za-z][A-Za-z0-9]*)\}\)",
    re.DOTALL,
)
_STRAY = re.compile(r"[{}]|\[\[|\]\]")
_BLOCKS = re.compile(r"\n[ \t]*\n")


class TextError(ValueError):
    """Expected a text whose braces and brackets match."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A gap for a variable; with a label, a link."""

    name: str
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A part that needs all variables in it."""

    inner: Text


@dataclass(frozen=True, slots=True)
class Text:
    """A parsed text."""

    source: str
    nodes: tuple[str | Slot | Part, ...]

    @classmethod
    def parse(cls, source: str) -> Text:
        """The text with its gaps. Raises `TextError` that shows the place."""
        return cls(source, tuple(_nodes(source)))

    @property
    def slots(self) -> tuple[Slot, ...]:
        """Every gap, in order."""
        return tuple(_slots(self.nodes))

    @property
    def used(self) -> frozenset[str]:
        """The variables it mentions."""
        return frozenset(slot.name for slot in self.slots)

    @property
    def always(self) -> frozenset[str]:
        """The variables it cannot do without: those outside of `[[ ... ]]`."""
        return frozenset(node.name for node in self.nodes if isinstance(node, Slot))

    def fill(self, values: Mapping[str, str], *, colon: str = ": ") -> str:
        """Plain text, `colon` between a link and its label. Raises `KeyError` for a variable it cannot do without."""
        return _tidy("".join(_plain(self.nodes, values, colon)))

    def fill_html(self, values: Mapping[str, str]) -> str:
        """HTML paragraphs and lists; everything that comes from a variable is escaped."""
        blocks = (block.strip("\n") for block in _BLOCKS.split("".join(_html(self.nodes, values))))
        return "\n".join(_block(block) for block in blocks if block.strip())


def _nodes(source: str) -> Iterator[str | Slot | Part]:
    position = 0
    for match in _TOKEN.finditer(source):
        yield from _literal(source[position : match.start()], source)
        yield _node(match)
        position = match.end()
    yield from _literal(source[position:], source)


def _literal(words: str, source: str) -> Iterator[str]:
    stray = _STRAY.search(words)
    if stray:
        raise TextError(
            f"Expected '{stray[0]}' to be part of {{name}} or [[ ... ]], but it stands alone in: {source!r}"
        )
    if words:
        yield words


def _node(match: re.Match[str]) -> str | Slot | Part:
    if match["brace"]:
        return match["brace"][0]
    if match["part"] is not None:
        return Part(Text.parse(match["part"]))
    return Slot(match["slot"]) if match["slot"] else Slot(match["link"], match["label"])


def _slots(nodes: Sequence[str | Slot | Part]) -> Iterator[Slot]:
    for node in nodes:
        if isinstance(node, Part):
            yield from _slots(node.inner.nodes)
        elif isinstance(node, Slot):
            yield node


def _plain(nodes: Sequence[str | Slot | Part], values: Mapping[str, str], colon: str) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, str):
            yield node
        elif isinstance(node, Slot):
            yield f"{node.label}{colon}{values[node.name]}" if node.label else values[node.name]
        elif node.inner.used <= values.keys():
            yield from _plain(node.inner.nodes, values, colon)


def _html(nodes: Sequence[str | Slot | Part], values: Mapping[str, str]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, str):
            yield html.escape(node)
        elif isinstance(node, Slot):
            yield _html_slot(node, values[node.name])
        elif node.inner.used <= values.keys():
            yield from _html(node.inner.nodes, values)


def _html_slot(slot: Slot, value: str) -> str:
    escaped = html.escape(value)
    return f'<a href="{escaped}">{html.escape(slot.label)}</a>' if slot.label else escaped


def _block(block: str) -> str:
    lines = block.split("\n")
    if all(line.startswith("- ") for line in lines):
        return "<ul>" + "".join(f"<li>{line[2:]}</li>" for line in lines) + "</ul>"
    return "<p>" + "<br>\n".join(lines) + "</p>"


def _tidy(text: str) -> str:
    """Without the holes that left-out parts leave: double blanks, empty lines in a row, blanks at the end of a line."""
    text = re.sub(r"[ \t]+\n", "\n", re.sub(r"(?<=\S)[ \t]{2,}", " ", text))
    return re.sub(r"\n{3,}", "\n\n", text).strip()
