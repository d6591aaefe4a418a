"""What a running stack needs once our API answers: Acrobat Sign calls its webhook from then on."""

from __future__ import annotations

import threading
import time

import httpx

from workers.cli.console import UsageError
from workers.standins import LocalStack

# Seconds; a machine with other work to do takes its time to import the API.
API_ANSWERS_WITHIN = 120


def register_sign_webhook(stack: LocalStack, stop: threading.Event | None = None) -> None:
    """Waits until our API answers, then registers its webhook at Acrobat Sign; `stop` ends the waiting."""
    deadline = time.monotonic() + API_ANSWERS_WITHIN
    while time.monotonic() < deadline and not (stop and stop.is_set()):
        try:
            httpx.get(f"{stack.settings.api.address}/livez", timeout=5).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
            continue
        stack.adobe.webhooks.register(f"{stack.settings.api.address}/webhooks/adobe-sign")
        return
    if not (stop and stop.is_set()):
        raise UsageError(f"Expected our API to answer at {stack.settings.api.address}, but: {stack.log_of('api')}")
