"""What an SMS costs: segments of 160 characters of the GSM alphabet (153 when joined), or of 70 (67) as soon as one is not in it.

Typographic signs never decide that: they are written plainly. Accents outside the alphabet are kept as long as they cost nothing.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
# These take two places.
_EXTENDED = frozenset("^{}\\[~]|€\f")
_PLAIN = str.maketrans(
    {"\u00a0": " ", "\u202f": " ", "’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"'}
    | {"–": "-", "—": "-", "…": "...", "•": "-"}
)
_BARE = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "œ": "oe", "Œ": "OE"})
SINGLE, JOINED, SINGLE_UCS2, JOINED_UCS2 = 160, 153, 70, 67


class Size(NamedTuple):
    """How an SMS travels."""

    alphabet: str
    length: int
    segments: int


def size(text: str) -> Size:
    """Alphabet, length in its units, and segments of an SMS as it stands."""
    gsm = all(sign in _BASIC or sign in _EXTENDED for sign in text)
    units = sum(2 if sign in _EXTENDED else 1 for sign in text) if gsm else len(text.encode("utf-16-le")) // 2
    single, joined = (SINGLE, JOINED) if gsm else (SINGLE_UCS2, JOINED_UCS2)
    segments = 1 if units <= single else -(-units // joined)
    return Size("GSM-7" if gsm else "UCS-2", units, segments)


def fit(text: str) -> str:
    """The text as it is sent: plain signs, and without accents the alphabet lacks when keeping them costs another segment."""
    plain = text.translate(_PLAIN)
    bare = "".join(_without_accent(sign) for sign in plain)
    return bare if size(bare).segments < size(plain).segments else plain


def _without_accent(sign: str) -> str:
    if sign in _BASIC or sign in _EXTENDED:
        return sign
    parts = unicodedata.normalize("NFKD", sign.translate(_BARE))
    return "".join(part for part in parts if not unicodedata.combining(part))
