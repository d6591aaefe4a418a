"""An engine that is killed at positions of its log: what runs in the processes that die.

    python engine_crash.py DIRECTORY FILE SNAPSHOT_EVERY KILLS

The lives are forks of one process, which has imported everything: 200 of them take seconds instead of minutes.
"""

from __future__ import annotations

import os
import random
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine_models import end, io, model, service, start

from zeebelet import records as r
from zeebelet.log import DurableLog
from zeebelet.loop import Engine
from zeebelet.records import Record

STEPS = ("a", "b", "c")
# Every completion counts itself: a completion applied twice would leave a count that is ahead of the place.
MODEL = model(
    start() + "".join(service(step, mapping=io(outputs={"count": "=count + 1"})) for step in STEPS) + end(),
    f"s {' '.join(STEPS)} e",
)
WHEN = ("before it is taken in", "before it is written", "after it is written")


class MortalLog(DurableLog):
    """Kills its process at the `lives`-th batch of this life."""

    def __init__(self, directory: Path, *, snapshot_every: int, lives: int, when: str) -> None:
        super().__init__(directory, sync=False, segment_size=4_000, snapshot_every=snapshot_every)
        self._lives, self._when = lives, when

    def append(self, batch: Sequence[Record]) -> None:
        """One batch nearer to the end."""
        self._lives -= 1
        self._die_if("before it is taken in")
        super().append(batch)

    def flush(self) -> None:
        """What was taken in."""
        self._die_if("before it is written")
        super().flush()
        self._die_if("after it is written")

    def _die_if(self, moment: str) -> None:
        if self._lives <= 0 and moment == self._when:
            os.kill(os.getpid(), signal.SIGKILL)


def life(directory: Path, acknowledged: Path, snapshot_every: int, lives: int, when: str) -> None:
    """Create instances and complete their jobs until killed; what was answered stands in the file `acknowledged`."""
    log = MortalLog(directory, snapshot_every=snapshot_every, lives=lives, when=when)
    engine = Engine(log=log)
    answers = os.open(acknowledged, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    batches: list[Any] = []

    def tell(what: str, key: int) -> None:
        os.write(answers, f"{what} {key}\n".encode())

    engine.submit("DEPLOYMENT", "CREATE", r.Deployment((r.DeploymentResource("p.bpmn", MODEL),)))
    while True:
        engine.submit(
            "PROCESS_INSTANCE_CREATION",
            "CREATE",
            r.ProcessInstanceCreation("p", variables={"count": 0}),
            respond=lambda record: tell("created", record.value.process_instance_key),
        )
        for step in STEPS:
            engine.submit("JOB_BATCH", "ACTIVATE", r.JobBatch(step, "w", 1, 1), respond=batches.append)
            batch = batches.pop().value
            for key, job in zip(batch.job_keys, batch.jobs, strict=True):
                engine.submit("JOB", "COMPLETE", job, key=key, respond=lambda record: tell("completed", record.key))
        engine.tick()


def main(directory: str, acknowledged: str, snapshot_every: str, kills: str) -> None:
    """Every life begins where the last one ended; one that ends in another way than killed ends the run."""
    chance = random.Random(20_261_124)
    for number in range(int(kills)):
        lives, when = chance.randrange(1, 60), WHEN[number % len(WHEN)]
        child = os.fork()
        if not child:
            life(Path(directory), Path(acknowledged), int(snapshot_every), lives, when)
        _, status = os.waitpid(child, 0)
        if os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
            sys.exit(f"Expected life {number} to be killed, but it ended with status {status}")


if __name__ == "__main__":
    main(*sys.argv[1:])
