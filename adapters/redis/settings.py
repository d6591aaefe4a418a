"""Where Redis is."""

from __future__ import annotations

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class RedisSettings(BaseModel):
    """Settings of the Redis adapter. `timeout` bounds every question: an answer that comes later is worth less than none.

    `rest`: how long nobody asks after a question went wrong, so that a slow Redis slows nothing but the first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    url: str = Field(pattern=r"^(rediss?|unix)://")
    username: str = ""
    password: SecretStr = SecretStr("")
    ca_file: str | None = None
    prefix: str = "fsm:"
    timeout: timedelta = timedelta(milliseconds=250)
    rest: timedelta = timedelta(seconds=2)
