"""The whole outside on one machine: a real PostgreSQL and OpenBao, Kafka's mock cluster, emulators, the embedded engine.

`with LocalStack() as stack:` starts everything, deploys nothing and writes the addresses to `.fsm/stack.json`, where every
other command of this machine finds them; a private stack keeps that file to itself. The platform's own processes (`work`,
`intake`, `api`) are children that are started again when they die, sooner at first than later.
"""

from __future__ import annotations

import contextlib
import json
import os
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
from adapters.kafka.local_registry import LocalRegistry
from adapters.kafka.registry import register, registry_client
from adapters.messaging.local import LocalMessaging
from adapters.oracle_fusion.local import LocalFusion
from adapters.ping.local import PEOPLE, LocalPing
from adapters.postgres.cluster import can_keep
from adapters.postgres.local import LocalPostgres
from adapters.postgres.seed import seed
from adapters.postgres.settings import PostgresSettings
from adapters.redis.local import LocalRedis
from adapters.storage.local import LocalStorage
from adapters.vault.local import LocalVault
from workers.ports.errors import Conflict, Misconfigured
from workers.runtime.backoff import Backoff
from workers.settings import (
    STACK_FILE,
    AdobeSignPlace,
    ApiSettings,
    LinkSettings,
    MessagingPlace,
    OracleFusionPlace,
    Settings,
    is_alive,
    read_own,
    read_stack,
)

__all__ = [
    "LocalStack",
    "Process",
    "can_keep",
    "forget_stack",
    "refuse_second",
    "revealed",
    "write_stack",
]
Progress = Callable[[str], None]
PLATFORM_PROCESSES: Mapping[str, Sequence[str]] = {
    "work": ("work", "--health-port", "{health}"),
    "intake": ("intake",),
    "api": ("api",),
}
USUAL_PORTS: Mapping[str, int] = {"grpc": 26500, "rest": 8080, "api": 8090, "health": 8071}
# Settings a stack makes itself, whatever the environment says of them.
STARTED_HERE = (
    "oidc",
    "vault",
    "postgres",
    "kafka",
    "schema_registry",
    "redis",
    "adobe_sign",
    "messaging",
    "oracle_fusion",
    "documents",
    "storage",
    "links",
)
REPLACED_HERE: Mapping[str, Any] = {"camunda": CamundaSettings(), "api": ApiSettings(), "clock": "camunda"}
ENGINE_SECONDS = 30.0
WATCH_SECONDS = 0.2
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0
WELL_AFTER = 30.0  # a process that lived this long was well: the next death starts the pauses over


class Process:
    """One of the platform's own processes, started again when it dies before its time.

    A death nobody asked for is told, and each one in a row waits longer: 0.5 s, then twice that, up to 10 s (less some jitter).
    """

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        *,
        progress: Progress = lambda _: None,
    ) -> None:
        self.name, self.restarts = name, -1
        self._argv = [sys.executable, "-m", "workers", *arguments]
        self._environment, self._log, self._progress = environment, log, progress
        self._backoff = Backoff(FIRST_PAUSE, LONGEST_PAUSE)
        self._stopping, self._asked = threading.Event(), threading.Event()
        self._child = self._start()
        self._watch = threading.Thread(target=self._keep_alive, name=f"watch of {name}", daemon=True)
        self._watch.start()

    @property
    def pid(self) -> int:
        """The process id of the present incarnation."""
        return self._child.pid

    def kill(self) -> None:
        """`kill -9`: nothing is cleaned up, as when the machine loses power."""
        pid = self.pid
        self._asked.set()
        with contextlib.suppress(ProcessLookupError):  # it was quicker
            os.kill(pid, 9)

    def renew(self) -> None:
        """SIGTERM, then SIGKILL; it is started again at once, with the code as it is now."""
        child = self._child
        self._asked.set()
        child.stop()

    def stop(self) -> None:
        """SIGTERM, then SIGKILL; it is not started again."""
        self._stopping.set()
        self._asked.set()
        self._child.stop()
        self._watch.join()
        self._child.stop()  # one that was being started meanwhile

    def _start(self) -> Child:
        self.restarts += 1
        self._started = time.monotonic()
        return Child(self._argv, environment=self._environment, log=self._log)

    def _keep_alive(self) -> None:
        while not self._stopping.wait(WATCH_SECONDS):
            code = self._child.exit_code
            if code is None:
                continue
            if not self._asked.is_set():
                self._pause(code)
            self._asked.clear()
            if not self._stopping.is_set():
                self._child = self._start()

    def _pause(self, code: int) -> None:
        """Lets some time pass, less when somebody asks: a process that cannot start would keep the machine busy."""
        if time.monotonic() - self._started > WELL_AFTER:
            self._backoff.reset()
        pause = self._backoff.next()
        self._progress(f"{self.name} ended with code {code}, is started again in {pause:.1f} s; its log: {self._log}")
        self._asked.wait(pause)


class LocalStack:
    """Everything the platform talks to, on free ports of this machine, or on the usual ones when they are free."""

    def __init__(
        self,
        *,
        progress: Progress = lambda _: None,
        log_folder: Path | None = None,
        usual_ports: bool = False,
        private: bool = False,
        data: Path | None = None,
    ) -> None:
        """`private`: other commands do not find this stack, and it may run beside one they do find. `data`: the folder in which
        database, engine, documents, agreements and logs stay; without it all of them end with the stack."""
        # Read first: a mistake in the environment is told before anything runs.
        self._own = read_own(**dict.fromkeys(STARTED_HERE), **REPLACED_HERE)
        if not private:
            refuse_second(STACK_FILE)
        self._progress = progress
        self._usual_ports = usual_ports
        self._closing = ExitStack()
        self.processes: dict[str, Process] = {}
        self._data = data.resolve() if data else None
        self.logs = (
            log_folder
            or _kept(self._data, "logs")
            or Path(self._closing.enter_context(tempfile.TemporaryDirectory(prefix="fsm-logs-")))
        )
        self.logs.mkdir(parents=True, exist_ok=True)
        self._stack_file = (self.logs / "stack.json" if private else STACK_FILE).resolve()
        self.health_port = self._port("health")

    def __enter__(self) -> Self:
        """Starts the stand-ins, the slow ones side by side."""
        try:
            with ThreadPoolExecutor(max_workers=4) as pool:
                engine = pool.submit(self._engine)
                vault = pool.submit(self._enter, "OpenBao", LocalVault)
                postgres = pool.submit(
                    self._enter, "PostgreSQL", lambda: LocalPostgres(data=_kept(self._data, "postgres"))
                )
                self.kafka: LocalKafka = self._enter("Kafka (librdkafka's mock cluster)", LocalKafka)
                self.registry: LocalRegistry = self._enter("Schema Registry (stand-in)", LocalRegistry)
                self.redis: LocalRedis = self._enter("Redis (Valkey)", LocalRedis)
                self.messaging: LocalMessaging = self._enter("messaging service (emulator)", LocalMessaging)
                self.adobe: LocalAdobeSign = self._enter(
                    "Acrobat Sign (emulator)", lambda: LocalAdobeSign(kept=_kept(self._data, "acrobat-sign.json"))
                )
                self.ping: LocalPing = self._enter("identity provider (emulator)", LocalPing)
                self.fusion: LocalFusion = self._enter("Oracle Fusion (emulator)", LocalFusion)
                self.storage: LocalStorage = self._enter("Cloud Storage (emulator)", LocalStorage)
                self.documents: LocalDocuments = self._enter(
                    "documents", lambda: LocalDocuments(_kept(self._data, "documents"))
                )
                self.postgres: LocalPostgres = postgres.result()
                self.vault: LocalVault = vault.result()
                self.camunda: CamundaSettings = engine.result()
            register(registry_client(self.registry.settings))
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
            log = self.logs / f"{name}.log"
            process = Process(
                name, arguments, self.environment | self.vault.environment_of(name), log, progress=self._progress
            )
            self._closing.callback(process.stop)
            self.processes[name] = process
            self._progress(f"{name} runs (process {process.pid})")

    def produce(self, topic: str, key: str, value: bytes, headers: Mapping[str, str] | None = None) -> None:
        """Puts bytes on a topic, whatever they are; returns when the broker has them."""
        producer = Producer({"bootstrap.servers": self.kafka.bootstrap_servers})
        producer.produce(topic, key=key, value=value, headers=dict(headers or {}))
        producer.flush(10)

    @property
    def environment(self) -> dict[str, str]:
        """Ours, and where this stack is."""
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
        if self._data:
            argv += ["--data-dir", str(_kept(self._data, "engine"))]
        child = Child(argv, environment=os.environ, log=self.logs / "engine.log")
        self._closing.callback(child.stop)
        settings = CamundaSettings(grpc_address=f"127.0.0.1:{grpc}", rest_address=f"http://127.0.0.1:{http}")
        child.wait_until(lambda: _answers(f"{settings.rest_address}/v2/topology"), seconds=ENGINE_SECONDS)
        self._progress(f"engine answers after {time.monotonic() - started:.1f} s")
        return settings

    def _settings(self) -> Settings:
        adobe, fusion = self.adobe.settings, self.fusion.settings
        api = ApiSettings(port=self._port("api"), people=PEOPLE, docs=True)
        mine = {
            "camunda": self.camunda,
            "vault": self.vault.settings,
            "postgres": PostgresSettings(url=self.postgres.place),
            "kafka": self.kafka.settings,
            "schema_registry": self.registry.settings,
            "redis": self.redis.settings,
            # The emulator keeps nothing: a stack with a folder of its own keeps its documents there.
            "storage": None if self._data else self.storage.settings,
            "adobe_sign": AdobeSignPlace(discovery_url=adobe.discovery_url, client_ids=adobe.client_ids),
            "messaging": MessagingPlace(
                base_url=self.messaging.settings.base_url, callback_url=f"{api.address}/webhooks/messaging"
            ),
            "oracle_fusion": OracleFusionPlace(base_url=fusion.base_url, business_units=fusion.business_units),
            "documents": self.documents.settings,
            "links": LinkSettings(
                customer=f"{api.address}/c",
                provider=f"{api.address}/p",
                secret="links",  # noqa: S106 - the name of a secret
                tasklist=f"{self.camunda.rest_address}/console/tasks",
                operate=f"{self.camunda.rest_address}/console/instances",
                desk=api.address,
            ),
            "oidc": self.ping.settings,
            "api": api,
        }
        return self._own.model_copy(update=mine)

    def _write_down(self) -> None:
        """The stack file opens Vault and nothing else: keys and database users stay there."""
        settings = self.settings.model_dump(mode="json", exclude={"models"})
        settings["vault"] = revealed(self.vault.settings.model_dump(mode="python"))
        refuse_second(self._stack_file)  # another one may have come up meanwhile
        write_stack(self._stack_file, {"pid": os.getpid(), "settings": settings})
        self._closing.callback(forget_stack, self._stack_file)


def _kept(data: Path | None, name: str) -> Path | None:
    """Where a part keeps what it knows; None when nothing is kept."""
    if data is None:
        return None
    data.mkdir(parents=True, exist_ok=True)
    return data / name


def refuse_second(path: Path) -> None:
    """Raises `Conflict` when a stack file leads to a stack that runs; one of a stack that is gone, or no such file, is no
    hindrance: it is written anew.
    """
    if path.exists() and not path.is_file():
        raise Misconfigured(f"Expected FSM_STACK_FILE to name a file, but {path} is something else.")
    with contextlib.suppress(Misconfigured):
        found = read_stack(path)
        if found is not None and found.pid != os.getpid() and is_alive(found.pid):
            raise Conflict(
                f"Expected to be the only stack here, but process {found.pid} runs the one of {path}: stop it first,"
                " or set FSM_STACK_FILE to another file. If that process is no `fsm up`, delete the file."
            )


def write_stack(path: Path, content: Mapping[str, Any]) -> None:
    """Writes a stack file in one step, for its owner alone: who reads meanwhile gets the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # made with mode 0600
    try:
        with os.fdopen(handle, "w") as file:
            file.write(json.dumps(content, default=str))
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def forget_stack(path: Path) -> None:
    """Removes a stack file, unless it leads to another process's stack by now."""
    with contextlib.suppress(Misconfigured):
        found = read_stack(path)
        if found is not None and found.pid == os.getpid():
            path.unlink(missing_ok=True)


def revealed(value: Any) -> Any:
    """Settings with their secrets readable, for the one file that may hold them."""
    if isinstance(value, Mapping):
        return {name: revealed(part) for name, part in value.items()}
    return value.get_secret_value() if hasattr(value, "get_secret_value") else value


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _answers(address: str) -> bool:
    with contextlib.suppress(httpx.HTTPError):
        return httpx.get(address, timeout=2).status_code < 500
    return False
