"""Which scenarios take another path: all are played against both versions."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path

from workers.workshop.changes.versions import Files
from workers.workshop.scenarios.play import Repertoire, play
from workers.workshop.scenarios.run import chosen
from workers.workshop.scenarios.stage import Stage

Paths = Mapping[str, Mapping[str, Sequence[str]]]


def other_paths(before: Files, now: Files, models: Path, *, progress: Callable[[str], None]) -> Iterator[str]:
    """One line per scenario that differs. Scenarios that wait for parts are left out."""
    scenarios, repertoire = chosen(models)
    ready = [scenario for scenario in scenarios if scenario.waits_for is None]
    with Stage() as stage, tempfile.TemporaryDirectory() as folder:
        played: list[Paths] = []
        for name, files in (("before", before), ("now", now)):
            version = Repertoire(written(files, Path(folder) / name), repertoire.bases)
            progress(f"{len(ready)} scenarios against the version {name}")
            played.append({scenario.scenario: play(stage, version, scenario).path for scenario in ready})
    for scenario in ready:
        if text := _parting(played[0][scenario.scenario], played[1][scenario.scenario]):
            yield f"{scenario.scenario} {scenario.title}: {text}"


def written(files: Files, folder: Path) -> list[Path]:
    """The files of a version in a folder of their own."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return [folder / name for name in sorted(files)]


def _parting(before: Mapping[str, Sequence[str]], now: Mapping[str, Sequence[str]]) -> str:
    for process in sorted({*before, *now}):
        pairs = zip_longest(before.get(process, ()), now.get(process, ()), fillvalue="the end")
        for old, new in pairs:
            if old != new:
                return f"{process} goes to {new} where it went to {old}"
    return ""
