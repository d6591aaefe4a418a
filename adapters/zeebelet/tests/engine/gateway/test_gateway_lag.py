"""Eventual consistency, simulated: a test that forgets to wait fails here, too."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import typer

from zeebelet.cli.engine import seconds
from zeebelet.server import EngineThread, ServerOptions
from zeebelet.testing import TestEngine

MODEL = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">'
    '<process id="p" isExecutable="true"><startEvent id="s"/></process></definitions>'
)


def test_searches_lag_behind_commands() -> None:
    """What was just created is not found, and is a little later; commands know it at once."""
    options = ServerOptions(grpc_port=0, http_port=0, search_lag=0.4)
    with EngineThread(options) as engine, httpx.Client(base_url=engine.addresses.http + "/v2") as client:
        assert client.post("/deployments", files={"resources": ("p.bpmn", MODEL)}).status_code == 200
        began = time.monotonic()
        key = client.post("/process-instances", json={"processDefinitionId": "p"}).json()["processInstanceKey"]
        found = client.post("/process-instances/search", json={}).json()["items"]
        assert found == [] or time.monotonic() - began >= 0.4
        while not found and time.monotonic() - began < 10:
            time.sleep(0.05)
            found = client.post("/process-instances/search", json={}).json()["items"]
        assert time.monotonic() - began >= 0.4
        assert [(row["processInstanceKey"], row["state"]) for row in found] == [(key, "COMPLETED")]


def test_the_kit_lags_by_its_clock(tmp_path: Path) -> None:
    """Its journal knows nothing before the clock has moved."""
    file = tmp_path / "p.bpmn"
    file.write_text(MODEL)
    engine = TestEngine(search_lag=timedelta(milliseconds=500))
    engine.deploy(file)
    instance = engine.start("p", {"x": 1})
    engine.advance(timedelta(milliseconds=499))
    assert instance.variables == {}
    engine.advance(timedelta(milliseconds=1))
    assert instance.variables == {"x": 1}


@pytest.mark.parametrize(("text", "lag"), [("500ms", 0.5), ("2s", 2), ("0", 0), ("1.5", 1.5)])
def test_a_lag_is_a_time(text: str, lag: float) -> None:
    """With its unit, seconds without."""
    assert seconds(text) == lag


@pytest.mark.parametrize("text", ["", "soon", "-1s", "5m"])
def test_a_lag_that_is_no_time(text: str) -> None:
    """Is refused by name."""
    with pytest.raises(typer.BadParameter, match="500ms or 2s"):
        seconds(text)
