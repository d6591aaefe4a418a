"""Where the database is, and how long the platform waits for it."""

from __future__ import annotations

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class PostgresSettings(BaseModel):
    """Settings of the PostgreSQL adapter.

    `url` names host, port and database (`postgresql://host:5432/field_service`). The user comes from Vault; a fixed one in
    the URL or in `username`/`password` is for migrations and tools. A pooled connection is replaced after `recycle`, which
    with the age of a credential at connect and the longest transaction must stay below the lease's life (a third each).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    url: str = Field(pattern=r"^postgresql(\+psycopg)?://", repr=False)
    username: str | None = None
    password: SecretStr | None = None
    pool_size: int = Field(default=10, ge=1)
    max_overflow: int = Field(default=10, ge=0)
    connect_timeout: timedelta = timedelta(seconds=5)
    pool_timeout: timedelta = timedelta(seconds=10)
    lock_timeout: timedelta = timedelta(seconds=5)
    statement_timeout: timedelta = timedelta(seconds=15)
    recycle: timedelta = timedelta(minutes=20)
    application_name: str = "fsm-platform"
