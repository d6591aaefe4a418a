"""Where Acrobat Sign is and how this process shows who it is: an OAuth refresh token, or an integration key."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

_FROZEN = ConfigDict(frozen=True, extra="forbid")


class OAuth(BaseModel):
    """An application and its refresh token (dies after 60 days without use)."""

    model_config = _FROZEN
    method: Literal["oauth"] = "oauth"
    client_id: str
    client_secret: SecretStr
    refresh_token: SecretStr
    refresh_path: str = "oauth/v2/refresh"


class IntegrationKey(BaseModel):
    """A long-lived bearer token of one user."""

    model_config = _FROZEN
    method: Literal["integration-key"] = "integration-key"
    key: SecretStr


class AdobeSignSettings(BaseModel):
    """Settings of the Acrobat Sign adapter. `client_ids` are the applications whose webhooks are answered."""

    model_config = _FROZEN
    auth: Annotated[OAuth | IntegrationKey, Field(discriminator="method")]
    discovery_url: str = Field(default="https://api.adobesign.com/", pattern=r"^https?://")
    api_user: str | None = None
    client_ids: frozenset[str] = frozenset()
    timeout: timedelta = timedelta(seconds=30)
    max_document_bytes: int = 10 * 1024 * 1024
