"""A folder for a laptop and the tests; it is removed at the end unless it was given."""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from adapters.documents.settings import DocumentSettings


class LocalDocuments:
    """`with LocalDocuments() as documents:` `documents.settings` reaches it."""

    def __init__(self, folder: Path | None = None) -> None:
        self._own = None if folder else tempfile.TemporaryDirectory(prefix="fsm-documents-")
        self.settings = DocumentSettings(folder=folder or Path(self._own.name if self._own else ""))

    def __enter__(self) -> Self:
        """The folder exists."""
        self.settings.folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Removes the folder if it is ours."""
        if self._own:
            self._own.cleanup()
