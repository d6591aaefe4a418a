"""Nobody but the reader acts: other sites' forms, names and frames are refused."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from zeebelet.server import EngineThread, ServerOptions

PAGES = ("/console/tasks", "/console/instances")


def test_a_name_that_is_not_this_machine_is_refused(browser: Any) -> None:
    """A page asked for as another host's (DNS that was rebound) is not shown."""
    answer = browser.http.get("/console/tasks", headers={"host": "evil.example"})
    assert answer.status_code == 403


@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}])
def test_another_sites_form_is_refused(browser: Any, instance: str, headers: dict[str, str]) -> None:
    """A form sent from elsewhere changes nothing."""
    browser.open("/console/tasks")
    answer = browser.http.post(f"/console/act/cancel?key={instance}", headers=headers)
    assert answer.status_code == 403


def test_a_form_needs_the_browsers_secret(browser: Any, engine: str, instance: str) -> None:
    """Without the secret of the reader's cookie nothing is done."""
    browser.open("/console/tasks")
    answer = browser.http.post("/console/act/cancel", data={"key": instance, "_form": "guessed"})
    assert answer.status_code == 403
    assert httpx.get(f"{engine}/v2/process-instances/{instance}").json()["state"] == "ACTIVE"


def test_nothing_leads_out_of_the_console(browser: Any, task: str) -> None:
    """After an action the reader stays here, whatever the form says."""
    browser.open(f"/console/tasks/{task}")
    browser.send(browser.form('form[action$="/act/claim"]'), back="https://evil.example/")
    assert browser.answer.url.path == "/console/tasks"


@pytest.mark.parametrize("path", PAGES)
def test_pages_forbid_foreign_scripts_and_frames(browser: Any, path: str) -> None:
    """The policy lets only our own script run and nobody frame the page."""
    browser.open(path)
    policy = browser.answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert not browser.page.cssselect("script:not([src])")


def test_the_console_can_be_left_out() -> None:
    """Without the option there are no pages, and the API is untouched."""
    with EngineThread(ServerOptions(grpc_port=0, http_port=0, console=False)) as thread:
        assert httpx.get(f"{thread.addresses.http}/console/tasks").status_code == 404
        assert httpx.get(f"{thread.addresses.http}/v2/topology").status_code == 200


def test_a_protected_engine_has_protected_pages() -> None:
    """Where the API asks for a token, the pages do."""
    options = ServerOptions(grpc_port=0, http_port=0, verify=lambda token: {"sub": "ann"})
    with EngineThread(options) as thread:
        assert httpx.get(f"{thread.addresses.http}/console/tasks").status_code == 401
        answer = httpx.get(f"{thread.addresses.http}/console/tasks", headers={"authorization": "Bearer x"})
        assert 'value="ann"' in answer.text
