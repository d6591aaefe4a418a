"""`fsm vault bootstrap`: sets a new Vault up for the platform, from the files of this version."""

from __future__ import annotations

from typing import Annotated

import typer

from workers.cli.console import UsageError, out

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Set Vault up for the platform.")


@app.callback()
def vault() -> None:
    """Set Vault up for the platform."""


@app.command()
def bootstrap(
    *,
    address: Annotated[str, typer.Option(envvar="VAULT_ADDR", help="Vault's address, as https://vault:8200.")] = "",
    token: Annotated[
        str, typer.Option(envvar="VAULT_TOKEN", help="An administrator's token.", show_default=False)
    ] = "",
    database: Annotated[
        str,
        typer.Option(
            envvar="PG_ADMIN_URL",
            help="PostgreSQL with a user that may make users: postgresql://administrator:password@host:5432/field_service.",
            show_default=False,
        ),
    ] = "",
    namespace: Annotated[str, typer.Option(help="Kubernetes namespace of the platform's service accounts.")] = "fsm",
    kubernetes: Annotated[
        str, typer.Option(help="Kubernetes' address; empty: no login of pods is set up.")
    ] = "https://kubernetes.default.svc",
    audit: Annotated[str, typer.Option(help="Vault's audit log; empty: none is switched on.")] = "",
    sslmode: Annotated[str, typer.Option(help="How Vault checks PostgreSQL's certificate.")] = "verify-full",
) -> None:
    """Writes a policy, a database role and a login for each process; run again, it writes the same.

    The processes are `work`, `intake`, `api` and `support`. `fsm migrate` makes the groups the database roles put users into.

    `VAULT_ADDR=https://vault:8200 VAULT_TOKEN=... PG_ADMIN_URL=postgresql://... fsm vault bootstrap --audit /vault/audit.log`
    """
    if not (address and token and database):
        raise UsageError("Expected VAULT_ADDR, VAULT_TOKEN and PG_ADMIN_URL (or --address, --token, --database).")
    import hvac
    import requests

    from adapters.vault import bootstrap as steps

    client = hvac.Client(url=address, token=token)
    try:
        steps.write_policies(client)
        steps.write_database(client, database, sslmode=sslmode)
        if kubernetes:
            steps.write_kubernetes(client, namespace=namespace, host=kubernetes)
        if audit:
            steps.write_audit(client, audit)
    except (hvac.exceptions.VaultError, requests.RequestException) as error:
        raise UsageError(f"Vault does not do what it is asked for: {str(error).splitlines()[0]}") from error
    out.print(f"Policies, database roles and logins are written: {', '.join(steps.PROCESSES)}.")
