"""An engine killed at 200 places of its log: nothing acknowledged is lost, nothing is done twice, and it goes on.

The state after a kill must be, to the last field, the state after some number of the commands it was given: at least those it
had acknowledged. A lost command, half of one or one applied twice would give a state that no number of them leads to.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from engine_harness import BLANK_JOB
from engine_torn import Kill, Killed, opened

from zeebelet import records as r
from zeebelet.loop import Engine
from zeebelet.records import Record

REPOSITORY = Path(__file__).resolve().parents[3]
SUPPORT = Path(__file__).parent / "support"
LIVES, KILLS = 20, 10  # directories, and how often each loses its engine


@pytest.fixture(scope="module")
def kill() -> Iterator[Callable[[Kill], Killed]]:
    """Kills an engine in a process of its own."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(SUPPORT), str(REPOSITORY)])}
    with subprocess.Popen(
        [sys.executable, str(SUPPORT / "engine_torn.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        given, taken = process.stdin, process.stdout

        def ask(request: Kill) -> Killed:
            given.write(json.dumps(asdict(request)) + "\n")
            given.flush()
            return Killed(**json.loads(taken.readline()))

        yield ask
        given.close()


def processes(engine: Engine) -> set[int]:
    """Keys of the instances that are alive."""
    return {item.key for item in engine.state.instances.all() if item.value.bpmn_element_type == "PROCESS"}


def play_to_the_end(engine: Engine) -> Counter[int]:
    """Do what every instance waits for; how often each ended."""
    ended: Counter[int] = Counter()

    def listen(record: Record) -> None:
        if record.intent == "ELEMENT_COMPLETED" and record.value.bpmn_element_type == "PROCESS":
            ended[record.key] += 1

    engine.subscribe(listen)
    while alive := processes(engine):
        for key in [key for key, _ in engine.state.jobs.all()]:
            engine.submit("JOB", "COMPLETE", BLANK_JOB, key=key)
        for correlation_key in "0123":
            engine.submit("MESSAGE", "PUBLISH", r.Message("m", correlation_key, 0))
        assert processes(engine) <= alive
    return ended


@pytest.mark.parametrize("life", range(LIVES))
def test_killed_anywhere_it_has_every_acknowledged_command_once(
    tmp_path: Path, kill: Callable[[Kill], Killed], life: int
) -> None:
    """Killed ten times in a row; after each the state is that of a prefix of the commands, and everything can end once."""
    directory = tmp_path / "data"
    for number in range(KILLS):
        killed = kill(Kill(str(directory), life * KILLS + number))
        assert killed.signal == signal.SIGKILL, killed.place

        rest = tmp_path / f"rest-{number}"
        shutil.copytree(directory, rest)
        engine = opened(rest)
        assert engine.fingerprint() in killed.fingerprints[killed.acknowledged :], killed.place
        alive = processes(engine)
        assert play_to_the_end(engine) == dict.fromkeys(alive, 1)
        assert not len(engine.state.jobs)
        assert not len(engine.state.instances)
        engine.close()

        again = opened(rest)
        assert again.fingerprint() == engine.fingerprint()
        again.close()
