"""Acrobat Sign for a laptop and the tests: REST v6 as documented, faults on demand, and somebody who signs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from adapters.adobe_sign.local_account import Account, Listener, Stored
from adapters.adobe_sign.local_api import CREDENTIALS, Service, operations, unknown_caller
from adapters.adobe_sign.local_webhooks import Webhooks
from adapters.adobe_sign.settings import AdobeSignSettings, OAuth
from adapters.emulator import Emulator, Faults, LocalServer


class LocalAdobeSign:
    """`with LocalAdobeSign() as adobe:` `adobe.settings` reaches it; `sign`, `decline` and `expire` play the signers.

    The account lives on a shard; `move_shard` moves it to another, and the old address answers as Adobe's does. With `kept` the
    agreements are in that file, and are there again next time.
    """

    def __init__(self, *, port: int = 0, kept: Path | None = None) -> None:
        self.webhooks = Webhooks(CREDENTIALS["client_id"])
        self.account = Account()
        if kept is not None and kept.exists():
            self.account.load(json.loads(kept.read_text(encoding="utf-8")))
        self.account.listener = _keeping(self.account, kept, self.webhooks.notify) if kept else self.webhooks.notify
        self.service = Service(account=self.account, webhooks=self.webhooks)
        self._emulator = Emulator(operations(self.service), guard=lambda call: unknown_caller(self.service, call))
        self._home = LocalServer(self._emulator.app, port=port)
        self._running: dict[str, LocalServer] = {}
        self.service.address = self._home.address

    def __enter__(self) -> Self:
        """Starts."""
        self._serve(self._home)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops."""
        while self._running:
            self._running.popitem()[1].stop()
        self.webhooks.close()

    @property
    def settings(self) -> AdobeSignSettings:
        """What an adapter needs to reach it."""
        return AdobeSignSettings(
            auth=OAuth.model_validate(CREDENTIALS),
            discovery_url=self._home.address,
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
        """Moves the account to another shard; the old one still answers, but not for this account."""
        self.service.address = self._serve(LocalServer(self._emulator.app)).address

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

    def _serve(self, server: LocalServer) -> LocalServer:
        self._running[server.address] = server
        return server.__enter__()


def _keeping(account: Account, kept: Path, then: Listener) -> Listener:
    """A listener that writes the account down before anybody hears of what happened."""

    def happened(agreement: Stored, event: str, extra: dict[str, Any]) -> None:
        temporary = kept.with_suffix(".new")
        temporary.write_text(json.dumps(account.dump()), encoding="utf-8")
        temporary.replace(kept)
        then(agreement, event, extra)

    return happened


def begin_anew(adobe: LocalAdobeSign, now: Callable[[], datetime] | None = None) -> None:
    """Forgets documents and agreements, planned faults and waiting notifications; `now` dates the events from here on."""
    adobe.account = adobe.service.account = Account(now=now) if now else Account()
    adobe.account.listener = adobe.webhooks.notify
    adobe.webhooks.held = adobe.webhooks.twice = False
    adobe.webhooks.failed.clear()
    adobe.faults.forget()
    adobe._emulator.calls.update(dict.fromkeys(adobe.calls, 0))
