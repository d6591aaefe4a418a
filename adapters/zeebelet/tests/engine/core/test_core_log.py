"""The log: replay gives the same state, files survive a kill, damage is named."""

from __future__ import annotations

import random
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from engine_harness import NOON, Harness
from engine_models import (
    boundary,
    catch,
    conditional_event,
    end,
    event_sub,
    flows,
    gateway,
    io,
    message,
    message_event,
    model,
    multi,
    service,
    signal,
    signal_event,
    start,
    tag,
    timer,
    user_task,
)

from zeebelet import records as r
from zeebelet.errors import CorruptLog, EngineError
from zeebelet.log import DurableLog, MemoryLog
from zeebelet.log.directory import DirectoryInUse
from zeebelet.loop import Engine
from zeebelet.records import RecordType
from zeebelet.state.appliers import APPLIERS

REPOSITORY = Path(__file__).resolve().parents[3]
RICH = model(
    start()
    + gateway("parallel", "g")
    + service("a", mapping=io({"x": "=v"}))
    + boundary("be", "a", timer("Cycle", "R/PT1H"), interrupting=False)
    + end()
    + user_task("ut", tag("zeebe:assignmentDefinition", assignee="ann"))
    + catch("m", message_event("m"))
    + catch("sig", signal_event("g"))
    + catch("cond", conditional_event("v > 100"))
    + service("many", inside=multi("=[1,2,3]", output=("results", "=r")))
    + gateway("parallel", "j")
    + event_sub("esp", "n_s", message_event("n"), service("b") + flows("n_s b"), interrupting=False),
    "s g a j e; g ut j; g m; g sig; g cond; g many; be e",
    message("m", '="k"'),
    message("n", "=v"),
    signal("g"),
)


def busy(h: Harness) -> None:
    """Leaves something of every kind behind."""
    h.deploy(RICH, b'{"id": "f"}', names=["p.bpmn", "f.form"])
    key = h.create(variables={"v": 1, "o": {"a": [1, None, "ü"]}})
    h.create(variables={"v": 2})
    jobs = list(h.activate("many"))
    h.complete(jobs[0], {"r": 7})
    h.fail(jobs[1], 0, error_message="broken")
    h.publish("n", "1", 1_000_000, "id", w=1)
    h.publish("other", "1", 1_000_000)
    h.fail(next(iter(h.activate("a"))), 2, retry_backoff=5_000)
    h.pass_time(4_000)
    h.set_variables(key, {"late": True})
    task = next(iter(h.engine.state.user_tasks.all()))
    h.do("USER_TASK", "ASSIGN", r.UserTask(-1, "", -1, -1, -1, "", -1, assignee="bob"), key=task)
    h.do("CLOCK", "PIN", r.ClockChange(NOON + 10_000_000))


def test_every_event_has_an_applier_and_no_command_has() -> None:
    """Events are past tense or end in -ING."""
    commands = {"ACTIVATE_ELEMENT", "COMPLETE_ELEMENT", "CREATE", "PUBLISH", "RESOLVE", "COMPLETE", "FAIL"}
    assert not {intent for _, intent in APPLIERS} & commands
    assert all(
        intent.endswith(("ED", "ING", "THROWN", "TAKEN", "TIMED_OUT", "AFTER_BACKOFF")) for _, intent in APPLIERS
    )


def test_replay_gives_the_same_state(h: Harness) -> None:
    """Applying every event again is the same state."""
    busy(h)
    assert Engine(log=h.log).fingerprint() == h.engine.fingerprint()


def test_files_give_the_same_state_and_go_on(tmp_path: Path) -> None:
    """After closing and opening, keys and positions go on and nothing is applied twice."""
    first = Harness(log=DurableLog(tmp_path, sync=False))
    busy(first)
    expected = first.engine.fingerprint()
    keys = {record.key for record in first.seen}
    first.engine.close()
    second = Harness(log=DurableLog(tmp_path, sync=False))
    assert second.engine.fingerprint() == expected
    assert second.clock.now() == NOON + 10_000_000
    second.create(variables={"v": 3})
    assert not {record.key for record in second.events("JOB", "CREATED")} & keys
    second.engine.close()


def test_snapshots_replace_the_older_files(tmp_path: Path) -> None:
    """One snapshot and what came after it; the state is the same."""
    first = Harness(log=DurableLog(tmp_path, sync=False, snapshot_every=50, segment_size=2_000))
    busy(first)
    expected = first.engine.fingerprint()
    first.engine.close()
    assert len(list(tmp_path.glob("*.snapshot"))) == 1
    second = Harness(log=DurableLog(tmp_path, sync=False))
    assert second.engine.fingerprint() == expected
    second.create(variables={"v": 3})
    expected = second.engine.fingerprint()
    second.engine.close()
    third = Harness(log=DurableLog(tmp_path, sync=False))
    assert third.engine.fingerprint() == expected
    third.engine.close()


def test_segments_are_read_in_order(tmp_path: Path) -> None:
    """Small segments: many files, one state."""
    first = Harness(log=DurableLog(tmp_path, sync=False, segment_size=1_000))
    busy(first)
    first.engine.close()
    assert len(list(tmp_path.glob("*.log"))) > 3
    second = Harness(log=DurableLog(tmp_path, sync=False))
    assert second.engine.fingerprint() == first.engine.fingerprint()
    second.engine.close()


def test_torn_tail_is_cut(tmp_path: Path) -> None:
    """Wherever the last write was cut, the state is the one before it, and the log can be continued."""
    first = Harness(log=DurableLog(tmp_path / "whole", sync=False))
    first.deploy(RICH)
    first.create(variables={"v": 1})
    before = first.engine.fingerprint()
    (segment,) = (tmp_path / "whole").glob("*.log")
    size = segment.stat().st_size
    first.create(variables={"v": 2})
    first.engine.close()
    content = segment.read_bytes()
    for length in [size, size + 1, size + 15, size + 16, size + 17, len(content) - 1]:
        directory = tmp_path / str(length)
        directory.mkdir()
        (directory / segment.name).write_bytes(content[:length])
        again = Harness(log=DurableLog(directory, sync=False))
        assert again.engine.fingerprint() == before
        assert (directory / segment.name).stat().st_size == size
        again.create(variables={"v": 3})
        again.engine.close()
        last = Harness(log=DurableLog(directory, sync=False))
        assert last.engine.fingerprint() == again.engine.fingerprint()
        last.engine.close()


@pytest.mark.parametrize("offset", [2, 5, 12, 40])
def test_damage_in_the_middle_is_refused(tmp_path: Path, offset: int) -> None:
    """In a header or a body: the text names file and place."""
    first = Harness(log=DurableLog(tmp_path, sync=False))
    busy(first)
    first.engine.close()
    (segment,) = tmp_path.glob("*.log")
    content = bytearray(segment.read_bytes())
    content[offset] ^= 0xFF
    segment.write_bytes(content)
    with pytest.raises(CorruptLog, match=r"batch at byte 0 of 'events-\d+\.log' to match its checksum"):
        Engine(log=DurableLog(tmp_path, sync=False))


def test_directory_is_used_by_one_engine(tmp_path: Path) -> None:
    """A second one is refused."""
    log = DurableLog(tmp_path)
    with pytest.raises(DirectoryInUse):
        DurableLog(tmp_path)
    log.close()


def test_answers_wait_for_the_group_to_be_safe(tmp_path: Path) -> None:
    """In a group nothing is told before the one write that holds it all."""
    log = DurableLog(tmp_path, sync=False)
    h = Harness(log=log)
    h.deploy(model(start() + end(), "s e"))
    answers: list[object] = []
    with h.engine.group():
        for _ in range(3):
            h.engine.submit(
                "PROCESS_INSTANCE_CREATION", "CREATE", r.ProcessInstanceCreation("p"), respond=answers.append
            )
        (segment,) = tmp_path.glob("*.log")
        size = segment.stat().st_size
        assert not answers
    assert len(answers) == 3
    assert segment.stat().st_size > size
    h.engine.close()


CHILD = """
    import sys
    from zeebelet import records as r
    from zeebelet.log import DurableLog
    from zeebelet.loop import Engine

    engine = Engine(log=DurableLog(sys.argv[1], sync=False, snapshot_every=150, segment_size=4_000))
    with open(sys.argv[2], "rb") as file:
        engine.submit("DEPLOYMENT", "CREATE", r.Deployment((r.DeploymentResource("p.bpmn", file.read()),)))
    while True:
        engine.submit(
            "PROCESS_INSTANCE_CREATION", "CREATE", r.ProcessInstanceCreation("p"),
            respond=lambda record: print(record.value.process_instance_key, flush=True),
        )
"""


def test_killed_engine_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    """Killed again and again at any moment: every instance it told of is there once, and no two share a key."""
    (tmp_path / "p.bpmn").write_bytes(model(start() + service("a") + end(), "s a e"))
    acknowledged: list[int] = []
    chance = random.Random(7)
    for _ in range(6):
        command = [sys.executable, "-c", textwrap.dedent(CHILD), str(tmp_path / "data"), str(tmp_path / "p.bpmn")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as child:
            assert child.stdout is not None
            acknowledged += [int(child.stdout.readline()) for _ in range(chance.randrange(1, 60))]
            child.kill()
            acknowledged += [int(line) for line in child.stdout.read().split("\n")[:-1]]
    engine = Engine(log=DurableLog(tmp_path / "data"))
    alive = [item.key for item in engine.state.instances.all() if item.value.bpmn_element_type == "PROCESS"]
    jobs = [entry.value.process_instance_key for _, entry in engine.state.jobs.all()]
    assert len(set(acknowledged)) == len(acknowledged)
    assert set(acknowledged) <= set(alive)
    assert sorted(jobs) == sorted(alive)
    engine.close()


def test_memory_log_keeps_commands_and_rejections() -> None:
    """What was asked and refused can be looked at."""
    log = MemoryLog()
    h = Harness(log=log)
    h.ask("INCIDENT", "RESOLVE", None, key=1)
    assert [record.record_type for record in log.records] == [RecordType.COMMAND, RecordType.REJECTION]


class FullDisk(MemoryLog):
    """A log whose disk is full."""

    def flush(self) -> None:
        """Fail as the operating system does."""
        raise OSError(28, "No space left on device")


def test_engine_stops_when_its_log_cannot_be_written() -> None:
    """No answer is given for what is not safe, and nothing is accepted any more."""
    h = Harness(log=FullDisk())
    answers: list[object] = []
    with pytest.raises(OSError, match="No space left"):
        h.engine.submit("SIGNAL", "BROADCAST", r.Signal("s"), respond=answers.append)
    assert not answers
    with pytest.raises(EngineError, match="restart the engine"):
        h.engine.submit("SIGNAL", "BROADCAST", r.Signal("s"))
