"""A process that kills engines: forks, lets the fork work on a data directory, and has it die at a chosen place of its output.

Forking from a process that has the engine imported makes a kill cheap enough for hundreds. Death is a real SIGKILL, so
nothing in the fork gets a chance to tidy up. It comes within a write (after any number of bytes), or before or after a call
that the log makes to the operating system, or between two answers.

Reads requests as lines of JSON and answers each with a line of JSON (`Kill` and `Killed`).
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from engine_harness import NOON
from engine_models import catch, end, io, message, message_event, model, service, start

from zeebelet import records as r
from zeebelet.clock import ControlledClock
from zeebelet.log import DurableLog
from zeebelet.loop import Engine

COMMANDS = 24
BLANK_JOB = r.Job("", 0, -1, -1, "", "", -1, -1)
MODEL = model(
    start() + service("a", mapping=io({"x": "=v"})) + catch("m", message_event("m")) + service("b") + end(),
    "s a m b e",
    message("m", "=v"),
)


@dataclass(frozen=True)
class Kill:
    """What to kill: an engine that goes on from a directory. The seed decides what it does and where it dies."""

    directory: str
    seed: int


@dataclass(frozen=True)
class Killed:
    """What an engine had told when it died, and the state after each of its commands as one that lived has it."""

    place: str
    signal: int
    acknowledged: int
    fingerprints: list[str]


class Disk:
    """Counts bytes and calls that go to the operating system; dies when one of them has reached its number."""

    def __init__(self, *, last_byte: int = -1, last_call: int = -1, after_call: bool = False) -> None:
        self.written = self.calls = 0
        self._last_byte, self._last_call, self._after_call = last_byte, last_call, after_call

    def install(self) -> None:
        """Stand between the log and the operating system. Nothing is synced: a kill takes nothing from the page cache."""
        opened, disk = Path.open, self

        def open_(path: Path, mode: str = "r", *arguments: Any, **options: Any) -> Any:
            file = opened(path, mode, *arguments, **options)
            return File(file, disk) if mode in ("ab", "wb") else file

        Path.open = open_  # type: ignore[method-assign, assignment]
        os.fdatasync = os.fsync = self.call(lambda descriptor: None)
        os.truncate = self.call(os.truncate)
        Path.replace = self.call(Path.replace)  # type: ignore[method-assign]
        Path.unlink = self.call(Path.unlink)  # type: ignore[method-assign]

    def call(self, real: Callable[..., Any]) -> Callable[..., Any]:
        """A call that may be the last."""

        def called(*arguments: Any, **options: Any) -> Any:
            self.calls += 1
            if self.calls == self._last_call and not self._after_call:
                die()
            result = real(*arguments, **options)
            if self.calls == self._last_call:
                die()
            return result

        return called

    def write(self, file: Any, data: bytes) -> None:
        """Write all of it, or as much as there is time for."""
        if 0 <= self._last_byte < self.written + len(data):
            file.write(data[: self._last_byte - self.written])
            file.flush()
            die()
        self.written += len(data)
        file.write(data)


class File:
    """A file on a dying disk."""

    def __init__(self, file: Any, disk: Disk) -> None:
        self._file, self._disk = file, disk
        self.flush = disk.call(file.flush)

    def write(self, data: bytes) -> None:
        """Write through the disk."""
        self._disk.write(self._file, data)

    def __enter__(self) -> File:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def die() -> None:
    """As `kill -9` does it."""
    os.kill(os.getpid(), signal.SIGKILL)


def opened(directory: Path | str) -> Engine:
    """An engine on a directory: small segments and frequent snapshots, so that a kill meets their changes too."""
    clock = ControlledClock()
    clock.pin(NOON)
    return Engine(clock=clock, log=DurableLog(directory, snapshot_every=90, segment_size=3_000))


def _command(engine: Engine, chance: random.Random) -> tuple[str, str, Any, int]:
    """Something a client may ask for now: the choice depends on the seed and the state alone."""
    jobs = sorted(key for key, _ in engine.state.jobs.all())
    creation = r.ProcessInstanceCreation(
        "p", variables={"v": str(chance.randrange(4)), "text": "ü" * chance.randrange(99)}
    )
    choices: list[tuple[str, str, Any, int]] = [
        ("PROCESS_INSTANCE_CREATION", "CREATE", creation, -1),
        ("MESSAGE", "PUBLISH", r.Message("m", str(chance.randrange(4)), 60_000, "", {"w": 1}), -1),
        ("JOB_BATCH", "ACTIVATE", r.JobBatch(chance.choice("ab"), "w", 60_000, 2), -1),
    ]
    if jobs:
        key = chance.choice(jobs)
        choices += [("JOB", "COMPLETE", BLANK_JOB._replace(variables={"done": key}), key)] * 3
        choices.append(("JOB", "FAIL", BLANK_JOB._replace(retries=2), key))
        choices.append(("JOB", "COMPLETE", BLANK_JOB, 1))  # refused
    return chance.choice(choices)


def work(engine: Engine, chance: random.Random, *, told: Callable[..., Any], looked: Callable[[], Any]) -> None:
    """Ask for things, some of them in groups; `told` is called for each answer, `looked` after each command."""
    left = COMMANDS
    if not list(engine.state.definitions.processes.all()):
        files = (r.DeploymentResource("p.bpmn", MODEL),)
        engine.submit("DEPLOYMENT", "CREATE", r.Deployment(files), respond=told)
        looked()
    while left:
        size = min(left, chance.choice([1, 1, 3]))
        left -= size
        with engine.group():
            for _ in range(size):
                value_type, intent, value, key = _command(engine, chance)
                engine.submit(value_type, intent, value, key=key, respond=told)
                looked()


def _forked(run: Callable[[], None]) -> int:
    """Run in a fork that ends by a signal or by itself; the signal."""
    child = os.fork()
    if not child:
        try:
            run()
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _live(kill: Kill, told: Path, disk: Disk) -> None:
    """Work as the one that is killed does; every answer is a byte in a file that no buffer holds back."""
    answers = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    disk.install()
    engine = opened(kill.directory)
    answer = disk.call(lambda record: os.write(answers, b"."))
    work(engine, random.Random(kill.seed), told=answer, looked=lambda: None)
    engine.close()


def _reference(kill: Kill, notes: Path) -> None:
    """The same work on a copy, to its end: what the state is after each command, and how much goes to the disk."""
    disk = Disk()
    disk.install()
    engine = opened(kill.directory)
    fingerprints = [engine.fingerprint()]
    answer = disk.call(lambda record: None)
    chance = random.Random(kill.seed)
    work(engine, chance, told=answer, looked=lambda: fingerprints.append(engine.fingerprint()))
    engine.close()
    notes.write_text(json.dumps([fingerprints, disk.written, disk.calls]))


def killed(kill: Kill) -> Killed:
    """Kill an engine somewhere in its work."""
    directory = Path(kill.directory)
    copy, notes = directory.with_suffix(".copy"), directory.with_suffix(".notes")
    shutil.rmtree(copy, ignore_errors=True)
    if directory.exists():
        shutil.copytree(directory, copy)
    _forked(lambda: _reference(Kill(str(copy), kill.seed), notes))
    fingerprints, written, calls = json.loads(notes.read_text())
    place = random.Random(-kill.seed - 1)
    at: dict[str, Any] = {"last_byte": place.randrange(written)}
    if place.random() < 0.5:
        at = {"last_call": place.randrange(calls) + 1, "after_call": place.random() < 0.5}
    told = directory.with_suffix(".told")
    status = _forked(lambda: _live(kill, told, Disk(**at)))
    return Killed(str(at), -status, told.stat().st_size, fingerprints)


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(asdict(killed(Kill(**json.loads(line))))), flush=True)
