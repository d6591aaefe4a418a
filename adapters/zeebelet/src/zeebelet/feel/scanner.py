"""A place in the text, and the smallest things that can stand there: white space, words, names, quoted text.

There are no tokens: what a text means depends on what was expected there (`a order` is `a or der` to Camunda), so each rule
reads the characters itself and moves on only when it has found what it looks for.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from .dialect import Dialect
from .errors import FeelSyntaxError

MAX_DEPTH = 64  # nested brackets, conditions, loops; each takes about eight frames of Python's stack
_SPACES = "\t\n\x0b\x0c\r \x85\xa0\u1680\u180e\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
_SKIP = re.compile(rf"(?:[{_SPACES}]+|//[^\n]*\n?|/\*.*?\*/)*", re.DOTALL)
_SKIPPED = " /\t\n\x0b\x0c\r\x85\xa0\u1680\u180e" + "".join(
    map(chr, (*range(0x2000, 0x200C), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF))
)
_SPACE = re.compile(rf"[{_SPACES}]")
_ASCII_NAME = re.compile(r"[A-Za-z0-9_$]*")
_QUOTED = re.compile(r'"((?:\\.|[^"\\])*)"', re.DOTALL)
_BACKTICKS = re.compile(r"`([^`]+)`", re.DOTALL)
_START = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Nl", "Sc", "Pc"})
_PART = _START | {"Nd", "Mc", "Mn", "Cf"}

RESERVED = frozenset({"null", "true", "false", "function", "in", "return", "then", "else", "satisfies", "and", "or"})
# Words that end a name with spaces in the standard, beside the reserved ones.
STOP_WORDS = RESERVED | {"between", "instance", "if", "for", "some", "every"}


@dataclass(slots=True)
class Cursor:
    """Where the parser stands, how far it ever got (for the message), and what it has already read from where."""

    text: str
    dialect: Dialect
    names: frozenset[str] = frozenset()
    pos: int = 0
    furthest: int = 0
    depth: int = 0
    memo: dict[Any, Any] = field(default_factory=dict)

    def error(self, reason: str, at: int | None = None) -> FeelSyntaxError:
        """The error for a place, by default the furthest one that a rule got to."""
        return FeelSyntaxError(self.text, self.furthest if at is None else at, reason)

    def unexpected(self) -> FeelSyntaxError:
        """The error for text that no rule could read."""
        found = self.text[self.furthest : self.furthest + 20]
        return self.error(
            f"Expected an expression, but found '{found}'" if found else "Expected more, but the text ends"
        )


def skip(cursor: Cursor) -> int:
    """Passes white space and comments; returns the new place."""
    text, pos = cursor.text, cursor.pos
    if text[pos : pos + 1] in _SKIPPED:  # true at the end of the text, too
        pos = _SKIP.match(text, pos).end()  # type: ignore[union-attr]
    if text.startswith("/*", pos):
        raise cursor.error("Expected the comment to end with '*/'", pos)
    cursor.pos = pos
    if pos > cursor.furthest:
        cursor.furthest = pos
    return pos


def token(cursor: Cursor, sign: str) -> bool:
    """Reads a sign such as `(` after white space."""
    start = cursor.pos
    if cursor.text.startswith(sign, skip(cursor)):
        cursor.pos += len(sign)
        return True
    cursor.pos = start
    return False


def word(cursor: Cursor, keyword: str) -> bool:
    """Reads a keyword after white space."""
    start = cursor.pos
    pos = skip(cursor)
    end = pos + len(keyword)
    if cursor.text.startswith(keyword, pos) and not (cursor.dialect.keywords_are_words and is_part(cursor.text, end)):
        cursor.pos = end
        return True
    cursor.pos = start
    return False


def is_part(text: str, pos: int) -> bool:
    """Whether the character there can be inside of a name."""
    if pos >= len(text):
        return False
    char = text[pos]
    if char < "\x80":
        return char.isalnum() or char in "_$" or _is_ignorable(char)
    return char <= "\uffff" and unicodedata.category(char) in _PART and not _SPACE.match(char)


def _is_ignorable(char: str) -> bool:
    return char < "\x09" or "\x0e" <= char < "\x1c" or char == "\x7f"


def is_start(text: str, pos: int) -> bool:
    """Whether a name can start with the character there."""
    if pos >= len(text):
        return False
    char = text[pos]
    if char < "\x80":
        return char.isalpha() or char in "_$"
    return char <= "\uffff" and unicodedata.category(char) in _START


def word_end(text: str, pos: int) -> int:
    """The end of the run of name characters that starts there."""
    while True:
        pos = _ASCII_NAME.match(text, pos).end()  # type: ignore[union-attr]
        if not is_part(text, pos):
            return pos
        pos += 1


def identifier(cursor: Cursor) -> str | None:
    """A name of one word that is not reserved, exactly here."""
    text, pos = cursor.text, cursor.pos
    if not is_start(text, pos):
        return None
    found = text[pos : word_end(text, pos)]
    if found in RESERVED:
        return None
    cursor.pos = pos + len(found)
    return found


def words(cursor: Cursor) -> str | None:
    """Two words or more with spaces between them, as names of functions and parameters have them."""
    start = cursor.pos
    text = cursor.text
    stops = STOP_WORDS if cursor.dialect.keywords_are_words else RESERVED
    count = 0
    end = start
    while is_start(text, cursor.pos):
        stop = word_end(text, cursor.pos)
        if text[cursor.pos : stop] in stops:
            break
        count, end = count + 1, stop
        cursor.pos = stop
        while text.startswith(" ", cursor.pos):
            cursor.pos += 1
        if cursor.pos == stop:
            break
    cursor.pos = end if count > 1 else start
    return text[start:end] if count > 1 else None


def name(cursor: Cursor) -> str | None:
    """A variable's name after white space: one word or back-ticks; in the standard also a known name of several words."""
    start = cursor.pos
    skip(cursor)
    found = _known(cursor) if cursor.names else None
    if found is None:
        found = identifier(cursor)
    if found is None:
        ticks = _BACKTICKS.match(cursor.text, cursor.pos)
        if not ticks:
            cursor.pos = start
            return None
        found, cursor.pos = ticks[1], ticks.end()
    return found


def _known(cursor: Cursor) -> str | None:
    """The longest name in scope that stands here and ends at a word's end."""
    text, pos = cursor.text, cursor.pos
    best = None
    for candidate in cursor.names:
        end = pos + len(candidate)
        whole = text.startswith(candidate, pos) and not is_part(text, end)
        if whole and (best is None or len(candidate) > len(best)):
            best = candidate
    if best is not None:
        cursor.pos = pos + len(best)
    return best


def quoted(cursor: Cursor) -> str | None:
    """The raw text between double quotes, after white space."""
    start = cursor.pos
    found = _QUOTED.match(cursor.text, skip(cursor))
    if not found:
        cursor.pos = start
        return None
    cursor.pos = found.end()
    return found[1]
