"""Brokers for a laptop and the tests: librdkafka's own mock cluster, in this process, reached over TCP by any client.

It is no oracle for transactions; order per key, groups, offsets, restarts and broker faults are real.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from adapters.kafka.settings import KafkaSettings
from adapters.kafka.topics import TOPICS

PARTITIONS_AT_MOST = 4
PRODUCER = 0  # rd_kafka_type_t
PRODUCE_REQUEST = 0  # ApiKey
# Groups settle in half a second, and a member that was killed is noticed after three.
GROUP_TIMES = {
    "rd_kafka_mock_group_initial_rebalance_delay_ms": 0,
    "rd_kafka_mock_set_group_consumer_heartbeat_interval_ms": 250,
    "rd_kafka_mock_set_group_consumer_session_timeout_ms": 3000,
}

_SIGNATURES: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "rd_kafka_conf_new": (ctypes.c_void_p, ()),
    "rd_kafka_conf_set": (
        ctypes.c_int,
        (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_size_t),
    ),
    "rd_kafka_new": (ctypes.c_void_p, (ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t)),
    "rd_kafka_destroy": (None, (ctypes.c_void_p,)),
    "rd_kafka_mock_cluster_new": (ctypes.c_void_p, (ctypes.c_void_p, ctypes.c_int)),
    "rd_kafka_mock_cluster_destroy": (None, (ctypes.c_void_p,)),
    "rd_kafka_mock_cluster_bootstraps": (ctypes.c_char_p, (ctypes.c_void_p,)),
    "rd_kafka_mock_topic_create": (ctypes.c_int, (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_int)),
    "rd_kafka_mock_group_initial_rebalance_delay_ms": (None, (ctypes.c_void_p, ctypes.c_int32)),
    "rd_kafka_mock_set_group_consumer_heartbeat_interval_ms": (None, (ctypes.c_void_p, ctypes.c_int)),
    "rd_kafka_mock_set_group_consumer_session_timeout_ms": (None, (ctypes.c_void_p, ctypes.c_int)),
    "rd_kafka_mock_push_request_errors_array": (
        None,
        (ctypes.c_void_p, ctypes.c_int16, ctypes.c_size_t, ctypes.POINTER(ctypes.c_int)),
    ),
    "rd_kafka_mock_broker_set_down": (ctypes.c_int, (ctypes.c_void_p, ctypes.c_int32)),
    "rd_kafka_mock_broker_set_up": (ctypes.c_int, (ctypes.c_void_p, ctypes.c_int32)),
}


def _library() -> Any:
    """librdkafka as the wheel ships it, with the types of the functions we call (pointers are 64 bits wide)."""
    files = metadata.files("confluent-kafka") or []
    path = next((file for file in files if Path(file.name).name.startswith("librdkafka")), None)
    if path is None:
        raise RuntimeError("Expected librdkafka inside the confluent-kafka wheel, but it is not there.")
    library = ctypes.CDLL(str(path.locate()))
    for name, (result, arguments) in _SIGNATURES.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


class LocalKafka:
    """`with LocalKafka() as kafka:` the cluster lives as long as the object; `kafka.settings` reaches it."""

    def __init__(self, *, topics: Mapping[str, int] = TOPICS, brokers: int = 1) -> None:
        self._topics = topics
        self._brokers = brokers
        self._library = _library()
        self._handle: int | None = None
        self._cluster: int | None = None

    def __enter__(self) -> Self:
        """Starts the brokers and makes the topics."""
        reason = ctypes.create_string_buffer(512)
        configuration = self._library.rd_kafka_conf_new()
        self._library.rd_kafka_conf_set(configuration, b"log_level", b"0", reason, len(reason))
        self._handle = self._library.rd_kafka_new(PRODUCER, configuration, reason, len(reason))
        if not self._handle:
            raise RuntimeError(f"librdkafka did not start: {reason.value.decode()}")
        self._cluster = self._library.rd_kafka_mock_cluster_new(self._handle, self._brokers)
        for name, millis in GROUP_TIMES.items():
            getattr(self._library, name)(self._cluster, millis)
        self._create_topics()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops."""
        self.stop()

    def stop(self) -> None:
        """Ends the brokers; what they held is gone."""
        if self._cluster:
            self._library.rd_kafka_mock_cluster_destroy(self._cluster)
            self._library.rd_kafka_destroy(self._handle)
        self._cluster = self._handle = None

    @property
    def bootstrap_servers(self) -> str:
        """`host:port`, for any Kafka client on this machine."""
        told: bytes = self._library.rd_kafka_mock_cluster_bootstraps(self._running)
        return told.decode()

    @property
    def settings(self) -> KafkaSettings:
        """What an adapter needs to reach it. With the classic protocol the mock lets a second member wait for 44 s."""
        return KafkaSettings(bootstrap_servers=self.bootstrap_servers, group_protocol="consumer")

    def create_topic(self, name: str, *, partitions: int) -> None:
        """Makes a topic before anybody wrote to it."""
        count = min(partitions, PARTITIONS_AT_MOST)
        self._library.rd_kafka_mock_topic_create(self._running, name.encode(), count, 1)

    def fail_produce(self, *codes: int) -> None:
        """The next produce requests are answered with these error codes."""
        array = (ctypes.c_int * len(codes))(*codes)
        self._library.rd_kafka_mock_push_request_errors_array(self._running, PRODUCE_REQUEST, len(codes), array)

    def broker_down(self, broker: int = 1) -> None:
        """The broker refuses connections, as during a restart; what it holds stays."""
        self._library.rd_kafka_mock_broker_set_down(self._running, broker)

    def broker_up(self, broker: int = 1) -> None:
        """The broker is back."""
        self._library.rd_kafka_mock_broker_set_up(self._running, broker)

    def _create_topics(self) -> None:
        """All at once: the cluster's thread takes a tenth of a second to notice each request, whatever their number."""
        with ThreadPoolExecutor(max(1, len(self._topics))) as pool:
            made = [pool.submit(self.create_topic, name, partitions=count) for name, count in self._topics.items()]
        for topic in made:
            topic.result()

    @property
    def _running(self) -> int:
        if self._cluster is None:
            raise RuntimeError("Expected the local brokers to run, but they are stopped.")
        return self._cluster
