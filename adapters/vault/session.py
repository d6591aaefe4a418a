"""A logged-in hvac client: the token is renewed long before its end and replaced when it cannot be renewed any more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import hvac
import hvac.exceptions as hvac_errors

from adapters.vault.settings import AppRoleAuth, KubernetesAuth, TokenAuth, VaultSettings
from adapters.vault.wire import Token, port_errors, token_of, translated
from workers.ports.errors import Misconfigured, Refused


class VaultSession:
    """One token and the requests made with it. Not safe between threads: its owner holds a lock.

    `generation` grows with each login; whatever depends on the token (leases) is worthless under a later one.
    """

    def __init__(self, settings: VaultSettings, *, now: Callable[[], datetime]) -> None:
        self._auth = settings.auth
        self._now = now
        self._token: Token | None = None
        self.generation = 0
        self.client = hvac.Client(
            url=settings.address,
            token="",
            namespace=settings.namespace,
            timeout=settings.timeout.total_seconds(),
            verify=str(settings.ca_file) if settings.ca_file else True,
        )

    @property
    def token(self) -> Token:
        """The token of the last request."""
        assert self._token is not None, "no request was made yet"
        return self._token

    def ask(self, what: str, request: Callable[[], Mapping[str, Any]], *, reference: str) -> Mapping[str, Any]:
        """One request under a live token. A refused token is replaced once: it may have been revoked behind our back."""
        self.ensure_token()
        with port_errors(what, reference=reference):
            try:
                return request()
            except hvac_errors.Forbidden as error:
                if self._token_lives():
                    raise translated(error, what, reference=reference) from error
        self._login()
        with port_errors(what, reference=reference):
            return request()

    def ensure_token(self) -> None:
        """Logs in, or renews a token that has used a third of its life."""
        token = self._token
        if token is None:
            self._login()
        elif token.expires_at and (token.expires_at - self._now()) * 3 < token.ttl * 2:
            self._lengthen(token)

    def close(self) -> None:
        """Revokes a token we made ourselves, and every lease with it; one that was handed in belongs to somebody else."""
        token, self._token = self._token, None
        with self.client.adapter.session, port_errors("revoke its token"):
            if token and not isinstance(self._auth, TokenAuth):
                self.client.auth.token.revoke_self()

    def _token_lives(self) -> bool:
        return isinstance(self._auth, TokenAuth) or bool(self.client.is_authenticated())

    def _lengthen(self, token: Token) -> None:
        """Renews; logs in again when it is too late, not allowed, or hardly lengthened (its maximum is near)."""
        fresh = self._renewed(token)
        if fresh and fresh.expires_at and (fresh.expires_at - self._now()) * 2 > token.ttl:
            self._token = fresh
        else:
            self._login()

    def _renewed(self, token: Token) -> Token | None:
        if not token.renewable or (token.expires_at and self._now() >= token.expires_at):
            return None
        try:
            with port_errors("renew its token"):
                return token_of(self.client.auth.token.renew_self()["auth"], self._now())
        except (Refused, Misconfigured):
            return None

    def _login(self) -> None:
        with port_errors("log in", reference=self._auth.method):
            self._token = _LOGINS[type(self._auth)](self.client, self._auth, self._now())
        self.generation += 1


def _with_token(client: hvac.Client, auth: TokenAuth, now: datetime) -> Token:
    client.token = auth.token.get_secret_value()
    return token_of(client.auth.token.lookup_self()["data"], now, ttl_field="ttl")


def _with_approle(client: hvac.Client, auth: AppRoleAuth, now: datetime) -> Token:
    secret_id = auth.secret_id.get_secret_value()
    answer = client.auth.approle.login(role_id=auth.role_id, secret_id=secret_id, mount_point=auth.mount)
    return token_of(answer["auth"], now)


def _with_kubernetes(client: hvac.Client, auth: KubernetesAuth, now: datetime) -> Token:
    try:
        jwt = auth.token_file.read_text().strip()
    except OSError as error:
        message = f"Expected the service account's token at {auth.token_file}, but {error.strerror}"
        raise Misconfigured(message, system="Vault") from error
    answer = client.auth.kubernetes.login(role=auth.role, jwt=jwt, mount_point=auth.mount)
    return token_of(answer["auth"], now)


_LOGINS: dict[type[Any], Callable[[hvac.Client, Any, datetime], Token]] = {
    TokenAuth: _with_token,
    AppRoleAuth: _with_approle,
    KubernetesAuth: _with_kubernetes,
}
