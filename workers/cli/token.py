"""`fsm token`: a bearer token for our API, as a machine or, on a laptop, as any of its people."""

from __future__ import annotations

from typing import Annotated

import httpx
import typer

from workers import settings as configured
from workers.cli.console import UsageError, print_json
from workers.ports.errors import Misconfigured, Unavailable


def token(
    client: Annotated[
        str, typer.Argument(help="Who: on a laptop `ops-FR`, `ops-supervisor`, `provider-app`, `erp` ...")
    ],
    *,
    secret: Annotated[
        str, typer.Option(envvar="FSM_TOKEN_SECRET", help="The client's secret; a laptop asks for none.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Print a bearer token of the identity provider, by client credentials.

    **Example**

    `curl -H "Authorization: Bearer $(fsm token erp)" -d '{"status": "COMPLETED"}' ...`
    """
    place = configured.required(configured.read().oidc, "oidc")
    found = _asked(place.issuer.rstrip("/"), client, secret)
    if as_json:
        print_json(found)
    else:
        print(found["access_token"])


def _asked(issuer: str, client: str, secret: str) -> dict[str, object]:
    form = {"grant_type": "client_credentials", "client_id": client}
    try:
        described = httpx.get(f"{issuer}/.well-known/openid-configuration", timeout=10).raise_for_status().json()
        answer = httpx.post(described["token_endpoint"], data=form, auth=(client, secret), timeout=10)
        found = answer.json()
    except httpx.HTTPError as error:
        raise Unavailable(f"Expected {issuer} to give a token, but: {type(error).__name__}", system="ping") from error
    except (ValueError, KeyError, TypeError) as error:
        raise Misconfigured(f"Expected {issuer} to be an OIDC issuer, but it does not speak as one") from error
    if not answer.is_success or "access_token" not in found:
        raise UsageError(
            f"Expected {client} to be known to {issuer}, but it says {found.get('error', answer.status_code)}"
        )
    return dict(found)
