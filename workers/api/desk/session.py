"""Who looks at the desk's pages: a bearer token, shown by a gateway before us or kept by the browser after signing in.

The cookie holds the token itself, so that every request is judged by what the identity provider signed and any process of ours
can answer it. Pages alone read it (its path is theirs): no route of the API can be called through somebody's browser. Forms carry
a secret of the browser beside it, and must come from a page of ours.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from fastapi import Request
from starlette.responses import Response

from workers.domain.callers import Forbidden
from workers.ports.identity import InvalidTokenError

ROOT = "/desk"
# Pages that are for everybody: the door itself and what makes it readable.
OPEN = (f"{ROOT}/sign-in", f"{ROOT}/static/")
SESSION, FORM, FIELD = "fsm_session", "fsm_form", "_form"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
LONGEST_COOKIE = 3800  # browsers keep 4096 bytes, name and attributes included
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; "
    "frame-src 'self'; form-action 'self'; frame-ancestors 'self'; base-uri 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
}


def is_page(path: str) -> bool:
    """Whether a path is one of the desk's pages."""
    return path == ROOT or path.startswith(f"{ROOT}/")


def authorization(request: Request) -> str:
    """The `Authorization` header a page's request shows, or would show."""
    shown = request.headers.get("authorization", "")
    kept = request.cookies.get(SESSION, "")
    return shown or (f"Bearer {kept}" if kept else "")


def form_token(request: Request) -> str:
    """The secret this browser's forms carry."""
    kept = request.cookies.get(FORM, "")
    if not kept:
        kept = getattr(request.state, "form_token", "") or secrets.token_urlsafe(18)
        request.state.form_token = kept
    return kept


def remember_form(request: Request, response: Response) -> None:
    """Gives the browser the secret of its forms, once."""
    if FORM not in request.cookies:
        _set(request, response, FORM, form_token(request))


def sign_in(request: Request, response: Response, token: str) -> None:
    """Keeps a token. `InvalidTokenError` for one that no cookie holds."""
    if len(token) > LONGEST_COOKIE:
        raise InvalidTokenError(f"Expected a token of at most {LONGEST_COOKIE} signs, but it is longer")
    _set(request, response, SESSION, token)


def sign_out(request: Request, response: Response) -> None:
    """Forgets the token."""
    response.delete_cookie(SESSION, path=ROOT)


def _set(request: Request, response: Response, name: str, value: str) -> None:
    secure = request.url.hostname not in LOOPBACK
    response.set_cookie(name, value, httponly=True, samesite="strict", secure=secure, path=ROOT)


async def posted(request: Request) -> Mapping[str, str]:
    """The fields of a form of ours, of several with one name the last. `Forbidden` for what another site sent."""
    origin = request.headers.get("origin")
    if origin and urlsplit(origin).netloc != request.headers.get("host", ""):
        raise Forbidden("Expected a form of this site, but another one sent it.")
    body = (await request.body()).decode("utf-8", "replace")
    fields = {name: values[-1] for name, values in parse_qs(body, keep_blank_values=True, max_num_fields=500).items()}
    kept, shown = request.cookies.get(FORM, ""), fields.pop(FIELD, "")
    if not kept or not hmac.compare_digest(kept.encode(), shown.encode()):
        raise Forbidden("Expected a form of this page, but its secret is missing or old: load the page again.")
    return fields
