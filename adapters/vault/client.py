"""Secrets from HashiCorp Vault (or OpenBao) through hvac."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from adapters.vault.session import VaultSession
from adapters.vault.settings import VaultSettings
from adapters.vault.wire import Lease, lease_of, port_errors, renewed
from workers.ports.errors import PortError, Refused
from workers.ports.secrets import DatabaseCredentials

log = logging.getLogger(__name__)


def _now() -> datetime:
    return datetime.now(UTC)


class VaultSecrets:
    """Implements `workers.ports.secrets.Secrets`. Safe to share between threads: one request at a time."""

    def __init__(self, settings: VaultSettings, *, now: Callable[[], datetime] = _now) -> None:
        self._settings = settings
        self._now = now
        self._lock = threading.RLock()
        self._session = VaultSession(settings, now=now)
        self._leases: dict[str, Lease] = {}
        self._generation = 0

    def read(self, path: str) -> dict[str, str]:
        """The newest version of the key-value secret at `path`."""
        with self._lock:
            answer = self._session.ask(f"read secret {path}", lambda: self._read(path), reference=path)
        return {key: str(value) for key, value in answer["data"]["data"].items()}

    def database(self, role: str) -> DatabaseCredentials:
        """Credentials of the dynamic database `role`, at most a third of their life old."""
        with self._lock:
            self._session.ensure_token()
            self._drop_leases_of_a_former_token()
            lease = self._leases.get(role)
            if lease is None or self._now() >= lease.refresh_at:
                lease = self._renewed(role, lease) or self._generated(role)
                self._drop_leases_of_a_former_token()
                self._leases[role] = lease
            return lease.credentials

    def forget(self, role: str) -> None:
        """Drops cached credentials the database has just refused; the next call asks for new ones."""
        with self._lock:
            self._leases.pop(role, None)

    def close(self) -> None:
        """Gives the database users and our own token back instead of letting them live on.

        A Vault that is gone or sealed does not hold a shutdown up: it ends them itself when their time is over.
        """
        with self._lock:
            leases, self._leases = self._leases, {}
            try:
                self._revoke(leases.values())
                self._session.close()
            except PortError as error:
                log.warning("credentials not given back, they end by themselves: %s", error)

    def _revoke(self, leases: Iterable[Lease]) -> None:
        with port_errors("take credentials back"):
            for lease in leases:
                self._session.client.sys.revoke_lease(lease_id=lease.credentials.lease_id)

    def __enter__(self) -> Self:
        """The adapter itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes."""
        self.close()

    def _read(self, path: str) -> Mapping[str, Any]:
        answer: Mapping[str, Any] = self._session.client.secrets.kv.v2.read_secret_version(
            path=path, mount_point=self._settings.kv_mount, raise_on_deleted_version=True
        )
        return answer

    def _generated(self, role: str) -> Lease:
        database, mount = self._session.client.secrets.database, self._settings.database_mount
        answer = self._session.ask(
            f"make database credentials for {role}",
            lambda: database.generate_credentials(name=role, mount_point=mount),
            reference=role,
        )
        return lease_of(answer, self._now(), token=self._session.token)

    def _renewed(self, role: str, lease: Lease | None) -> Lease | None:
        """The old lease with a new end; None when there is none, or Vault does not lengthen it enough any more."""
        if lease is None or self._now() >= lease.credentials.expires_at:
            return None
        lease_id, increment = lease.credentials.lease_id, int(lease.ttl.total_seconds())
        try:
            answer = self._session.ask(
                f"renew the lease of {role}",
                lambda: self._session.client.sys.renew_lease(lease_id=lease_id, increment=increment),
                reference=role,
            )
        except Refused:
            return None  # "lease not found": it ended or was revoked; a new one takes its place
        return renewed(lease, answer, self._now(), token=self._session.token)

    def _drop_leases_of_a_former_token(self) -> None:
        """A database lease dies with the token that asked for it."""
        if self._generation != self._session.generation:
            self._leases.clear()
            self._generation = self._session.generation
