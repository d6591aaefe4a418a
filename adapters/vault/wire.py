"""What Vault answers, and which port error each hvac exception is. OpenBao answers alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import hvac.exceptions as hvac_errors
import requests.exceptions as requests_errors

from workers.ports import errors
from workers.ports.secrets import DatabaseCredentials

SYSTEM = "Vault"

# The first matching row counts. `InvalidRequest` is split by its words below: Vault answers 400 to very different faults.
FOREIGN: tuple[tuple[type[Exception], type[errors.PortError]], ...] = (
    (hvac_errors.InvalidPath, errors.NotFound),
    (hvac_errors.Forbidden, errors.Misconfigured),
    (hvac_errors.Unauthorized, errors.Misconfigured),
    (hvac_errors.ParamValidationError, errors.Misconfigured),
    (hvac_errors.UnsupportedOperation, errors.Misconfigured),
    (hvac_errors.VaultNotInitialized, errors.Misconfigured),
    (hvac_errors.InvalidRequest, errors.Refused),
    (hvac_errors.VaultError, errors.Unavailable),  # sealed, 5xx, 429, 412 of a standby that lags behind
    (requests_errors.SSLError, errors.Misconfigured),
    (requests_errors.InvalidURL, errors.Misconfigured),
    (requests_errors.InvalidSchema, errors.Misconfigured),
    (requests_errors.MissingSchema, errors.Misconfigured),
    (requests_errors.RequestException, errors.Unavailable),
)
# Refusals that no other request would heal: an operator has to mend roles or ids.
SETTINGS_FAULTS = ("invalid role or secret ID", "unknown role", "invalid role name", "missing client token")


@contextmanager
def port_errors(what: str, *, reference: str = "") -> Iterator[None]:
    """Turns what hvac and requests raise while they do `what` into a `PortError`."""
    try:
        yield
    except (hvac_errors.VaultError, requests_errors.RequestException) as error:
        raise translated(error, what, reference=reference) from error


def translated(error: Exception, what: str, *, reference: str = "") -> errors.PortError:
    """The port error of a foreign one."""
    kind = next(port for foreign, port in FOREIGN if isinstance(error, foreign))
    if kind is errors.Refused and any(words in str(error) for words in SETTINGS_FAULTS):
        kind = errors.Misconfigured
    reason = _first_line(error) if isinstance(error, hvac_errors.VaultError) else type(error).__name__
    return kind(f"Vault could not {what}: {reason}", system=SYSTEM, reference=reference)


@dataclass(frozen=True, slots=True)
class Token:
    """A token and its life. `expires_at` is None for one that never ends (the root token of a laptop)."""

    renewable: bool
    ttl: timedelta
    expires_at: datetime | None


def token_of(auth: Mapping[str, Any], now: datetime, *, ttl_field: str = "lease_duration") -> Token:
    """The token a login, a renewal (`lease_duration`) or a look-up (`ttl`) tells of."""
    ttl = timedelta(seconds=int(auth[ttl_field]))
    return Token(renewable=bool(auth.get("renewable")), ttl=ttl, expires_at=now + ttl if ttl else None)


@dataclass(frozen=True, slots=True)
class Lease:
    """Database credentials and the instant from which they should be renewed or replaced."""

    credentials: DatabaseCredentials
    refresh_at: datetime
    ttl: timedelta


def lease_of(answer: Mapping[str, Any], now: datetime, *, token: Token) -> Lease:
    """The lease of new database credentials; it ends with the token that asked for it, if that ends first."""
    data = answer["data"]
    return _lease(answer, now, token=token, username=data["username"], password=data["password"])


def renewed(lease: Lease, answer: Mapping[str, Any], now: datetime, *, token: Token) -> Lease | None:
    """The lease after a renewal; None when Vault granted too little (its maximum is near) and a new one is due."""
    old = lease.credentials
    fresh = _lease(answer, now, token=token, username=old.username, password=old.password)
    return fresh if fresh.ttl * 3 >= lease.ttl * 2 else None


def _lease(answer: Mapping[str, Any], now: datetime, *, token: Token, username: str, password: str) -> Lease:
    ttl = timedelta(seconds=int(answer["lease_duration"]))
    expires_at = min(now + ttl, token.expires_at or now + ttl)
    credentials = DatabaseCredentials(
        username=username, password=password, lease_id=answer["lease_id"], expires_at=expires_at
    )
    # A third of the life: together with a pool that recycles after another third, no connection outlives its user.
    return Lease(credentials=credentials, refresh_at=now + (expires_at - now) / 3, ttl=ttl)


def _first_line(error: Exception) -> str:
    lines = [line.strip(" \t*") for line in str(error).splitlines() if "error occurred" not in line]
    return next((line for line in lines if line), type(error).__name__)
