"""Where Camunda is and who we are to it."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from pydantic import BaseModel, ConfigDict, SecretStr, model_validator


class CamundaSettings(BaseModel):
    """Plain text and no credentials by default (a laptop, a service mesh); OAuth client credentials need TLS.

    `tenant_ids` empty means the default tenant. `request_timeout` bounds single calls, not long polls and streams.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    grpc_address: str = "127.0.0.1:26500"
    rest_address: str = "http://127.0.0.1:8080"
    tls: bool = False
    ca_file: str = ""
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    token_url: str = ""
    audience: str = "zeebe-api"
    scope: str = ""
    tenant_ids: tuple[str, ...] = ()
    request_timeout: timedelta = timedelta(seconds=20)

    @property
    def authenticated(self) -> bool:
        """Whether tokens are fetched and sent."""
        return bool(self.client_id)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        """A client id alone would fail at the first call, with a text nobody understands."""
        if self.authenticated and not (self.client_secret.get_secret_value() and self.token_url):
            raise ValueError("Expected client_secret and token_url beside client_id, but at least one is empty")
        if self.authenticated and not self.tls:
            raise ValueError("Expected tls=true beside client_id: gRPC does not send tokens over plain text")
        return self
