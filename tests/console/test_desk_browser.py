"""The desk, the customer's and the provider's pages in a real browser, on the whole stack: nobody types a key.

Every page that is seen is looked at by axe-core too. With FSM_RENEW_PICTURES=1 the pictures of docs/ are made anew.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.adobe_sign.local_api import API
from adapters.emulator import answers
from workers.bootstrap import build
from workers.cli.deploy import deploy_models
from workers.standins import LocalStack

REPOSITORY = Path(__file__).parents[2]
PICTURES = REPOSITORY / "docs" / "pictures"
QUIET = (
    "--disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
).split()
REFUSED = answers(403, {"code": "PERMISSION_DENIED", "message": "The user has no permission to send documents"})
pytestmark = [pytest.mark.integration, pytest.mark.timeout(480)]


@pytest.fixture(scope="module")
def stack() -> Iterator[LocalStack]:
    """The stack with our own processes."""
    with LocalStack(private=True) as found:
        with build(found.settings) as platform:
            deploy_models(platform, REPOSITORY)
        found.run()
        yield found


@pytest.fixture(scope="module")
def fsm(stack: LocalStack) -> Callable[..., str]:
    """Another terminal."""

    def call(*arguments: str) -> str:
        command = [sys.executable, "-m", "workers", *arguments]
        ended = subprocess.run(
            command, cwd=REPOSITORY, env=stack.environment, capture_output=True, text=True, check=True
        )
        return ended.stdout

    return call


@pytest.fixture(scope="module")
def page(stack: LocalStack) -> Iterator[Any]:
    """A page of a browser."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("Expected Debian's Chromium, but it is not installed: .ci/servers installs it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET, chromium_sandbox=os.geteuid() != 0)
        size = {"width": 1280, "height": 900}
        # The pages allow no script at all; axe-core is one.
        opened = browser.new_page(viewport=size, base_url=stack.settings.api.address, bypass_csp=True)
        opened.set_default_timeout(120_000)
        yield opened
        browser.close()


def looked_at(page: Any, name: str = "") -> None:
    """axe-core finds nothing on the page; with a name a picture of it is kept."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    assert not [(item["id"], [node["html"] for node in item["nodes"]]) for item in found]
    if name and os.environ.get("FSM_RENEW_PICTURES"):
        page.screenshot(path=PICTURES / f"{name}.png")


def until(what: Callable[[], bool], seconds: float = 180) -> None:
    """Waits for what the journeys do by themselves."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come in time"
        time.sleep(0.5)


def shows(page: Any, words: str) -> bool:
    """Whether the page, loaded again, has these words."""
    page.reload()
    return words in page.content()


def test_support_resumes_an_order_that_acrobat_sign_stopped(stack: LocalStack, fsm: Any, page: Any) -> None:
    """Found on the first page, understood on the order's, resumed by one button once Acrobat Sign is well again."""
    stack.adobe.faults.plan(f"POST {API}/transientDocuments", *[REFUSED] * 20)
    fsm("sell")
    fsm("clock", "move", "3h")
    page.goto("/desk")
    looked_at(page)
    page.get_by_role("button", name="support", exact=True).click()
    until(lambda: shows(page, "Stuck: 1"))
    looked_at(page, "desk-orders")
    page.locator(".alert a").first.click()
    page.get_by_role("heading", name=re.compile("Stuck for")).wait_for()
    assert "What to do" in page.content()
    looked_at(page, "desk-stuck")
    stack.adobe.faults.forget()
    page.get_by_role("button", name="Try again").click()
    page.get_by_text("Tried again").wait_for()
    until(lambda: not shows(page, "Stuck for") and "signs the customer contract" in page.content())
    page.goto(page.url.split("?")[0])
    until(lambda: shows(page, "contract signature request"))
    looked_at(page, "desk-order")
    page.get_by_role("link", name=re.compile("contract signature request")).first.click()
    page.get_by_role("heading", level=1).wait_for()
    looked_at(page)
