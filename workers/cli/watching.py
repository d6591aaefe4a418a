"""`fsm up --reload`: new code runs and new models are deployed as soon as their files are saved."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

# Path -> when it was saved (nanoseconds): what a new, changed or removed file alters.
Picture: TypeAlias = Mapping[Path, int]
EVERY_SECONDS = 0.5


def picture(folders: Iterable[Path], patterns: Iterable[str]) -> Picture:
    """The files below some folders as they are now; one that vanishes meanwhile is not in it."""
    wanted = tuple(patterns)
    files = [path for folder in folders for pattern in wanted for path in folder.rglob(pattern)]
    return {path: path.stat().st_mtime_ns for path in files if path.is_file()}


def changed(before: Picture, after: Picture) -> list[Path]:
    """Files that are new, gone or saved again, by name."""
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


class Watch:
    """Calls `act` with the changed files, once they have been left alone for one look: editors save in several steps."""

    def __init__(self, look: Callable[[], Picture], act: Callable[[list[Path]], None]) -> None:
        self._look, self._act = look, act
        self._acted = self._seen = look()

    def tick(self) -> None:
        """One look."""
        now = self._look()
        settled, self._seen = now == self._seen, now
        if settled and (files := changed(self._acted, now)):
            self._acted = now
            self._act(files)


def watch(watches: Iterable[Watch], stop: threading.Event) -> None:
    """Looks until `stop` is set."""
    watched = tuple(watches)
    while not stop.wait(EVERY_SECONDS):
        for item in watched:
            item.tick()
