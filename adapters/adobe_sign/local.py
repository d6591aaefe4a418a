"""Acrobat Sign for a laptop and the tests: REST v6 as documented, faults on demand, and somebody who signs."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Self

from adapters.adobe_sign.local_account import Account, Stored
from adapters.adobe_sign.local_api import CREDENTIALS, Service, operations, unknown_caller
from adapters.adobe_sign.local_webhooks import Webhooks
from adapters.adobe_sign.settings import AdobeSignSettings, OAuth
from adapters.emulator import Emulator, Faults, LocalServer


class LocalAdobeSign:
    """`with LocalAdobeSign() as adobe:` `adobe.settings` reaches it; `sign`, `decline` and `expire` play the signers.

    The account lives on one of two shards; `move_shard` moves it, and the old address answers as Adobe's does.
    """

    def __init__(self, *, port: int = 0) -> None:
        self.webhooks = Webhooks(CREDENTIALS["client_id"])
        self.account = Account()
        self.account.listener = self.webhooks.notify
        self.service = Service(account=self.account, webhooks=self.webhooks)
        self._emulator = Emulator(operations(self.service), guard=lambda call: unknown_caller(self.service, call))
        self._servers = [LocalServer(self._emulator.app, port=port), LocalServer(self._emulator.app)]
        self.service.address = self._servers[0].address

    def __enter__(self) -> Self:
        """Starts."""
        for server in self._servers:
            server.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops."""
        for server in self._servers:
            server.stop()

    @property
    def settings(self) -> AdobeSignSettings:
        """What an adapter needs to reach it."""
        return AdobeSignSettings(
            auth=OAuth.model_validate(CREDENTIALS),
            discovery_url=self._servers[0].address,
            client_ids=frozenset({self.webhooks.client_id}),
        )

    @property
    def faults(self) -> Faults:
        """Faults to plan, by operation: `POST /api/rest/v6/agreements` ..."""
        return self._emulator.faults

    @property
    def calls(self) -> Mapping[str, int]:
        """Requests per operation, refused ones included."""
        return self._emulator.calls

    def agreements(self, *, external_id: str | None = None) -> list[Stored]:
        """What the account holds, oldest first."""
        return self.account.all(external_id=external_id)

    def move_shard(self) -> None:
        """Moves the account to the other shard."""
        self.service.address = next(
            server.address for server in self._servers if server.address != self.service.address
        )

    def sign(self, agreement_id: str, form_data: Mapping[str, str] | None = None) -> bool:
        """The signers fill in the form and sign; False when the agreement is closed already."""
        fields = dict(form_data or {})
        return self.account.close(agreement_id, status="SIGNED", event="WORKFLOW_COMPLETED", fields=fields)

    def decline(self, agreement_id: str, reason: str = "") -> bool:
        """A signer says no."""
        info = {"comment": reason, "notifyOthers": True}
        return self.account.close(agreement_id, status="CANCELLED", event="REJECTED", agreementCancellationInfo=info)

    def expire(self, agreement_id: str) -> bool:
        """The term is over."""
        return self.account.close(agreement_id, status="EXPIRED", event="EXPIRED", subEvent="EXPIRED_AUTOMATICALLY")
