"""`fsm up --reload`, as somebody who writes tasks and models uses it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import psutil
import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]


class Up(NamedTuple):
    """A running `fsm up --reload`: its models, where it is, what it says."""

    models: Path
    addresses: dict[str, str]
    said: Path
    environment: dict[str, str]
    pid: int

    def fsm(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Another command beside it, which finds the same stack file."""
        command = [sys.executable, "-m", "workers", *arguments]
        return subprocess.run(
            command, cwd=REPOSITORY, env=self.environment, capture_output=True, text=True, check=False
        )

    def versions(self, decision: str) -> list[int]:
        """The deployed versions of a decision."""
        asked = {"filter": {"decisionDefinitionId": decision}}
        answer = httpx.post(f"{self.addresses['Camunda REST']}/decision-definitions/search", json=asked, timeout=10)
        return sorted(item["version"] for item in answer.json()["items"])

    def hears(self, words: str) -> bool:
        """Whether it has said these words; its lines may be broken anywhere."""
        return words in " ".join(self.said.read_text().split())


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """The stack with our own processes, on a copy of the models."""
    folder = tmp_path_factory.mktemp("up")
    for name in ("bpmn", "dmn", "forms"):
        shutil.copytree(REPOSITORY / name, folder / name)
    said = folder / "stderr"
    settings = {"FSM_STACK_FILE": str(folder / "stack.json"), "FSM_MODELS": str(folder)}
    environment = {**os.environ, **settings, "COLUMNS": "200"}
    with said.open("wb") as errors, (folder / "stdout").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "workers", "up", "--reload", "--json"],
            cwd=REPOSITORY,
            env=environment,
            stdout=output,
            stderr=errors,
        )
        try:
            _eventually(lambda: _told(folder / "stdout") is not None)
            yield Up(folder, _told(folder / "stdout")["addresses"], said, environment, process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(60)
    assert code == 0
    assert not (folder / "stack.json").exists()


def _told(path: Path) -> Any:
    try:
        return json.loads(path.read_text())
    except ValueError:
        return None


def _eventually(holds: Callable[[], object], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"not within {seconds} s"
        time.sleep(0.1)


def test_a_saved_model_is_deployed(up: Up) -> None:
    """A changed table becomes its second version within moments; nobody types `fsm deploy`."""
    table, before = up.models / "dmn" / "assignment-mode.dmn", up.versions("AssignmentMode")
    table.write_text(table.read_text() + "<!-- saved again -->")

    _eventually(lambda: len(up.versions("AssignmentMode")) == len(before) + 1)
    _eventually(lambda: up.hears("AssignmentModeDefinitions version 2"))
    assert up.hears("assignment-mode.dmn changed: deployed")


def test_a_wrong_model_is_said_to_be_wrong_and_stops_nothing(up: Up) -> None:
    """A table that is no XML any more: the reason is shown, the versions before it stay, the next save is deployed."""
    table = up.models / "dmn" / "technical-visit-policy.dmn"
    good, before = table.read_text(), up.versions("TechnicalVisitPolicy")
    table.write_text(good[: len(good) // 2])
    _eventually(lambda: up.hears("technical-visit-policy.dmn changed, but cannot be deployed"))
    assert up.versions("TechnicalVisitPolicy") == before
    table.write_text(good + "<!-- mended -->")

    _eventually(lambda: len(up.versions("TechnicalVisitPolicy")) == len(before) + 1)
    assert up.hears("Failed to parse DMN")


def test_what_will_not_work_is_said_when_a_model_is_saved(up: Up) -> None:
    """A slip that the engine accepts is named with its file and element, and what to do."""
    model = up.models / "bpmn" / "provider-assignment.bpmn"
    good = model.read_text()
    model.write_text(good.replace('type="send-offer"', 'type="send-ofer"'))
    try:
        _eventually(lambda: up.hears("provider-assignment.bpmn: SendOffer: No worker serves the task type 'send-ofer'"))
        assert up.hears("Did you mean 'send-offer'?")
        refused = up.fsm("deploy", str(up.models))
        assert refused.returncode == 1
        assert "Nothing was deployed" in " ".join(refused.stderr.split())
    finally:
        model.write_text(good)


def test_saved_code_renews_our_processes(up: Up) -> None:
    """A saved Python file: worker, intake and API start anew, and are ready again."""
    source = REPOSITORY / "workers" / "__main__.py"
    before = source.stat()
    ready = f"{up.addresses['worker health']}/readyz"
    _eventually(lambda: _status(ready) == 200)
    old = [int(pid) for pid in re.findall(r"runs \(process (\d+)\)", up.said.read_text())]
    os.utime(source)
    try:
        _eventually(lambda: up.hears("__main__.py changed: work, intake, api start anew"))
        # Who answers after the old ones are gone is new.
        _eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in old))
        _eventually(lambda: _status(ready) == 200)
        _eventually(lambda: _status(f"{up.addresses['our API']}/docs") == 200)
    finally:
        os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert len(old) == 3


def _status(address: str) -> int:
    try:
        return httpx.get(address, timeout=2).status_code
    except httpx.HTTPError:
        return 0


def test_a_second_one_and_a_demonstration_leave_it_alone(up: Up) -> None:
    """While it runs, `fsm up` is refused in a sentence and `fsm demo` plays on a stack of its own; other commands find ours."""
    file = up.models / "stack.json"
    before = file.read_bytes()
    second = up.fsm("up")
    demo = up.fsm("demo", "--orders", "1", "--json")
    orders = up.fsm("orders", "list", "--json")

    assert second.returncode == 1
    assert "Expected to be the only stack here" in second.stderr
    assert "Traceback" not in second.stderr
    assert demo.returncode == 0, demo.stderr
    assert file.read_bytes() == before
    assert file.stat().st_mode & 0o777 == 0o600
    assert json.loads(orders.stdout) == {"orders": [], "waitsUnknown": None}


@pytest.mark.timeout(480)  # a dozen processes start one after the other
def test_an_order_is_sold_and_played(up: Up) -> None:
    """`fsm sell` is taken in; what cannot be played now is refused with what is waited for; the customer cancels."""
    _eventually(lambda: _status(f"{up.addresses['our API']}/livez") == 200)
    sold = json.loads(up.fsm("sell", "--json").stdout)["sold"][0]["orderKey"]
    _eventually(lambda: _waits(up, sold) >= {"cancellation-requested"}, seconds=120)
    assert "waits for" in up.fsm("play", "check-in", sold).stderr
    assert "the customer cancels" in up.fsm("play", "next", sold).stdout
    assert up.fsm("play", "cancel", sold).returncode == 0
    _eventually(lambda: _shown(up, sold)["order"]["state"] == "CANCELLED", seconds=120)
    assert httpx.get(up.addresses["open this page"], follow_redirects=True, timeout=20).status_code == 200


def _shown(up: Up, order: str) -> Any:
    return json.loads(up.fsm("orders", "show", order, "--json").stdout or '{"order": {"state": ""}, "waits": []}')


def _waits(up: Up, order: str) -> set[str]:
    return {wait["what"] for wait in _shown(up, order)["waits"]}


def test_a_process_that_dies_is_told(up: Up) -> None:
    """Which one ended, with which code, and where its log is; it comes back."""
    assert _status(f"{up.addresses['our API']}/docs") == 200
    children = psutil.Process(up.pid).children()
    (api,) = (child for child in children if child.cmdline()[1:4] == ["-m", "workers", "api"])
    api.kill()

    _eventually(lambda: up.hears("api ended with code -9, is started again in"))
    _eventually(lambda: up.hears("its log: "))
    _eventually(lambda: _status(f"{up.addresses['our API']}/docs") == 200)
