"""What every way to log in to a secret store promises: token, AppRole and a pod's service account."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import certifi
import hvac
import psycopg
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from starlette.responses import JSONResponse, Response

from adapters.emulator import Call, Emulator, LocalServer
from adapters.postgres.local import LocalPostgres
from adapters.vault.client import VaultSecrets
from adapters.vault.local import LocalVault
from adapters.vault.settings import Auth, KubernetesAuth, TokenAuth, VaultSettings
from workers.ports.errors import NotFound
from workers.ports.secrets import Secrets

pytestmark = pytest.mark.stack
CLUSTER_KEY = ECKey.generate_key("P-256")


@pytest.fixture(scope="module")
def postgres() -> Iterator[LocalPostgres]:
    with LocalPostgres() as running:
        yield running


@pytest.fixture(scope="module")
def vault(postgres: LocalPostgres) -> Iterator[LocalVault]:
    with LocalVault() as running:
        running.configure(postgres.admin_url)
        yield running


class SecretsContract(ABC):
    """Subclasses say how to log in."""

    @abstractmethod
    def auth(self, vault: LocalVault, folder: Path) -> Auth: ...

    @pytest.fixture
    def secrets(self, vault: LocalVault, tmp_path: Path) -> Iterator[Secrets]:
        with VaultSecrets(VaultSettings(address=vault.address, auth=self.auth(vault, tmp_path))) as client:
            yield client

    def test_a_secret_is_text_by_name(self, secrets: Secrets) -> None:
        """Whatever was put in."""
        assert secrets.read("messaging") == {
            "api_key": "local-messaging-key",
            "webhook_secret": "local-messaging-secret",
        }

    def test_an_absent_secret_is_not_found(self, secrets: Secrets) -> None:
        """With its path."""
        with pytest.raises(NotFound) as refused:
            secrets.read("absent")
        assert refused.value.reference == "absent"

    def test_database_credentials_work_and_are_kept(self, secrets: Secrets, postgres: LocalPostgres) -> None:
        """The same ones while they are fresh."""
        credentials = secrets.database("worker-rw")
        psycopg.connect(postgres.place, user=credentials.username, password=credentials.password).close()
        assert credentials.expires_at > datetime.now(UTC)
        assert secrets.database("worker-rw") == credentials

    def test_forgotten_credentials_are_replaced(self, secrets: Secrets) -> None:
        """A user the database refuses before its time is not handed out again."""
        refused = secrets.database("worker-rw")
        secrets.forget("worker-rw")
        assert secrets.database("worker-rw").username != refused.username


class TestToken(SecretsContract):
    """A token from outside."""

    def auth(self, vault: LocalVault, folder: Path) -> Auth:
        return TokenAuth.model_validate({"token": vault.token})


class TestAppRole(SecretsContract):
    """Role id and secret id."""

    def auth(self, vault: LocalVault, folder: Path) -> Auth:
        assert vault.approle is not None
        return vault.approle


class TestKubernetes(SecretsContract):
    """A pod's service account; the cluster's token review is played, everything else is real."""

    @pytest.fixture(autouse=True)
    def cluster(self, vault: LocalVault) -> Iterator[None]:
        emulator = Emulator({"POST /apis/authentication.k8s.io/v1/tokenreviews": reviewed})
        with LocalServer(emulator.app) as server:
            client = hvac.Client(url=vault.address, token=vault.token)
            with client.adapter.session:
                if "kubernetes/" not in client.sys.list_auth_methods()["data"]:
                    client.sys.enable_auth_method("kubernetes")
                client.write(
                    "auth/kubernetes/config",
                    kubernetes_host=server.address,
                    kubernetes_ca_cert=any_certificate(),  # wanted, but not used over plain HTTP
                    disable_local_ca_jwt=True,
                    token_reviewer_jwt=service_account_token(),
                )
                client.auth.kubernetes.create_role(
                    name="worker",
                    bound_service_account_names=["fsm-worker"],
                    bound_service_account_namespaces=["fsm"],
                    policies=["fsm-former"],
                    ttl="1h",
                )
            yield

    def auth(self, vault: LocalVault, folder: Path) -> Auth:
        token_file = folder / "token"
        token_file.write_text(service_account_token() + "\n")
        return KubernetesAuth(role="worker", token_file=token_file)


def reviewed(call: Call) -> Response:
    told = call.json()
    user = {"username": "system:serviceaccount:fsm:fsm-worker", "uid": "u-1"}
    return JSONResponse({**told, "status": {"authenticated": True, "user": user}}, status_code=201)


def any_certificate() -> str:
    end = "-----END CERTIFICATE-----"
    bundle = Path(certifi.where()).read_text()
    return bundle[bundle.index("-----BEGIN") :].partition(end)[0] + end


def service_account_token() -> str:
    account = {"namespace": "fsm", "serviceaccount": {"name": "fsm-worker", "uid": "u-1"}}
    claims = {
        "iss": "https://kubernetes.default.svc",
        "sub": "system:serviceaccount:fsm:fsm-worker",
        "nbf": int(time.time()) - 60,
        "exp": int(time.time()) + 600,
        "kubernetes.io": account,
    }
    return jwt.encode({"alg": "ES256"}, claims, CLUSTER_KEY)
