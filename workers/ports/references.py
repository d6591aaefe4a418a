"""References to stored documents: a name, and the digest of the bytes it must have. The same wherever documents are kept."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from workers.ports.errors import NotFound, Refused

SYSTEM = "documents"
NAME = re.compile(r"[\w.@ -]+(/[\w.@ -]+)*", re.ASCII)
REFERENCE = re.compile(r"doc:(?P<name>[^#]+)#sha256=(?P<digest>[0-9a-f]{64})")


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
