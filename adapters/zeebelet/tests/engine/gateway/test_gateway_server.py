"""The engine as a process and as a thread: started, found, stopped."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import grpc
import httpx
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from zeebelet.errors import Misconfigured
from zeebelet.server import EngineThread, ServerOptions

REPOSITORY = Path(__file__).resolve().parents[3]


def test_the_command_says_where_it_is_and_stops_when_told() -> None:
    """One line of JSON when ready; SIGTERM while a worker waits ends it with exit code 0."""
    command = [sys.executable, "-m", "zeebelet", "engine", "--grpc-port", "0", "--http-port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=REPOSITORY) as engine:
        assert engine.stdout is not None
        assert engine.stderr is not None
        addresses = json.loads(engine.stdout.readline())
        with httpx.Client(base_url=addresses["http"]) as client:
            assert client.get("/v2/topology").json()["brokers"][0]["port"] == int(addresses["grpc"].rpartition(":")[2])
            assert client.get("/v2/status").status_code == 204

        engine.send_signal(signal.SIGTERM)

        assert engine.wait(10) == 0
        assert engine.stderr.read() == ""


def test_a_killed_engine_comes_back_with_everything(tmp_path: Path) -> None:
    """SIGKILL, then the same directory: clock, definitions and searches are as they were."""
    command = [sys.executable, "-m", "zeebelet", "engine", "--grpc-port", "0", "--http-port", "0", "--json"]
    form = {"resources": ("a.form", b'{"id":"a","type":"default","components":[]}')}
    seen = []
    for _ in range(2):
        arguments = [*command, "--data-dir", str(tmp_path)]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as engine:
            assert engine.stdout is not None
            with httpx.Client(base_url=json.loads(engine.stdout.readline())["http"]) as client:
                if not seen:
                    assert client.post("/v2/deployments", files=form).status_code == 200
                    assert client.put("/v2/clock", json={"timestamp": 5_000}).status_code == 204
                    published = {"name": "m", "correlationKey": "1", "timeToLive": 60_000, "messageId": "once"}
                    assert client.post("/v2/messages/publication", json=published).status_code == 200
                again = client.post("/v2/deployments", files=form).json()["deployments"][0]["form"]
                repeated = client.post("/v2/messages/publication", json=published).status_code
                seen.append((again, repeated, client.get("/actuator/clock").json()["epochMilli"]))
            engine.kill()

    assert seen[0] == seen[1]
    assert seen[0][1:] == (409, 5_000)


def test_a_thread_serves_until_its_block_ends() -> None:
    """Health of the service and of the server; afterwards nobody listens."""
    with EngineThread() as engine:
        with grpc.insecure_channel(engine.addresses.grpc) as channel:
            stub = health_pb2_grpc.HealthStub(channel)
            for service in ("", "gateway_protocol.Gateway"):
                answer = stub.Check(health_pb2.HealthCheckRequest(service=service))
                assert answer.status == health_pb2.HealthCheckResponse.SERVING
        address = engine.addresses.http
        assert httpx.get(f"{address}/health").json() == {"status": "UP"}

    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{address}/health")


@pytest.mark.parametrize("which", ["grpc_port", "http_port"])
def test_a_taken_port_is_told_in_one_sentence(which: str) -> None:
    """Whichever of the two it is."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ports = {"grpc_port": 0, "http_port": 0, which: port}

        with (
            pytest.raises(Misconfigured, match=f"127.0.0.1:{port}, but the port is taken"),
            EngineThread(ServerOptions(**ports)),
        ):
            pass


def test_the_actuator_moves_the_clock_and_knows_the_next_timer() -> None:
    """Read, pinned, added to, let go; no timer: null."""
    with EngineThread() as engine, httpx.Client(base_url=engine.addresses.http) as client:
        assert client.post("/actuator/clock/pin", json={"epochMilli": 1_000}).json()["epochMilli"] == 1_000
        assert client.post("/actuator/clock/add", json={"offsetMilli": 500}).json() == {
            "epochMilli": 1_500,
            "instant": "1970-01-01T00:00:01.500Z",
        }
        assert client.get("/actuator/timers").json() == {"nextDueDate": None}
        assert client.delete("/actuator/clock").json()["epochMilli"] > 1_500
        for body in ({}, {"epochMilli": "x"}, []):
            assert client.post("/actuator/clock/pin", json=body).status_code == 400


def test_an_unknown_path_and_a_wrong_method() -> None:
    """404 and 405, as problem details."""
    with EngineThread() as engine, httpx.Client(base_url=engine.addresses.http) as client:
        for method, path, status in (("GET", "/v2/none", 404), ("GET", "/none", 404), ("DELETE", "/v2/topology", 405)):
            answer = client.request(method, path)
            assert (answer.status_code, answer.json()["status"]) == (status, status)
            assert answer.headers["content-type"] == "application/problem+json"
