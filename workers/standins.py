"""The whole outside on one machine: a real PostgreSQL and OpenBao, Kafka's mock cluster, emulators, the embedded engine.

`with LocalStack() as stack:` starts everything, deploys nothing and writes the addresses to `.fsm/stack.json`, where every
other command of this machine finds them. The platform's own processes (`work`, `intake`, `api`) are children that are started
again when they die.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
from confluent_kafka import Producer

from adapters.adobe_sign.local import LocalAdobeSign
from adapters.camunda.settings import CamundaSettings
from adapters.children import Child, free_port
from adapters.documents.local import LocalDocuments
from adapters.kafka.local import LocalKafka
from adapters.messaging.local import LocalMessaging
from adapters.postgres.local import LocalPostgres
from adapters.postgres.seed import seed
from adapters.postgres.settings import PostgresSettings
from adapters.vault.local import LocalVault
from workers.settings import STACK_FILE, AdobeSignPlace, ApiSettings, MessagingPlace, Settings

Progress = Callable[[str], None]
PLATFORM_PROCESSES: Mapping[str, Sequence[str]] = {
    "work": ("work", "--health-port", "{health}"),
    "intake": ("intake",),
    "api": ("api",),
}
USUAL_PORTS: Mapping[str, int] = {"grpc": 26500, "rest": 8080, "api": 8090, "health": 8071}
ENGINE_SECONDS = 30.0
WATCH_SECONDS = 0.2


class Process:
    """One of the platform's own processes, started again when it dies before its time."""

    def __init__(self, name: str, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self.name, self.restarts = name, -1
        self._argv = [sys.executable, "-m", "workers", *arguments]
        self._environment, self._log = environment, log
        self._stopping = threading.Event()
        self._child = self._start()
        self._watch = threading.Thread(target=self._keep_alive, name=f"watch of {name}", daemon=True)
        self._watch.start()

    @property
    def pid(self) -> int:
        """The process id of the present incarnation."""
        return self._child.pid

    def kill(self) -> None:
        """`kill -9`: nothing is cleaned up, as when the machine loses power."""
        os.kill(self.pid, 9)

    def renew(self) -> None:
        """SIGTERM, then SIGKILL; it is started again, with the code as it is now."""
        self._child.stop()

    def stop(self) -> None:
        """SIGTERM, then SIGKILL; it is not started again."""
        self._stopping.set()
        self._child.stop()
        self._watch.join()

    def _start(self) -> Child:
        self.restarts += 1
        return Child(self._argv, environment=self._environment, log=self._log)

    def _keep_alive(self) -> None:
        while not self._stopping.wait(WATCH_SECONDS):
            if self._child.exit_code is not None and not self._stopping.is_set():
                self._child = self._start()


class LocalStack:
    """Everything the platform talks to, on free ports of this machine, or on the usual ones when they are free."""

    def __init__(
        self, *, progress: Progress = lambda _: None, log_folder: Path | None = None, usual_ports: bool = False
    ) -> None:
        self._progress = progress
        self._usual_ports = usual_ports
        self._closing = ExitStack()
        self.processes: dict[str, Process] = {}
        self.logs = log_folder or Path(self._closing.enter_context(tempfile.TemporaryDirectory(prefix="fsm-logs-")))
        self.health_port = self._port("health")

    def __enter__(self) -> Self:
        """Starts the stand-ins, the slow ones side by side."""
        try:
            with ThreadPoolExecutor(max_workers=4) as pool:
                engine = pool.submit(self._engine)
                vault = pool.submit(self._enter, "OpenBao", LocalVault)
                postgres = pool.submit(self._enter, "PostgreSQL", LocalPostgres)
                self.kafka: LocalKafka = self._enter("Kafka (librdkafka's mock cluster)", LocalKafka)
                self.messaging: LocalMessaging = self._enter("messaging service (emulator)", LocalMessaging)
                self.adobe: LocalAdobeSign = self._enter("Acrobat Sign (emulator)", LocalAdobeSign)
                self.documents: LocalDocuments = self._enter("documents", LocalDocuments)
                self.postgres: LocalPostgres = postgres.result()
                self.vault: LocalVault = vault.result()
                self.camunda: CamundaSettings = engine.result()
            seed(self.postgres.url)
            self.vault.configure(self.postgres.admin_url)
            self.settings = self._settings()
            self._write_down()
        except BaseException:
            self._closing.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops everything, the platform's processes first."""
        self._closing.close()

    def run(self, *names: str) -> None:
        """Starts processes of the platform: `work`, `intake`, `api`."""
        for name in names or PLATFORM_PROCESSES:
            arguments = [word.format(health=self.health_port) for word in PLATFORM_PROCESSES[name]]
            process = Process(name, arguments, self.environment, self.logs / f"{name}.log")
            self._closing.callback(process.stop)
            self.processes[name] = process
            self._progress(f"{name} runs (process {process.pid})")

    def produce(self, topic: str, key: str, value: bytes) -> None:
        """Puts bytes on a topic, whatever they are; returns when the broker has them."""
        producer = Producer({"bootstrap.servers": self.kafka.bootstrap_servers})
        producer.produce(topic, key=key, value=value)
        producer.flush(10)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the platform's processes: ours, and where this stack is."""
        mine = {name: value for name, value in os.environ.items() if not name.startswith("FSM_")}
        return mine | {"FSM_STACK_FILE": str(self._stack_file), "PYTHONUNBUFFERED": "1"}

    def log_of(self, name: str) -> str:
        """The end of a process's log, for an error message."""
        path = self.logs / f"{name}.log"
        return "\n".join(path.read_text(errors="replace").splitlines()[-15:]) if path.exists() else ""

    def _port(self, name: str) -> int:
        """The port everybody knows, if it is wanted and nobody has it; else a free one."""
        usual = USUAL_PORTS[name]
        return usual if self._usual_ports and _is_free(usual) else free_port()

    def _enter(self, name: str, factory: Callable[[], Any]) -> Any:
        started = time.monotonic()
        part = self._closing.enter_context(factory())
        self._progress(f"{name} answers after {time.monotonic() - started:.1f} s")
        return part

    def _engine(self) -> CamundaSettings:
        started = time.monotonic()
        grpc, http = self._port("grpc"), self._port("rest")
        argv = [sys.executable, "-m", "workers", "engine", "--grpc-port", str(grpc), "--http-port", str(http)]
        child = Child(argv, environment=os.environ, log=self.logs / "engine.log")
        self._closing.callback(child.stop)
        settings = CamundaSettings(grpc_address=f"127.0.0.1:{grpc}", rest_address=f"http://127.0.0.1:{http}")
        child.wait_until(lambda: _answers(f"{settings.rest_address}/v2/topology"), seconds=ENGINE_SECONDS)
        self._progress(f"engine answers after {time.monotonic() - started:.1f} s")
        return settings

    def _settings(self) -> Settings:
        adobe = self.adobe.settings
        return Settings(
            camunda=self.camunda,
            vault=self.vault.settings,
            postgres=PostgresSettings(url=self.postgres.place),
            kafka=self.kafka.settings,
            adobe_sign=AdobeSignPlace(discovery_url=adobe.discovery_url, client_ids=adobe.client_ids),
            messaging=MessagingPlace(base_url=self.messaging.settings.base_url),
            documents=self.documents.settings,
            api=ApiSettings(port=self._port("api"), token=secrets.token_urlsafe(16)),
            clock="camunda",
        )

    def _write_down(self) -> None:
        """The stack file opens Vault and nothing else: keys and database users stay there."""
        self._stack_file = STACK_FILE.resolve()
        self._stack_file.parent.mkdir(parents=True, exist_ok=True)
        settings = self.settings.model_dump(mode="json", exclude={"models"})
        settings["vault"] = revealed(self.vault.settings.model_dump(mode="python"))
        content = {"pid": os.getpid(), "settings": settings}
        self._stack_file.touch(mode=0o600)
        self._stack_file.write_text(json.dumps(content, default=str))
        self._closing.callback(_forget, self._stack_file)


def revealed(value: Any) -> Any:
    """Settings with their secrets readable, for the one file that may hold them."""
    if isinstance(value, Mapping):
        return {name: revealed(part) for name, part in value.items()}
    return value.get_secret_value() if hasattr(value, "get_secret_value") else value


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _forget(path: Path) -> None:
    path.unlink(missing_ok=True)


def _answers(address: str) -> bool:
    with contextlib.suppress(httpx.HTTPError):
        return httpx.get(address, timeout=2).status_code < 500
    return False
