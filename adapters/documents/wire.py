"""Text that a font without all letters can show."""

from __future__ import annotations

import re
import unicodedata

ENCODING = "cp1252"
_BRACES = re.compile(r"([{}])(?=[{}])")
# Letters that have no decomposition into a base letter and an accent.
LETTERS = str.maketrans({"ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "−": "-", "\u00a0": " ", "\u202f": " "})


def showable(text: str) -> str:
    """The text in letters of the PDF's own fonts: accents they lack are dropped, other signs become `?`."""
    kept = unicodedata.normalize("NFC", text).translate(LETTERS)
    return "".join(_showable(letter) for letter in kept)


def _showable(letter: str) -> str:
    if letter.encode(ENCODING, "ignore"):
        return letter
    plain = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
    return plain or ("" if unicodedata.combining(letter) else "?")


def tagless(text: str) -> str:
    """The text without what the signature service would take for a field: braces in a row are moved apart.

    After `showable`, which turns other signs into braces.
    """
    return _BRACES.sub(r"\1 ", text)
