"""The cluster the conformance suites run against: one given by its addresses, or an engine of our own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent / "support"))

from zeebe_client import Cluster, Zeebe

REPOSITORY = Path(__file__).resolve().parents[2]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Lets the suites be pointed at a real cluster."""
    group = parser.getgroup("zeebe conformance")
    group.addoption("--zeebe-grpc", help="gRPC address of a running cluster, e.g. localhost:26500")
    group.addoption("--zeebe-rest", help="REST address of a running cluster, e.g. http://localhost:8080")


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """The cluster: from the options, or `fsm engine` in a process of its own."""
    grpc_address = request.config.getoption("--zeebe-grpc", default=None)
    rest_url = request.config.getoption("--zeebe-rest", default=None)
    if grpc_address and rest_url:
        given = Cluster(grpc_address, rest_url, embedded=False)
        yield given
        given.close()
        return
    command = [sys.executable, "-m", "zeebelet", "engine", "--grpc-port", "0", "--http-port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as engine:
        assert engine.stdout is not None
        addresses = json.loads(engine.stdout.readline())
        own = Cluster(addresses["grpc"], addresses["http"], embedded=True)
        yield own
        own.close()
        engine.terminate()
        engine.wait(10)


@pytest.fixture
def z(cluster: Cluster) -> Iterator[Zeebe]:
    """A client whose names are its own."""
    client = Zeebe(cluster)
    yield client
    client.clean()
