"""Where the enterprise messaging service is and how this process shows who it is."""

from __future__ import annotations

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class MessagingSettings(BaseModel):
    """Settings of the messaging adapter."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    base_url: str = Field(pattern=r"^https?://")
    api_key: SecretStr
    sender: str = Field(default="FSO", max_length=11)
    callback_url: str | None = None
    timeout: timedelta = timedelta(seconds=10)
