"""Sets Vault up for the platform: a policy, a database role and a login per process, from the files in `policies/`.

It may be run again: everything is written as it should be, nothing else is touched.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

import hvac

POLICIES = Path(__file__).with_name("policies")
COMMON = "common"
# Process -> the group of PostgreSQL its users join.
PROCESSES: Mapping[str, str] = {"work": "fsm_work", "intake": "fsm_intake", "api": "fsm_api", "support": "fsm_support"}
# The role of versions before, which sees everything; gone when their processes are.
FORMER: Mapping[str, str] = {"worker-rw": "field_service_rw"}
RENEW = "ALTER ROLE \"{{name}}\" VALID UNTIL '{{expiration}}';"
REVOKE = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{{name}}';",
    'DROP ROLE IF EXISTS "{{name}}";',
)


def policy_of(process: str) -> str:
    """The policy of a process, as its file says, and what all have in common."""
    names = (COMMON, process)
    return "\n".join((POLICIES / f"{name}.hcl").read_text(encoding="utf-8") for name in names)


def creation(group: str) -> str:
    """How a user of a group is made: it ends by itself, and has the group's rights and no others."""
    made = "CREATE ROLE \"{{name}}\" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' INHERIT"
    return f"{made} IN ROLE {group};"


def write_policies(client: hvac.Client) -> None:
    """One policy per process, named `fsm-<process>`."""
    for process in PROCESSES:
        client.sys.create_or_update_policy(name=f"fsm-{process}", policy=policy_of(process))


def write_database(
    client: hvac.Client, url: str, *, ttl: str = "1h", max_ttl: str = "24h", sslmode: str = "verify-full"
) -> None:
    """The database engine over an administrator's address, and a role per process."""
    groups = {**PROCESSES, **FORMER}
    parts = urlsplit(url)
    if "database/" not in client.sys.list_mounted_secrets_engines()["data"]:
        client.sys.enable_secrets_engine("database")
    place = f"{parts.hostname}:{parts.port or 5432}{parts.path}"
    client.secrets.database.configure(
        name="field-service",
        plugin_name="postgresql-database-plugin",
        allowed_roles=sorted(groups),
        connection_url=f"postgresql://{{{{username}}}}:{{{{password}}}}@{place}?sslmode={sslmode}",
        username=unquote(parts.username or "postgres"),
        password=unquote(parts.password or ""),
        password_authentication="scram-sha-256",  # noqa: S106 - the name of a method
        verify_connection=True,
    )
    for role, group in groups.items():
        client.secrets.database.create_role(
            name=role,
            db_name="field-service",
            default_ttl=ttl,
            max_ttl=max_ttl,
            creation_statements=[creation(group)],
            renew_statements=[RENEW],
            revocation_statements=list(REVOKE),
        )


def write_kubernetes(client: hvac.Client, *, namespace: str, host: str) -> None:
    """A login per process for the service account `fsm-platform-<process>`; tokens last an hour, a day at most."""
    if "kubernetes/" not in client.sys.list_auth_methods()["data"]:
        client.sys.enable_auth_method("kubernetes")
    client.auth.kubernetes.configure(kubernetes_host=host)
    for process in PROCESSES:
        client.auth.kubernetes.create_role(
            name=process,
            bound_service_account_names=[f"fsm-platform-{process}"],
            bound_service_account_namespaces=[namespace],
            policies=[f"fsm-{process}"],
            ttl="1h",
            max_ttl="24h",
        )


def write_audit(client: hvac.Client, path: str) -> None:
    """Vault's own log of every request, values hashed."""
    if "file/" not in client.sys.list_enabled_audit_devices()["data"]:
        client.sys.enable_audit_device("file", options={"file_path": path})
