"""Parts that take a choice to open, for `workers.bootstrap`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from typing import Any

from adapters.adobe_sign import webhook
from adapters.documents.client import FileDocumentStore
from adapters.sales.webhook import HttpOutcomeWebhooks
from workers.domain.passes import Passes
from workers.ports.documents import DocumentStore
from workers.ports.errors import Misconfigured
from workers.ports.outcomes import OutcomeWebhooks
from workers.ports.secrets import Secrets
from workers.settings import Settings, required


class Process(StrEnum):
    """As whom a process works: the name of its login in Vault and of its role in the database."""

    WORK = "work"
    INTAKE = "intake"
    API = "api"
    SUPPORT = "support"  # people with the `fsm` command: read only

    @property
    def bound(self) -> bool:
        """Whether its transactions see no tenant until they say which: by their job, or by who calls."""
        return self in (Process.WORK, Process.API)


def documents(settings: Settings) -> DocumentStore:
    """A bucket where one is named, else the folder."""
    if settings.storage is not None:
        from adapters.storage.client import GcsDocumentStore  # half a second, for those who need it

        return GcsDocumentStore(settings.storage)
    return FileDocumentStore(required(settings.documents, "documents"))


def webhooks(settings: Settings, secrets: Callable[[], Secrets]) -> OutcomeWebhooks:
    """The calls of sales systems; Vault is opened by the first that is made."""
    addresses = {name: place.webhooks for name, place in settings.sales.items()}
    return HttpOutcomeWebhooks(addresses, _LaterSecrets(secrets))


class _LaterSecrets:
    """Vault, opened by the first who reads: a platform without webhooks needs none for them."""

    def __init__(self, secrets: Callable[[], Secrets]) -> None:
        self._secrets = secrets

    def __getattr__(self, name: str) -> Any:
        return getattr(self._secrets(), name)


class SignWebhook:
    """What Acrobat Sign sends: the echo it wants, and the notification in a body."""

    def __init__(self, client_ids: Collection[str]) -> None:
        self._client_ids = client_ids

    def echo(self, headers: Mapping[str, str]) -> dict[str, str] | None:
        """The header of our answer; None when no application of ours is meant."""
        return webhook.echo(headers, self._client_ids)

    def parse(self, body: bytes) -> webhook.Notification:
        """The notification; `ValueError` when there is none."""
        return webhook.parse(body)


def passes(settings: Settings, secrets: Callable[[], Secrets]) -> Passes:
    """What seals the links to our pages."""
    name = required(settings.links, "links").secret
    if name is None:
        raise Misconfigured("Expected FSM_LINKS__SECRET to name what seals the links to our pages, but it is not set.")
    secret = secrets().read(name)
    keys = [secret[part].encode() for part in ("key", "previous") if secret.get(part)]
    if not keys:
        raise Misconfigured(f"Expected the Vault secret {name} to have a key, but it has none.", system="vault")
    return Passes(keys)
