"""The Vault adapter against a real OpenBao and a real PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import hvac
import psycopg
import pytest

from adapters.children import free_port
from adapters.postgres.local import LocalPostgres
from adapters.vault.client import VaultSecrets
from adapters.vault.local import DEMO_SECRETS, LocalVault
from adapters.vault.settings import AppRoleAuth, KubernetesAuth, TokenAuth, VaultSettings
from workers.ports.errors import Misconfigured, NotFound, Unavailable

pytestmark = pytest.mark.stack


def test_a_secret_is_read_with_the_workers_own_role(secrets: VaultSecrets) -> None:
    """The workers' AppRole may read the key-value secrets."""
    assert secrets.read("messaging") == dict(DEMO_SECRETS["messaging"])


def test_the_newest_version_of_a_secret_counts(secrets: VaultSecrets, root: hvac.Client) -> None:
    """A rotated secret is seen at the next read: nothing is cached."""
    root.secrets.kv.v2.create_or_update_secret(path="rotated", secret={"key": "old"}, mount_point="secret")
    assert secrets.read("rotated") == {"key": "old"}
    root.secrets.kv.v2.create_or_update_secret(path="rotated", secret={"key": "new"}, mount_point="secret")
    assert secrets.read("rotated") == {"key": "new"}


def test_an_absent_and_a_deleted_secret_are_not_found(secrets: VaultSecrets, root: hvac.Client) -> None:
    """`NotFound` names the path."""
    root.secrets.kv.v2.create_or_update_secret(path="gone", secret={"a": "b"}, mount_point="secret")
    root.secrets.kv.v2.delete_latest_version_of_secret(path="gone", mount_point="secret")
    for path in ("never-there", "gone"):
        with pytest.raises(NotFound) as refused:
            secrets.read(path)
        assert refused.value.reference == path


def test_database_credentials_log_in_and_inherit_the_group(secrets: VaultSecrets, postgres: LocalPostgres) -> None:
    """The dynamic user can work with the platform's tables through the group role, and its end is known."""
    credentials = secrets.database("worker-rw")
    with psycopg.connect(postgres.place, user=credentials.username, password=credentials.password) as connection:
        member = connection.execute("SELECT pg_has_role(current_user, 'field_service_rw', 'USAGE')").fetchone()
        assert member == (True,)
        assert connection.execute("SELECT count(*) FROM service_orders").fetchone() == (0,)
    assert timedelta(minutes=58) < credentials.expires_at - datetime.now(UTC) <= timedelta(hours=1)


def test_credentials_end_with_the_token_that_asked_for_them(vault: LocalVault, root: hvac.Client) -> None:
    """A token of ten minutes takes its leases of an hour with it: the shorter life counts."""
    token = root.auth.token.create(policies=["fsm-former"], ttl="10m")["auth"]["client_token"]
    auth = TokenAuth.model_validate({"token": token})
    with VaultSecrets(VaultSettings(address=vault.address, auth=auth)) as secrets:
        assert secrets.database("worker-rw").expires_at - datetime.now(UTC) <= timedelta(minutes=10)


def test_no_password_shows_in_a_repr(secrets: VaultSecrets, settings: VaultSettings) -> None:
    """Neither credentials nor settings show a secret when they get into a log."""
    credentials = secrets.database("worker-rw")
    assert isinstance(settings.auth, AppRoleAuth)
    assert credentials.password not in repr(credentials)
    assert settings.auth.secret_id.get_secret_value() not in repr(settings)


def test_credentials_are_cached_while_fresh(secrets: VaultSecrets, clock: Any) -> None:
    """Within a third of their life the same credentials are handed out."""
    first = secrets.database("worker-rw")
    clock.move(minutes=19)
    assert secrets.database("worker-rw") == first


def test_a_lease_is_renewed_after_a_third_of_its_life(secrets: VaultSecrets, clock: Any) -> None:
    """Renewal keeps the user and moves its end, so pools keep their connections."""
    first = secrets.database("worker-rw")
    clock.move(minutes=21)
    second = secrets.database("worker-rw")
    assert (second.username, second.lease_id) == (first.username, first.lease_id)
    assert second.expires_at > first.expires_at


def test_a_lease_near_its_maximum_is_replaced(vault: LocalVault, postgres: LocalPostgres, root: hvac.Client) -> None:
    """When Vault grants too little at renewal, a new user takes the old one's place before that ends."""
    vault.configure(postgres.admin_url, ttl="60s", max_ttl="61s")
    moved = [timedelta()]
    try:
        with VaultSecrets(vault.settings, now=lambda: datetime.now(UTC) + moved[0]) as secrets:
            first = secrets.database("worker-rw")
            answer = root.sys.renew_lease(lease_id=first.lease_id, increment=10)  # as if its life were nearly over
            assert answer["lease_duration"] == 10
            root.secrets.database.create_role(
                name="worker-rw",
                db_name="field-service",
                default_ttl="10s",
                max_ttl="10s",
                creation_statements=root.secrets.database.read_role(name="worker-rw")["data"]["creation_statements"],
            )
            moved[0] = timedelta(seconds=25)
            second = secrets.database("worker-rw")
        assert second.username != first.username
    finally:
        vault.configure(postgres.admin_url)


def test_a_lease_revoked_behind_our_back_is_replaced(secrets: VaultSecrets, root: hvac.Client, clock: Any) -> None:
    """`lease not found` at renewal leads to new credentials, not to an error."""
    first = secrets.database("worker-rw")
    root.sys.revoke_lease(lease_id=first.lease_id)
    clock.move(minutes=21)
    assert secrets.database("worker-rw").username != first.username


def test_forgotten_credentials_are_asked_for_anew(secrets: VaultSecrets) -> None:
    """A database that refuses a user lets the adapter forget it at once."""
    first = secrets.database("worker-rw")
    secrets.forget("worker-rw")
    assert secrets.database("worker-rw").username != first.username


def test_a_revoked_token_is_replaced_by_a_new_login(secrets: VaultSecrets, root: hvac.Client) -> None:
    """The worker heals itself when somebody revoked its token; its old leases are not handed out any more."""
    first = secrets.database("worker-rw")
    for accessor in root.list("auth/token/accessors")["data"]["keys"]:
        if root.auth.token.lookup_accessor(accessor=accessor)["data"]["meta"]:
            root.auth.token.revoke_accessor(accessor=accessor)
    assert secrets.read("messaging")
    assert secrets.database("worker-rw").username != first.username


def test_a_token_is_renewed_long_before_its_end(secrets: VaultSecrets, root: hvac.Client, clock: Any) -> None:
    """After a third of its hour the token is renewed in place: leases made with it live on."""
    first = secrets.database("worker-rw")
    clock.move(minutes=19)
    assert secrets.database("worker-rw").lease_id == first.lease_id
    clock.move(minutes=10)
    assert secrets.database("worker-rw").username == first.username


def test_an_expired_token_leads_to_a_new_login(secrets: VaultSecrets, clock: Any) -> None:
    """A worker that slept longer than its token lives logs in again and drops what died with the token."""
    first = secrets.database("worker-rw")
    clock.move(hours=2)
    assert secrets.database("worker-rw").username != first.username


def test_close_gives_the_database_user_back(vault: LocalVault, postgres: LocalPostgres) -> None:
    """After a shutdown no user of ours can log in."""
    with VaultSecrets(vault.settings) as secrets:
        credentials = secrets.database("worker-rw")
    with psycopg.connect(postgres.url) as connection:
        query = "SELECT count(*) FROM pg_roles WHERE rolname = %s"
        assert connection.execute(query, (credentials.username,)).fetchone() == (0,)


def test_a_shutdown_does_not_wait_for_a_vault_that_is_gone(caplog: pytest.LogCaptureFixture) -> None:
    """The stack stops in any order; what was not given back ends by itself."""
    with LocalVault() as vault:
        secrets = VaultSecrets(vault.settings)
        with pytest.raises(NotFound):
            secrets.read("absent")
        secrets._session._auth = MISTAKES["a wrong secret id"]  # not a token from outside: it would be revoked
    secrets.close()
    assert "end by themselves" in caplog.text


MISTAKES: dict[str, Any] = {
    "a wrong secret id": AppRoleAuth.model_validate({"role_id": "x", "secret_id": "y"}),
    "a wrong token": TokenAuth.model_validate({"token": "s.wrong"}),
    "a pod without its token file": KubernetesAuth.model_validate({"role": "worker", "token_file": "absent"}),
}


@pytest.mark.parametrize("auth", MISTAKES.values(), ids=MISTAKES)
def test_wrong_credentials_are_a_matter_for_an_operator(vault: LocalVault, auth: Any) -> None:
    """Nothing is retried for ever: settings or rights are wrong."""
    with pytest.raises(Misconfigured):
        VaultSecrets(VaultSettings(address=vault.address, auth=auth)).read("messaging")


def test_a_forbidden_path_and_an_unknown_role_are_a_matter_for_an_operator(secrets: VaultSecrets) -> None:
    """The policy decides; Vault answers 403 and 400, both mean: mend the settings."""
    with pytest.raises(Misconfigured, match="permission denied"):
        secrets.database("somebody-elses")
    root = VaultSecrets(VaultSettings(address=secrets._settings.address, auth=MISTAKES_ROOT))
    with pytest.raises(Misconfigured, match="unknown role"):
        root.database("no-such-role")


MISTAKES_ROOT = TokenAuth.model_validate({"token": "root"})


def test_a_sealed_vault_is_unavailable_and_heals(postgres: LocalPostgres) -> None:
    """A sealed or absent Vault may come back: `Unavailable`, and the next call works again."""
    with LocalVault() as vault, VaultSecrets(vault.settings) as secrets:
        root = hvac.Client(url=vault.address, token=vault.token)
        with root.adapter.session:
            root.secrets.kv.v2.create_or_update_secret(path="x", secret={"a": "b"}, mount_point="secret")
            assert secrets.read("x") == {"a": "b"}
            root.sys.seal()
            with pytest.raises(Unavailable, match="sealed"):
                secrets.read("x")
            root.sys.submit_unseal_key(key=vault.unseal_key())
        assert secrets.read("x") == {"a": "b"}


def test_no_server_is_unavailable() -> None:
    """Connection refused is a matter of time, not of settings."""
    auth = TokenAuth.model_validate({"token": "root"})
    with pytest.raises(Unavailable):
        VaultSecrets(VaultSettings(address=f"http://127.0.0.1:{free_port()}", auth=auth)).read("x")


def test_a_database_that_is_down_is_unavailable(vault: LocalVault, root: hvac.Client) -> None:
    """Vault answers 500 when it cannot reach the database: try again later."""
    root.secrets.database.configure(
        name="down",
        plugin_name="postgresql-database-plugin",
        allowed_roles=["down"],
        verify_connection=False,
        connection_url=f"postgresql://{{{{username}}}}:{{{{password}}}}@127.0.0.1:{free_port()}/x?sslmode=disable",
        username="u",
        password="p",
    )
    root.secrets.database.create_role(name="down", db_name="down", creation_statements=["SELECT 1"])
    with pytest.raises(Unavailable):
        VaultSecrets(VaultSettings(address=vault.address, auth=MISTAKES_ROOT)).database("down")
