"""The vendor's clients in other languages, unchanged: each goes the same journey. Installed when the test runs."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from bpmn_models import catch, end, message, process, service, start, user_task
from zeebe_client import Cluster, Zeebe

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "fsm-conformance"
pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]


def needs(*programs: str) -> None:
    """Skips where a language is not installed."""
    for program in programs:
        if shutil.which(program) is None:
            pytest.skip(f"needs {program}, which is not installed here")


def run(*command: str, cwd: Path | None = None) -> str:
    """What a program prints; it must succeed."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture
def model(z: Zeebe, tmp_path: Path) -> str:
    """S -> A[a] -> MC(m, k) -> UT -> E as a file."""
    nodes = [start(), service("A", "a"), catch("M", message("m", "=k")), user_task("U"), end()]
    file = tmp_path / "journey.bpmn"
    file.write_bytes(process("P", *nodes, flows=["S A M U E"]).render(z.suffix))
    return str(file)


@pytest.fixture(scope="session")
def javascript() -> Path:
    """A folder with the clients installed from their package file."""
    needs("node", "npm")
    folder = CACHE / "javascript"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "rest.mjs", "grpc.mjs"):
        shutil.copy(HERE / "javascript" / name, folder / name)
    run("npm", "install", "--no-audit", "--no-fund", "--silent", cwd=folder)
    return folder


@pytest.fixture(scope="session")
def java() -> str:
    """The class path with the client and what it needs."""
    needs("java", "mvn")
    folder = CACHE / "java"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "java" / "pom.xml", folder / "pom.xml")
    run("mvn", "-q", "-B", "dependency:copy-dependencies", f"-DoutputDirectory={folder / 'lib'}", cwd=folder)
    return f"{folder / 'lib'}/*"


def test_the_typescript_rest_client(cluster: Cluster, z: Zeebe, model: str, javascript: Path) -> None:
    """Its own schemas find nothing wrong with any request or answer."""
    out = run("node", "rest.mjs", cluster.rest_url, z.suffix, model, cwd=javascript)

    assert "journey done" in out


def test_the_node_client(cluster: Cluster, z: Zeebe, model: str, javascript: Path) -> None:
    """Over gRPC, with REST for what gRPC does not have."""
    out = run("node", "grpc.mjs", cluster.grpc_address, cluster.rest_url, z.suffix, model, cwd=javascript)

    assert "journey done" in out


@pytest.mark.parametrize("protocol", ["grpc", "rest"])
def test_the_java_client(cluster: Cluster, z: Zeebe, model: str, java: str, protocol: str) -> None:
    """Over gRPC with job streaming, and over REST alone."""
    source = str(HERE / "java" / "Journey.java")
    grpc_url = f"http://{cluster.grpc_address}"

    out = run("java", "-cp", java, source, grpc_url, cluster.rest_url, protocol, z.suffix, model)

    assert "journey done" in out
