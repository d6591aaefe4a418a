"""An engine killed at any position of its log, 200 times over."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import engine_crash
import pytest
from engine_crash import STEPS

from zeebelet.log import DurableLog
from zeebelet.loop import Engine

REPOSITORY = Path(__file__).resolve().parents[3]
KILLS = 100
NEVER = 10**9


@pytest.mark.parametrize("snapshot_every", [150, NEVER], ids=["snapshots", "the whole log"])
def test_a_killed_engine_loses_nothing_and_doubles_nothing(tmp_path: Path, snapshot_every: int) -> None:
    """What was acknowledged is there after 100 kills, keys are given once, and every completion counted once."""
    data, acknowledged = tmp_path / "data", tmp_path / "acknowledged"
    script = [sys.executable, engine_crash.__file__, data, acknowledged, str(snapshot_every), str(KILLS)]
    paths = os.pathsep.join([str(REPOSITORY), str(Path(engine_crash.__file__).parent)])
    subprocess.run(script, env=os.environ | {"PYTHONPATH": paths}, check=True, timeout=300)
    told = [line.split() for line in acknowledged.read_text().splitlines()]
    created = [int(key) for what, key in told if what == "created"]
    completed = [int(key) for what, key in told if what == "completed"]
    assert min(len(created), len(completed)) > KILLS
    assert not [key for key, times in Counter(created + completed).items() if times > 1]

    log = DurableLog(data)
    events = [(event.value_type, event.intent, event.key) for event in log.read()]
    log.close()
    engine = Engine(log=DurableLog(data))
    instances = {item.key: item for item in engine.state.instances.all() if item.value.bpmn_element_type == "PROCESS"}
    waiting = dict(engine.state.jobs.all())
    assert not set(completed) & set(waiting)
    for job in waiting.values():
        place = job.value.process_instance_key
        assert engine.state.variables.document(place)["count"] == STEPS.index(job.value.type)
    assert Counter(job.value.process_instance_key for job in waiting.values()) == Counter(instances.keys())
    engine.close()
    if snapshot_every == NEVER:
        ends = Counter(event for event in events if event[1] in {"COMPLETED", "ELEMENT_COMPLETED"})
        assert max(ends.values()) == 1
        assert {key for value_type, _, key in ends if value_type == "JOB"} >= set(completed)
        born = {
            key
            for value_type, intent, key in events
            if (value_type, intent) == ("PROCESS_INSTANCE", "ELEMENT_ACTIVATED")
        }
        assert born >= set(created)
