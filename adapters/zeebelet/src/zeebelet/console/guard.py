"""Who may use the pages: no other site through a reader's browser, nobody without the token the REST API asks for."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from zeebelet.gateway.errors import ForbiddenError

COOKIE = "zeebelet_form"
FIELD = "_form"
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; "
    "img-src 'self' data: https: http:; connect-src 'self'; form-action 'self'; frame-src https:; "
    "frame-ancestors 'none'; base-uri 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
}


def new_token() -> str:
    """A secret that the forms of one browser carry."""
    return secrets.token_urlsafe(18)


def _host_of(header: str) -> str:
    return urlsplit(f"//{header}").hostname or ""


def is_local(host: str) -> bool:
    """Whether a name can only mean this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def check_host(host: str, *, protected: bool) -> None:
    """Refuses a page asked for under a name of somebody else's, unless callers have to bring a token anyway."""
    if not protected and not is_local(_host_of(host)):
        raise ForbiddenError(
            f"Expected this page to be asked for as localhost, but the browser calls it {host}: open it by its local address."
        )


def check_origin(headers: Mapping[str, str]) -> None:
    """Refuses what another site's page sends."""
    origin, host = headers.get("origin", ""), headers.get("host", "")
    site = headers.get("sec-fetch-site", "same-origin")
    if site not in ("same-origin", "none") or (origin and urlsplit(origin).netloc != host):
        raise ForbiddenError(f"Expected a form of this console, but it was sent from {origin or 'another site'}.")


def check_token(cookie: str, given: str) -> None:
    """Refuses a form without the secret of this browser."""
    if not cookie or not hmac.compare_digest(cookie.encode(), given.encode()):
        raise ForbiddenError("Expected a form of this browser, but its secret is missing or old: load the page again.")
