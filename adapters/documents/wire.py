"""References to stored documents, the names they may have, and text a font without all letters can show."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

from workers.ports.errors import NotFound, Refused

SYSTEM = "documents"
NAME = re.compile(r"[\w.@ -]+(/[\w.@ -]+)*", re.ASCII)
REFERENCE = re.compile(r"doc:(?P<name>[^#]+)#sha256=(?P<digest>[0-9a-f]{64})")
ENCODING = "cp1252"
# Letters that have no decomposition into a base letter and an accent.
LETTERS = str.maketrans({"ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "−": "-", "\u00a0": " ", "\u202f": " "})


@dataclass(frozen=True, slots=True)
class Reference:
    """Names a stored document and the bytes it must have."""

    name: str
    digest: str

    def __str__(self) -> str:
        """As it is stored in orders and forms."""
        return f"doc:{self.name}#sha256={self.digest}"


def reference_to(name: str, content: bytes) -> Reference:
    """The reference of bytes under a name. `Refused` for a name that could lead out of the folder."""
    path = PurePosixPath(name)
    if not NAME.fullmatch(name) or any(part.startswith(".") for part in path.parts):
        message = f"Expected a name of letters, digits, `.`, `-`, `_` and `/` inside the folder, but {name!r}"
        raise Refused(message, system=SYSTEM, reference=name)
    return Reference(name=name, digest=hashlib.sha256(content).hexdigest())


def parsed(reference: str) -> Reference:
    """A reference from its text. `NotFound` when it is none of ours."""
    match = REFERENCE.fullmatch(reference)
    if match is None or not NAME.fullmatch(match["name"]):
        raise NotFound("Expected a document reference", system=SYSTEM, reference=reference)
    return Reference(name=match["name"], digest=match["digest"])


def showable(text: str) -> str:
    """The text in letters of the PDF's own fonts: accents they lack are dropped, other signs become `?`."""
    kept = unicodedata.normalize("NFC", text).translate(LETTERS)
    return "".join(_showable(letter) for letter in kept)


def _showable(letter: str) -> str:
    if letter.encode(ENCODING, "ignore"):
        return letter
    plain = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
    return plain or ("" if unicodedata.combining(letter) else "?")
