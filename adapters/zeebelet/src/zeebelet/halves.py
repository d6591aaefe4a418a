"""Texts with half of a surrogate pair: FEEL can cut a character in two, JSON can bring one; nobody can write it."""

from __future__ import annotations

import re

_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_HALF = re.compile("[\ud800-\udfff]")


def whole(text: str) -> str:
    """The text with halves that meet joined; Java writes `?` for one that stands alone."""
    if text.isascii() or not _HALF.search(text):
        return text
    return _HALF.sub("?", _PAIR.sub(_joined, text))


def _joined(pair: re.Match[str]) -> str:
    return pair[0].encode("utf-16", "surrogatepass").decode("utf-16")
