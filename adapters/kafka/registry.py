"""Confluent's Schema Registry: its client with bounded waits, and what is registered there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError

from adapters.kafka.schemas import schemas, subject
from adapters.kafka.settings import SchemaRegistrySettings
from workers.ports import errors

SYSTEM = "Schema Registry"
COMPATIBILITY = "BACKWARD_TRANSITIVE"
Fault = Callable[..., errors.PortError]
# What the registry answers -> what it means here; the rest of 4xx is a refusal.
STATUS: dict[int, type[errors.PortError]] = {
    401: errors.Misconfigured,
    403: errors.Misconfigured,
    404: errors.NotFound,
    408: errors.Unavailable,
    409: errors.Conflict,
    429: errors.Unavailable,
}


def registry_client(settings: SchemaRegistrySettings) -> SchemaRegistryClient:
    """Confluent's client. It tries twice, waits a second at most between, and gives up on a silent registry after `timeout`."""
    conf: dict[str, object] = {
        "url": settings.url,
        "timeout": settings.timeout.total_seconds(),
        "max.retries": 1,
        "retries.wait.ms": 200,
        "retries.max.wait.ms": 1000,
    }
    if settings.username:
        conf["basic.auth.user.info"] = f"{settings.username}:{settings.password.get_secret_value()}"
    if settings.ca_file:
        conf["ssl.ca.location"] = settings.ca_file
    client: SchemaRegistryClient = SchemaRegistryClient.new_client(conf)
    return client


def register(client: SchemaRegistryClient) -> dict[str, int]:
    """Registers the schema of every topic; topic -> id. `Conflict` when one could not read what was written before."""
    ids: dict[str, int] = {}
    for topic, text in sorted(schemas().items()):
        with port_errors(reference=subject(topic)):
            ids[topic] = client.register_schema(subject(topic), Schema(text, "AVRO"))
            client.set_compatibility(subject(topic), COMPATIBILITY)
    return ids


@contextmanager
def port_errors(*, reference: str = "") -> Iterator[None]:
    """Turns what the registry's client raises into a `PortError`: its errors have no common base."""
    try:
        yield
    except errors.PortError:
        raise
    except SchemaRegistryError as error:
        raise translated(error, reference=reference) from error
    except Exception as error:
        if not _is_transport(error):
            raise
        message = f"{SYSTEM} did not answer: {type(error).__name__}"
        raise errors.Unavailable(message, system=SYSTEM, reference=reference) from error


def translated(error: SchemaRegistryError, *, reference: str = "") -> errors.PortError:
    """The port error of an answer."""
    status = error.http_status_code
    kind = STATUS.get(status) or (errors.Refused if 400 <= status < 500 else errors.Unavailable)
    message = f"{SYSTEM} answered {status} ({error.error_code}): {error.error_message}"
    return kind(message, system=SYSTEM, reference=reference)


def _is_transport(error: Exception) -> bool:
    """Whether it is the HTTP library's: the client's own copy of it is named by its module, and may change with versions."""
    modules = {kind.__module__.partition(".")[0] for kind in type(error).__mro__}
    return bool(modules & {"httpx", "httpx2", "httpcore", "httpcore2"}) or isinstance(error, OSError)
