"""Where Vault is, how this process proves who it is, and where things are mounted."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

_FROZEN = ConfigDict(frozen=True, extra="forbid")


class TokenAuth(BaseModel):
    """A token handed in from outside; it is renewed, but never replaced."""

    model_config = _FROZEN
    method: Literal["token"] = "token"
    token: SecretStr


class AppRoleAuth(BaseModel):
    """A role id and a secret id, exchanged for a token as often as needed."""

    model_config = _FROZEN
    method: Literal["approle"] = "approle"
    role_id: str
    secret_id: SecretStr
    mount: str = "approle"


class KubernetesAuth(BaseModel):
    """The pod's service account; its token is read anew at each login, because Kubernetes rotates it."""

    model_config = _FROZEN
    method: Literal["kubernetes"] = "kubernetes"
    role: str
    token_file: Path = Path("/var/run/secrets/kubernetes.io/serviceaccount/token")
    mount: str = "kubernetes"


Auth = Annotated[TokenAuth | AppRoleAuth | KubernetesAuth, Field(discriminator="method")]


class VaultSettings(BaseModel):
    """Settings of the Vault adapter."""

    model_config = _FROZEN
    address: str = Field(pattern=r"^https?://")
    auth: Auth
    namespace: str | None = None
    kv_mount: str = "secret"
    database_mount: str = "database"
    ca_file: Path | None = None
    timeout: timedelta = timedelta(seconds=5)
