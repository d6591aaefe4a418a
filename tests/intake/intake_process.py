"""An intake in a process of its own, for tests that kill it. Usage: brokers group database-url file-for-messages."""

from __future__ import annotations

import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from adapters.kafka.client import KafkaEventBus, KafkaStream
from adapters.kafka.settings import KafkaSettings
from adapters.postgres.client import Database
from adapters.postgres.inbox import PostgresInbox
from adapters.postgres.settings import PostgresSettings
from adapters.sales.pyxis.client import Pyxis
from adapters.sales.pyxis.local import REFERENCE
from workers.intake.consumer import Intake, run_intake
from workers.ports.processes import ProcessMessage


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class Written:
    """Camunda as a file: one line per message, and slow enough to be killed in between."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def publish(self, message: ProcessMessage) -> None:
        with self.path.open("a") as file:
            file.write(f"{message.correlation_key} {message.message_id}\n")
        time.sleep(0.01)


def main(brokers: str, group: str, url: str, file: str) -> None:
    settings = KafkaSettings(bootstrap_servers=brokers, group_protocol="consumer")
    clock, database = SystemClock(), Database(PostgresSettings(url=url))
    with (
        KafkaStream(settings, group=group, topics=["sales.pyxis.order.created"]) as stream,
        KafkaEventBus(settings) as bus,
    ):
        intake = Intake(
            consumer=group,
            sales=Pyxis(lambda: REFERENCE),
            stream=stream,
            inbox=PostgresInbox(database, clock),
            processes=Written(Path(file)),  # type: ignore[arg-type]
            bus=bus,
            clock=clock,
        )
        run_intake(intake, threading.Event())


if __name__ == "__main__":
    main(*sys.argv[1:])
