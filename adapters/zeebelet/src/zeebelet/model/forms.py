"""Camunda forms: only the id and version tag matter to the engine, the rest is handed on as it is."""

from __future__ import annotations

import json
from dataclasses import dataclass


class FormParseError(Exception):
    """The file is not a form the engine can deploy."""


@dataclass(frozen=True, slots=True)
class Form:
    """What the engine knows about a form."""

    id: str
    version_tag: str = ""


def parse(content: bytes) -> Form:
    """Read a `.form` file."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise FormParseError(f"Failed to parse formId from form JSON. {error}") from error
    identifier = document.get("id") if isinstance(document, dict) else None
    if identifier is None:
        raise FormParseError("Expected the form id to be present, but none given")
    if not str(identifier).strip():
        raise FormParseError("Expected the form id to be filled, but it is blank")
    return Form(id=str(identifier), version_tag=str(document.get("versionTag") or ""))
