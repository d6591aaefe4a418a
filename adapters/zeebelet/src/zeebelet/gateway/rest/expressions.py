"""FEEL on request."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from zeebelet import feel
from zeebelet.gateway.errors import InvalidRequestError
from zeebelet.gateway.rest.context import Call


def evaluate(call: Call) -> Any:
    """Evaluates an expression; a text without `=` is its own value."""
    text: str = call.body["expression"]
    if not text.startswith("="):
        return {"expression": text, "result": text, "warnings": []}
    now = datetime.fromtimestamp(call.services.clock.now() / 1000, UTC)
    try:
        result = feel.compile(text[1:]).evaluate(call.body.get("variables") or {}, clock=lambda: now)
        value = feel.to_json(result.value)
    except (feel.FeelSyntaxError, feel.FeelEvaluationError) as error:
        raise InvalidRequestError(f"Failed to evaluate expression '{text}': {error}") from error
    warnings = [{"message": warning.message} for warning in result.warnings]
    return {"expression": text, "result": value, "warnings": warnings}
