"""Documents as files: written once, checked when read, never overwritten."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adapters.documents.settings import DocumentSettings
from workers.ports.errors import Conflict, Misconfigured, NotFound, Unavailable
from workers.ports.references import SYSTEM, parsed, reference_to

READ_ONLY = 0o444


class FileDocumentStore:
    """Implements `workers.ports.documents.DocumentStore`. Safe between threads and processes on one file system."""

    def __init__(self, settings: DocumentSettings) -> None:
        self._folder = settings.folder

    def put(self, name: str, content: bytes, *, content_type: str = "application/pdf") -> str:
        """Stores the bytes; other bytes under a known name are a `Conflict`."""
        reference = reference_to(name, content)
        target = self._folder / name
        with _port_errors(name):
            if not self._placed(target, content) and _digest(target.read_bytes()) != reference.digest:
                message = f"Expected the bytes that are stored as {name}, but others came: a document never changes"
                raise Conflict(message, system=SYSTEM, reference=name)
        return str(reference)

    def get(self, reference: str) -> bytes:
        """The bytes behind a reference; bytes that were changed behind our back are not given out."""
        known = parsed(reference)
        with _port_errors(known.name):
            content = (self._folder / known.name).read_bytes()
        if _digest(content) != known.digest:
            message = f"Expected {known.name} as it was stored, but its bytes are others now"
            raise Conflict(message, system=SYSTEM, reference=reference)
        return content

    def find(self, name: str) -> str | None:
        """The reference of the file under a name."""
        try:
            with _port_errors(name):
                return str(reference_to(name, (self._folder / name).read_bytes()))
        except NotFound:
            return None

    def _placed(self, target: Path, content: bytes) -> bool:
        """Writes the file unless its name is taken. A reader sees all of it or nothing, and of two writers one wins."""
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.parent / f".{secrets.token_hex(8)}"
        try:
            with draft.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.chmod(READ_ONLY)
            target.hardlink_to(draft)
        except FileExistsError:
            return False
        finally:
            with contextlib.suppress(FileNotFoundError):
                draft.unlink()
        return True


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@contextmanager
def _port_errors(name: str) -> Iterator[None]:
    """Turns the file system's errors into `PortError`s."""
    try:
        yield
    except FileNotFoundError as error:
        raise NotFound(f"There is no document {name}", system=SYSTEM, reference=name) from error
    except (PermissionError, NotADirectoryError, IsADirectoryError) as error:
        message = f"Expected to use the folder of documents, but {error.strerror}"
        raise Misconfigured(message, system=SYSTEM, reference=name) from error
    except OSError as error:
        raise Unavailable(f"The document {name} cannot be reached: {error.strerror}", system=SYSTEM) from error
