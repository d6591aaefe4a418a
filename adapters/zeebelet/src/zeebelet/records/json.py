"""Names shared by all values."""

from __future__ import annotations

from typing import Any

JsonObject = dict[str, Any]
DEFAULT_TENANT = "<default>"
