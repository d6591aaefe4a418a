"""Where Oracle Fusion is, which of its business units are ours, and how this process shows who it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

_FROZEN = ConfigDict(frozen=True, extra="forbid")


class BasicAuth(BaseModel):
    """A service user of the pod."""

    model_config = _FROZEN
    method: Literal["basic"] = "basic"
    username: str
    password: SecretStr


class OAuth(BaseModel):
    """A confidential application of the OCI identity domain.

    With `private_key` (PEM) the application speaks for `user` by a signed assertion (jwt-bearer): the usual choice, because roles
    in Fusion hang on a user. Without one it speaks for itself (client_credentials).
    """

    model_config = _FROZEN
    method: Literal["oauth"] = "oauth"
    token_url: str = Field(pattern=r"^https?://")
    client_id: str
    client_secret: SecretStr
    scope: str
    user: str = ""
    private_key: SecretStr | None = None
    key_id: str = ""
    audience: str = "https://identity.oraclecloud.com/"


class OracleFusionSettings(BaseModel):
    """Settings of the Oracle Fusion adapter.

    `business_units`: our `bu_code` -> the name of the business unit in Fusion. `hold_name` and `release_name` are lookups of the
    customer's set-up (type HOLD CODE).
    """

    model_config = _FROZEN
    auth: Annotated[BasicAuth | OAuth, Field(discriminator="method")]
    base_url: str = Field(pattern=r"^https?://")
    # Pinned: `latest` would change under us.
    resources: str = "/fscmRestApi/resources/11.13.18.05"
    # Below 4 errors are plain text, below 2 the query language is another one.
    framework_version: int = Field(default=4, ge=2)
    business_units: Mapping[str, str] = {}
    invoice_source: str = "FSO"
    hold_name: str = "Field service claim"
    release_name: str = "Field service claim settled"
    timeout: timedelta = timedelta(seconds=30)
