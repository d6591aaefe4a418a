"""Walks many orders' lives by chance and keeps what broke something: `python tests/walks/search.py --runs 2000`.

Every walk has a seed; a walk that broke an invariant, met an answer of 5xx or stands at an incident nobody caused is written into
the folder as a scenario file (`fsm scenarios --folder FOLDER` plays it again).
"""

from __future__ import annotations

import argparse
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import yaml

from workers.settings import MODELS
from workers.workshop.scenarios.files import ORDERS, read_repertoire
from workers.workshop.scenarios.run import FOLDER
from workers.workshop.scenarios.stage import Stage
from workers.workshop.scenarios.walk import STEPS, Walked, walk

HEAD = "# yaml-language-server: $schema=schema.json\n"
PART = 25  # walks of one stage: a new database after that


def walked(seeds: range, steps: int) -> list[Walked]:
    """A part of the search, in a process of its own."""
    repertoire = read_repertoire(MODELS / FOLDER, MODELS)
    with Stage() as stage:
        return [walk(stage, repertoire, seed, steps=steps) for seed in seeds]


def keep(one: Walked, folder: Path) -> Path:
    """The walk as a scenario file beside a copy of the base orders."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(MODELS / FOLDER / ORDERS, folder / ORDERS)
    path = folder / f"X{one.seed:02d}-walk.yaml"
    text = yaml.safe_dump(one.document(f"X{one.seed}"), sort_keys=False, allow_unicode=True, width=130)
    path.write_text(HEAD + text, encoding="utf-8")
    return path


def search(first: int, runs: int, *, jobs: int, steps: int) -> Iterator[Walked]:
    """All walks as their parts are done."""
    with ProcessPoolExecutor(jobs) as pool:
        last = first + runs
        parts = [
            pool.submit(walked, range(start, min(start + PART, last)), steps) for start in range(first, last, PART)
        ]
        for part in parts:
            yield from part.result()


def main() -> int:
    """Prints progress and what was found; 1 when something was."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=2000)
    options.add_argument("--first", type=int, default=1, help="the first seed")
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--steps", type=int, default=STEPS)
    options.add_argument("--keep", type=Path, default=Path("walks-found"))
    told = options.parse_args()
    started, ends, bad = time.monotonic(), Counter[str](), 0
    for number, one in enumerate(search(told.first, told.runs, jobs=told.jobs, steps=told.steps), 1):
        ends.update(one.ended or ["NOT TAKEN IN"])
        if not one.good:
            bad += 1
            print(f"seed {one.seed}: {keep(one, told.keep)}")
            for text in [*one.problems, *(f"{name}: {texts[:3]}" for name, texts in one.broken.items())]:
                print(f"    {text[:400]}", flush=True)
        if number % PART == 0 or number == told.runs:
            print(f"{number} of {told.runs}, {bad} found, {time.monotonic() - started:.0f} s, {dict(ends)}", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
