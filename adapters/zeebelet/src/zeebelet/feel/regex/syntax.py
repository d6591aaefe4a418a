"""Reads Java's regular expressions into a tree; what Java refuses is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from . import charsets
from .charsets import CharSet


class PatternError(Exception):
    """The text is not a regular expression, or a replacement names a group that there is not."""


@dataclass(frozen=True, slots=True)
class Flags:
    """What the pattern's flags say at a place."""

    ignore_case: bool = False
    dot_all: bool = False
    multi_line: bool = False
    comments: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """Any part of a pattern."""


@dataclass(frozen=True, slots=True)
class One(Piece):
    """One character of a set."""

    chars: CharSet


@dataclass(frozen=True, slots=True)
class Sequence(Piece):
    """One part after the other."""

    parts: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Choice(Piece):
    """The first alternative that fits."""

    options: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Repeat(Piece):
    """A part so many times; `mode` is greedy (""), lazy ("?") or possessive ("+")."""

    part: Piece
    least: int
    most: int | None
    mode: str


@dataclass(frozen=True, slots=True)
class Group(Piece):
    """A part in brackets; number 0 does not capture."""

    part: Piece
    number: int = 0
    atomic: bool = False


@dataclass(frozen=True, slots=True)
class Look(Piece):
    """What must (or must not) follow or precede."""

    part: Piece
    ahead: bool
    negative: bool


@dataclass(frozen=True, slots=True)
class Back(Piece):
    """What a group matched before."""

    number: int
    ignore_case: bool


@dataclass(frozen=True, slots=True)
class Anchor(Piece):
    """A place: one of ^ $ A z Z b B, lines counting when multi_line."""

    kind: str
    multi_line: bool


@dataclass(slots=True)
class Reader:
    """The pattern, the place in it, and the groups met so far."""

    text: str
    flags: Flags
    xpath: bool = False
    pos: int = 0
    groups: int = 0
    names: dict[str, int] = field(default_factory=dict)

    def peek(self) -> str:
        """The next character; empty at the end."""
        if self.flags.comments:
            self._skip()
        return self.text[self.pos : self.pos + 1]

    def _skip(self) -> None:
        while self.pos < len(self.text) and self.text[self.pos] in " \t\n\x0b\f\r#":
            end = self.text.find("\n", self.pos)
            self.pos = self.pos + 1 if self.text[self.pos] != "#" else len(self.text) if end < 0 else end

    def take(self, text: str) -> bool:
        """Passes a text that stands here."""
        self.peek()
        if self.text.startswith(text, self.pos):
            self.pos += len(text)
            return True
        return False

    def next(self) -> str:
        """The next character, passed."""
        char = self.peek()
        if not char:
            raise PatternError("The pattern ends too early")
        self.pos += 1
        return char


MAX_DEPTH = 50


def read(text: str, flags: Flags, *, xpath: bool = False) -> tuple[Piece, Reader]:
    """The tree of a pattern."""
    reader = Reader(_unquoted(text), flags, xpath)
    piece = _choice(reader, 0)
    if reader.peek():
        raise PatternError("Unmatched closing ')'")
    return piece, reader


def _choice(reader: Reader, depth: int) -> Piece:
    if depth > MAX_DEPTH:
        raise PatternError("Nested too deeply")
    options = [_sequence(reader, depth)]
    while reader.take("|"):
        options.append(_sequence(reader, depth))
    return Choice(tuple(options)) if len(options) > 1 else options[0]


def _sequence(reader: Reader, depth: int) -> Piece:
    parts: list[Piece] = []
    while (char := reader.peek()) and char not in "|)":
        if char in "*+?":
            raise PatternError(f"Dangling meta character '{char}'")
        part = _atom(reader, depth)
        if part is not None:
            parts.append(_repeated(reader, part))
    return parts[0] if len(parts) == 1 else Sequence(tuple(parts))


_COUNT = re.compile(r"\{(\d+)(?:(,)(\d*))?\}")


def _repeated(reader: Reader, part: Piece) -> Piece:
    char = reader.peek()
    bounds: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
    if char in bounds and char:
        reader.pos += 1
        least, most = bounds[char]
    elif char == "{":
        found = _COUNT.match(reader.text, reader.pos)
        if not found or len(found[1]) > 6 or len(found[3] or "") > 6:
            raise PatternError("Illegal repetition")
        reader.pos = found.end()
        least = int(found[1])
        most = least if not found[2] else int(found[3]) if found[3] else None
        if most is not None and most < least:
            raise PatternError("Illegal repetition range")
    else:
        return part
    mode = reader.text[reader.pos : reader.pos + 1]
    if mode in ("?", "+"):
        reader.pos += 1
        return Repeat(part, least, most, mode)
    return Repeat(part, least, most, "")


def _atom(reader: Reader, depth: int) -> Piece | None:
    char = reader.next()
    flags = reader.flags
    if char == "(":
        return _group(reader, depth)
    if char == "[":
        return One(_class(reader, depth))
    if char == "\\":
        return _escape(reader)
    if char == ".":
        return One(charsets.EVERYTHING if flags.dot_all else ~charsets.LINE_ENDS)
    if char in "^$":
        return Anchor(char, flags.multi_line)
    if char == "{":
        reader.pos -= 1  # a count without anything before it repeats nothing, which is allowed
        return Sequence(())
    return One(_cased(reader, charsets.of_chars(char)))


def _cased(reader: Reader, chars: CharSet) -> CharSet:
    return chars.any_case() if reader.flags.ignore_case else chars


_LOOKS = {"=": (True, False), "!": (True, True), "<=": (False, False), "<!": (False, True)}
_NAME = re.compile(r"<([A-Za-z][A-Za-z0-9]*)>")
_FLAGS = re.compile(r"([dimsuxU]*)(?:-([dimsuxU]*))?([:)])")
_FLAG_NAMES = {"i": "ignore_case", "s": "dot_all", "m": "multi_line", "x": "comments"}


def _group(reader: Reader, depth: int) -> Piece | None:
    if not reader.text.startswith("?", reader.pos):
        return _captured(reader, depth)
    reader.pos += 1
    named = _NAME.match(reader.text, reader.pos)
    if named:
        reader.pos = named.end()
        if named[1] in reader.names:
            raise PatternError(f"Named capturing group <{named[1]}> is already defined")
        reader.names[named[1]] = reader.groups + 1
        return _captured(reader, depth)
    for sign, (ahead, negative) in _LOOKS.items():
        if reader.text.startswith(sign, reader.pos):
            reader.pos += len(sign)
            return Look(_closed(reader, depth), ahead, negative)
    if reader.text.startswith(">", reader.pos):
        reader.pos += 1
        return Group(_closed(reader, depth), atomic=True)
    return _flagged(reader, depth)


def _captured(reader: Reader, depth: int) -> Piece:
    reader.groups += 1
    number = reader.groups
    return Group(_closed(reader, depth), number)


def _closed(reader: Reader, depth: int) -> Piece:
    outer = reader.flags
    part = _choice(reader, depth + 1)
    if not reader.take(")"):
        raise PatternError("Unclosed group")
    reader.flags = outer
    return part


def _flagged(reader: Reader, depth: int) -> Piece | None:
    found = _FLAGS.match(reader.text, reader.pos)
    if not found:
        raise PatternError("Unknown inline modifier")
    reader.pos = found.end()
    outer = reader.flags
    changed = {_FLAG_NAMES[flag]: True for flag in found[1] if flag in _FLAG_NAMES}
    changed |= {_FLAG_NAMES[flag]: False for flag in found[2] or "" if flag in _FLAG_NAMES}
    reader.flags = replace(outer, **changed)
    if found[3] == ")":
        return None
    part = _choice(reader, depth + 1)
    if not reader.take(")"):
        raise PatternError("Unclosed group")
    reader.flags = outer
    return Group(part)


_CONTROL = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "a": "\a", "e": "\x1b"}
_HEX = re.compile(r"x\{([0-9A-Fa-f]{1,6})\}|x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})")
_OCTAL = re.compile(r"0([0-3][0-7]{2}|[0-7]{1,2})")
_PROPERTY = re.compile(r"([pP])(?:\{\^?([\w-]+)\}|([A-Z]))")
_REFERENCE = re.compile(r"k<([A-Za-z][A-Za-z0-9]*)>")


def _escape(reader: Reader) -> Piece | None:
    char = reader.text[reader.pos : reader.pos + 1]
    if char in ("A", "z", "Z", "b", "B", "G") and char:
        reader.pos += 1
        return Anchor(char, False)
    if char == "R":
        reader.pos += 1
        pair = Sequence((One(charsets.of_chars("\r")), One(charsets.of_chars("\n"))))
        return Choice((pair, One(charsets.VERTICAL)))
    if char and char in "123456789":
        return _back(reader)
    named = _REFERENCE.match(reader.text, reader.pos)
    if named:
        reader.pos = named.end()
        if named[1] not in reader.names:
            raise PatternError(f"There is no group <{named[1]}>")
        return Back(reader.names[named[1]], reader.flags.ignore_case)
    return One(_cased(reader, _escaped_set(reader)))


_QUOTED = re.compile(r"(\\[^Q])|\\Q(.*?)(?:\\E|\Z)", re.DOTALL)


def _unquoted(text: str) -> str:
    """The pattern with what stands between \\Q and \\E escaped sign by sign."""
    return _QUOTED.sub(lambda found: found[1] or re.sub(r"[^\w\s]", r"\\\g<0>", found[2], flags=re.ASCII), text)


def _back(reader: Reader) -> Piece:
    number = int(reader.text[reader.pos])
    reader.pos += 1
    while reader.text[reader.pos : reader.pos + 1] in tuple("0123456789"):
        longer = number * 10 + int(reader.text[reader.pos])
        if longer > reader.groups:
            break
        number = longer
        reader.pos += 1
    return Back(number, reader.flags.ignore_case)


def _escaped_set(reader: Reader) -> CharSet:
    """What an escape stands for inside and outside of classes."""
    text, pos = reader.text, reader.pos
    found = _PROPERTY.match(text, pos)
    if found:
        reader.pos = found.end()
        chars = charsets.named(found[2] or found[3])
        if chars is None:
            raise PatternError(f"Unknown character property name {{{found[2] or found[3]}}}")
        return ~chars if (found[1] == "P") != ("{^" in found[0]) else chars
    code = _HEX.match(text, pos) or _OCTAL.match(text, pos)
    if code:
        reader.pos = code.end()
        digits = next(group for group in code.groups() if group)
        point = int(digits, 8 if code.re is _OCTAL else 16)
        if point > charsets.LAST:
            raise PatternError("Hexadecimal codepoint is too big")
        return charsets.of_ranges([(point, point)])
    char = reader.text[pos : pos + 1]
    reader.pos += 1
    if char.lower() in charsets.ESCAPES:
        known = charsets.ESCAPES[char.lower()]
        return known if char.islower() else ~known
    if char in _CONTROL:
        return charsets.of_chars(_CONTROL[char])
    if not char or (char.isascii() and char.isalnum()):
        raise PatternError("Illegal/unsupported escape sequence")
    return charsets.of_chars(char)


# ---- classes


def _class(reader: Reader, depth: int) -> CharSet:
    if depth > MAX_DEPTH:
        raise PatternError("Nested too deeply")
    negated = reader.take("^")
    chars = _union(reader, depth)
    while reader.take("&&"):
        chars &= _union(reader, depth)
    if not reader.take("]"):
        raise PatternError("Unclosed character class")
    return ~chars if negated else chars


def _union(reader: Reader, depth: int) -> CharSet:
    chars = CharSet(())
    empty = True
    while char := reader.peek():
        if (char == "]" and not empty) or reader.text.startswith("&&", reader.pos):
            break
        if reader.xpath and not empty and reader.take("-["):
            return chars - _class(reader, depth + 1)
        chars |= _class(reader, depth + 1) if reader.take("[") else _range(reader)
        empty = False
    return chars


def _range(reader: Reader) -> CharSet:
    low = _member(reader)
    text = reader.text
    single = len(low.ranges) == 1 and low.ranges[0][0] == low.ranges[0][1]
    if not single or reader.peek() != "-" or text[reader.pos + 1 : reader.pos + 2] in ("]", "[", ""):
        return _cased(reader, low)
    reader.pos += 1
    high = _member(reader)
    first, last = low.ranges[0][0], high.ranges[0][1] if len(high.ranges) == 1 else -1
    if last < first:
        raise PatternError("Illegal character range")
    return _cased(reader, charsets.of_ranges([(first, last)]))


def _member(reader: Reader) -> CharSet:
    char = reader.next()
    return _escaped_set(reader) if char == "\\" else charsets.of_chars(char)
