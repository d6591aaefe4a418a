"""Where documents are kept, and the font they are set in."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict


class DocumentSettings(BaseModel):
    """Settings of the documents adapter.

    Without a `font_file` (TrueType) the PDF's own Helvetica is used; it has Western European letters only, so others
    lose their accents.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    folder: Path
    font_file: Path | None = None
