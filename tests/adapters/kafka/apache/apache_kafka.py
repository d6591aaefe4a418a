"""A real Apache Kafka broker from Maven Central: one node (KRaft), TLS, SASL and rights, as a managed cluster has them.

Listeners: PLAIN (no login, everything allowed, for the tests themselves), SASL_SSL with PLAIN and SCRAM-SHA-512 passwords.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    NewTopic,
    ResourcePatternType,
    ResourceType,
)

from adapters.children import free_port
from adapters.kafka.settings import KafkaSettings

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "fsm-apache-kafka"
USER, PASSWORD = "field-service", "a-long-password"
CLUSTER = "q1Sh-9_ISia_zwGINzRvyQ"
STORE_PASSWORD = "changeit"


def _run(*command: str, cwd: Path | None = None) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"


def class_path() -> str:
    """The broker's jars; a few seconds and 43 MB the first time."""
    for program in ("java", "mvn", "keytool"):
        if shutil.which(program) is None:
            pytest.skip(f"needs {program}, which is not installed here")
    CACHE.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "pom.xml", CACHE / "pom.xml")
    _run("mvn", "-q", "-B", "dependency:copy-dependencies", f"-DoutputDirectory={CACHE / 'lib'}", cwd=CACHE)
    return f"{CACHE / 'lib'}/*"


class ApacheKafka:
    """`with ApacheKafka(folder) as kafka:`; it can be killed and started again on the same data."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._class_path = folder, class_path()
        self._ports = {name: free_port() for name in ("PLAIN", "SECURE", "CONTROLLER")}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> ApacheKafka:
        self._certificate()
        config = self._folder / "server.properties"
        config.write_text("\n".join(f"{name}={value}" for name, value in self._properties().items()))
        scram = f"SCRAM-SHA-512=[name={USER},password={PASSWORD}]"
        self._java("kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", str(config), "--add-scram", scram)
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def settings(self) -> KafkaSettings:
        """Without a login."""
        return KafkaSettings(bootstrap_servers=f"127.0.0.1:{self._ports['PLAIN']}")

    def secure(self, mechanism: str = "PLAIN", **changes: Any) -> KafkaSettings:
        """As a production cluster is reached."""
        given = {
            "bootstrap_servers": f"localhost:{self._ports['SECURE']}",
            "security_protocol": "SASL_SSL",
            "sasl_mechanism": mechanism,
            "username": USER,
            "password": PASSWORD,
            "ca_file": str(self._folder / "ca.pem"),
        }
        return KafkaSettings.model_validate({**given, **changes})

    def start(self) -> None:
        """Returns once the broker answers."""
        log = (self._folder / "server.log").open("ab")
        command = ["java", "-Xmx512m", "-cp", self._class_path, "kafka.Kafka", str(self._folder / "server.properties")]
        self._process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        until = time.monotonic() + 60
        while not self._answers():
            told = (self._folder / "server.log").read_text()[-3000:]
            assert self._process.poll() is None, told
            assert time.monotonic() < until, told

    def kill(self) -> None:
        """As a machine that dies."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(30)

    def create_topic(self, name: str, *, partitions: int = 2, rights: bool = True) -> None:
        """A topic our user may read and write (or may not)."""
        self._admin.create_topics([NewTopic(name, partitions, 1)])[name].result(20)
        if rights:
            self.allow(ResourceType.TOPIC, name, AclOperation.READ, AclOperation.WRITE, AclOperation.DESCRIBE)

    def allow(self, kind: Any, name: str, *operations: Any) -> None:
        """Rights of our user."""
        pattern, who = ResourcePatternType.LITERAL, f"User:{USER}"
        rules = [AclBinding(kind, name, pattern, who, "*", one, AclPermissionType.ALLOW) for one in operations]
        for made in self._admin.create_acls(rules).values():
            made.result(20)

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self._ports["PLAIN"]), timeout=1).close()
        except OSError:
            time.sleep(0.1)
            return False
        self._admin = AdminClient({"bootstrap.servers": self.settings.bootstrap_servers})
        return bool(self._admin.list_topics(timeout=20).brokers)

    def _java(self, main: str, *arguments: str) -> None:
        _run("java", "-cp", self._class_path, main, *arguments)

    def _certificate(self) -> None:
        store = str(self._folder / "keystore.p12")
        common = ("-keystore", store, "-storetype", "PKCS12", "-storepass", STORE_PASSWORD, "-alias", "broker")
        names = "san=dns:localhost,ip:127.0.0.1"
        _run(
            "keytool",
            "-genkeypair",
            *common,
            "-keyalg",
            "RSA",
            "-dname",
            "CN=localhost",
            "-ext",
            names,
            "-validity",
            "9",
        )
        _run("keytool", "-exportcert", "-rfc", *common, "-file", str(self._folder / "ca.pem"))

    def _properties(self) -> dict[str, str | int]:
        plain, secure, controller = (self._ports[name] for name in ("PLAIN", "SECURE", "CONTROLLER"))
        login = "org.apache.kafka.common.security"
        return {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "controller.listener.names": "CONTROLLER",
            "listeners": f"PLAIN://127.0.0.1:{plain},SECURE://localhost:{secure},CONTROLLER://127.0.0.1:{controller}",
            "listener.security.protocol.map": "PLAIN:PLAINTEXT,SECURE:SASL_SSL,CONTROLLER:PLAINTEXT",
            "inter.broker.listener.name": "PLAIN",
            "log.dirs": str(self._folder / "data"),
            "auto.create.topics.enable": "false",
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:ANONYMOUS",
            "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
            "listener.name.secure.plain.sasl.jaas.config": f'{login}.plain.PlainLoginModule required user_{USER}="{PASSWORD}";',
            "listener.name.secure.scram-sha-512.sasl.jaas.config": f"{login}.scram.ScramLoginModule required;",
            "ssl.keystore.location": str(self._folder / "keystore.p12"),
            "ssl.keystore.password": STORE_PASSWORD,
            "offsets.topic.replication.factor": 1,
            "offsets.topic.num.partitions": 1,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "group.initial.rebalance.delay.ms": 0,
        }
