"""Which bucket keeps our documents, and how it is reached."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class StorageSettings(BaseModel):
    """Settings of the Cloud Storage adapter.

    Without `credentials_file` (a service account's key) the machine's own identity is used: on GKE the workload's. `retention` is
    what the bucket's own policy must promise; `endpoint` is for the emulator.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    bucket: str = Field(min_length=3, max_length=222)
    project: str = ""
    prefix: str = ""
    credentials_file: Path | None = None
    endpoint: str | None = None
    retention: timedelta | None = None
    timeout: timedelta = timedelta(seconds=20)
