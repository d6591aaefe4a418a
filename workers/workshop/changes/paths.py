"""Which scenarios take another path: all are played on these models, and on the ones before those that pass what changed."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from workers.workshop.changes.versions import Files
from workers.workshop.scenarios.play import Repertoire, play
from workers.workshop.scenarios.run import chosen
from workers.workshop.scenarios.stage import Stage

Went = Mapping[str, Sequence[str]]
Progress = Callable[[str], None]
JOBS = 2  # processes, each with a database of its own
DECLARED = re.compile(rb"<(?:\w+:)?(?:process|decision)\s[^>]*?\bid=\"([^\"]+)\"")


class Way(NamedTuple):
    """What one scenario did: elements by process in order, and the decisions it made."""

    path: Went
    decisions: frozenset[str]


def other_paths(
    before: Files, now: Files, models: Path, *, progress: Progress, names: Sequence[str] = ()
) -> Iterator[str]:
    """One line per scenario that differs. Scenarios that wait for parts are left out; `names`: only these."""
    scenarios, _ = chosen(models, tuple(names))
    ready = [scenario for scenario in scenarios if scenario.waits_for is None]
    with tempfile.TemporaryDirectory() as folder:
        progress(f"{len(ready)} scenarios against these models")
        ways = _played(written(now, Path(folder) / "now"), models, [scenario.scenario for scenario in ready])
        touched = touching(ways, before, now)
        progress(f"{len(touched)} of them pass what changed, and are played against the version before")
        former = _played(written(before, Path(folder) / "before"), models, touched)
    for scenario in ready:
        name = scenario.scenario
        if name in former and (text := parting(former[name].path, ways[name].path)):
            yield f"{name} {scenario.title}: {text}"


def touching(ways: Mapping[str, Way], before: Files, now: Files) -> list[str]:
    """Scenarios that came by a process or decision of a file that changed; a form may concern any of them."""
    changed = [name for name in {*before, *now} if before.get(name) != now.get(name)]
    if any(name.endswith(".form") for name in changed):
        return list(ways)
    ids = {
        found.decode()
        for name in changed
        for content in (before.get(name, b""), now.get(name, b""))
        for found in DECLARED.findall(content)
    }
    return [name for name, way in ways.items() if ids & {*way.path, *way.decisions}]


def written(files: Files, folder: Path) -> list[Path]:
    """The files of a version in a folder of their own."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return [folder / name for name in sorted(files)]


def _played(files: Sequence[Path], models: Path, names: Sequence[str]) -> dict[str, Way]:
    shares = [share for start in range(JOBS) if (share := names[start::JOBS])]
    with ProcessPoolExecutor(JOBS) as pool:
        running = [pool.submit(_share, files, models, share) for share in shares]
        return {name: way for part in running for name, way in part.result().items()}


def _share(files: Sequence[Path], models: Path, names: Sequence[str]) -> dict[str, Way]:
    """Scenarios of one process, one after the other."""
    scenarios, repertoire = chosen(models, tuple(names))
    version = Repertoire(files, repertoire.bases)
    ways = {}
    with Stage() as stage:
        for scenario in scenarios:
            played = play(stage, version, scenario)
            ways[scenario.scenario] = Way(played.path, frozenset(played.rules))
    return ways


def parting(before: Went, now: Went) -> str:
    """Where two ways part first; empty when they do not."""
    for process in sorted({*before, *now}):
        pairs = zip_longest(before.get(process, ()), now.get(process, ()), fillvalue="the end")
        for old, new in pairs:
            if old != new:
                return f"{process} goes to {new} where it went to {old}"
    return ""
