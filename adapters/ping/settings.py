"""Where the identity provider is, and what its claims are called."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class PingSettings(BaseModel):
    """PingFederate: issuer `https://<host>:9031`. PingOne: `https://auth.pingone.<region>/<environment>/as`.

    `jwks_url` only where discovery names other keys than those that sign access tokens: an access token manager with a
    certificate of its own publishes them under `/ext/<path>`. `audiences` must be set: a token for another API is none for ours.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    issuer: str = Field(pattern=r"^https?://")
    audiences: frozenset[str] = Field(min_length=1)
    jwks_url: str | None = Field(default=None, pattern=r"^https?://")
    groups_claim: str = "groups"
    country_claim: str = "country"
    bu_claim: str = "bu"
    store_claim: str = "store"
    provider_claim: str = "provider_id"
    role_scope_prefix: str = "fsm."
    leeway_seconds: int = Field(default=60, ge=0, le=300)
    keys_last_seconds: float = Field(default=300.0, ge=1)
    timeout_seconds: float = Field(default=5.0, gt=0)
