"""The pages of `fsm scenarios --html --coverage` in a real browser (Debian's Chromium), opened as files, without a network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from workers.settings import MODELS
from workers.workshop.scenarios.coverage import Coverage
from workers.workshop.scenarios.page import write_page
from workers.workshop.scenarios.parts import Parts
from workers.workshop.scenarios.run import chosen, run
from workers.workshop.scenarios.stage import Stage

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]
QUIET = ["--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
GREEN = "rgb(46, 125, 50)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both pages, of two scenarios: one that ends well, one that waits."""
    place = tmp_path_factory.mktemp("pages")
    scenarios, repertoire = chosen(MODELS, ("S8", "S12"))
    with Stage() as stage:
        played = list(run(stage, scenarios, repertoire, Parts(MODELS)))
    write_page(place / "scenarios", played, repertoire.models)
    measured = Coverage(repertoire.models)
    for one in played:
        measured.add(one)
    measured.write(place / "coverage")
    return place


@pytest.fixture
def page() -> Iterator[Any]:
    """A page of an offline browser; what its scripts complain about fails the test."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("Expected Debian's Chromium, but it is not installed: .ci/servers installs it")
    from playwright.sync_api import sync_playwright

    problems: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET, chromium_sandbox=os.geteuid() != 0)
        opened = browser.new_context(viewport={"width": 1600, "height": 1000}, offline=True).new_page()
        opened.on("pageerror", lambda error: problems.append(str(error)))
        yield opened
        browser.close()
    assert not problems


def test_the_way_of_a_scenario_is_green(page: Any, folder: Path) -> None:
    """A click on a scenario shows only diagrams it came by, what it passed in green, and its timeline with what people did."""
    page.goto((folder / "scenarios" / "index.html").as_uri())
    page.get_by_text("S12 A Spanish provider").first.click()

    passed = page.locator('section[data-process="ProviderAssignment"] [data-element-id="AutoAcceptOffer"] > rect').first
    other = page.locator('section[data-process="ProviderAssignment"] [data-element-id="SendBroadcast"] > rect').first
    assert passed.evaluate("e => getComputedStyle(e).stroke") == GREEN
    assert other.evaluate("e => getComputedStyle(e).stroke") != GREEN
    assert page.locator('section[data-process="ProviderAssignment"]').is_visible()
    assert not page.locator('section[data-process="WorkClosingForm"]').is_visible()
    assert page.locator("#timeline tr.act").filter(has_text="customer").count() >= 1
    drawn = page.screenshot(path=folder / "scenario.png", full_page=True)
    assert len(drawn) > 40_000  # a picture of a page that shows something


def test_kinds_of_lines_can_be_hidden(page: Any, folder: Path) -> None:
    """Events begin hidden; a box shows them, another hides the path."""
    page.goto((folder / "scenarios" / "index.html").as_uri() + "#S12")
    events, path = page.locator("#timeline tr.event").first, page.locator("#timeline tr.path").first

    assert not events.is_visible()
    page.get_by_label("event").check()
    page.get_by_label("path").uncheck()
    assert events.is_visible()
    assert not path.is_visible()


def test_the_coverage_page_shows_shares_and_every_diagram(page: Any, folder: Path) -> None:
    """One row per process and decision, one drawing per process; what nothing passed is named."""
    page.goto((folder / "coverage" / "index.html").as_uri())

    assert page.get_by_text("2 scenarios; elements").is_visible()
    assert page.locator("svg").count() >= len(list((MODELS / "bpmn").glob("*.bpmn")))
    assert "SendBroadcast" in page.locator("table").first.inner_text()
    page.screenshot(path=folder / "coverage.png")
