"""One request of a page: who asks, what the API answers, how the page is made."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, tzinfo
from functools import cache, cached_property
from typing import Any
from urllib.parse import parse_qs, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request as HttpRequest
from starlette.responses import HTMLResponse, RedirectResponse, Response

from zeebelet.console import guard, times
from zeebelet.console.actions import ACTIONS
from zeebelet.console.rest import Request, Rest
from zeebelet.gateway.errors import GatewayError
from zeebelet.records import JsonObject

ROOT = "/console"
_ACTOR, _ZONE, _SAID = "zeebelet_actor", "zeebelet_zone", "zeebelet_said"
_MOST_SAID = 1500  # characters of a message that still fit into a cookie


@cache
def templates() -> Environment:
    """The pages' templates: everything is escaped, a name that is missing is a mistake."""
    loader = PackageLoader(__package__ or "", "templates")
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters["pretty"] = pretty
    return made


def pretty(value: Any) -> str:
    """A JSON value, or its text, with line breaks."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return str(value)
    return json.dumps(value, ensure_ascii=False, indent=2)


class Query(dict[str, str]):
    """The parameters of an address; one that is not there is empty."""

    def __missing__(self, name: str) -> str:
        return ""


class Reading:
    """Who asks for a page, when, and with which parameters."""

    def __init__(self, http: HttpRequest, rest: Rest, now_ms: int, *, clock_control: bool) -> None:
        self.http = http
        self.rest = rest
        self.now = datetime.fromtimestamp(now_ms / 1000, UTC)
        self.clock_control = clock_control
        self.token = http.cookies.get(guard.COOKIE) or guard.new_token()

    @property
    def query(self) -> Query:
        """The parameters of the address; of several with one name the last."""
        return Query(self.http.query_params)

    @cached_property
    def actor(self) -> str:
        """As whom tasks are claimed: the token's name, else what the reader chose."""
        name = self.rest.claims.get("preferred_username") or self.rest.claims.get("sub")
        return str(name or self.http.cookies.get(_ACTOR) or "demo")

    @cached_property
    def zone(self) -> tzinfo:
        """The reader's time zone."""
        return times.zone_of(self.http.cookies.get(_ZONE, ""))

    @property
    def address(self) -> str:
        """Where the API is reached."""
        return f"{self.http.url.scheme}://{self.http.headers.get('host', '')}"

    def link(self, **changes: Any) -> str:
        """Returns this page's address with other parameters; None takes one away."""
        kept = {**self.query, **changes}
        return f"{self.http.url.path}?{urlencode({name: value for name, value in kept.items() if value not in (None, '')})}"

    def when(self, text: str | None) -> Markup:
        """Returns a moment of the API in the reader's zone, its distance in the title."""
        value = times.moment(text)
        if value is None:
            return Markup("")
        shown, relative = times.shown(value, self.zone), times.relative(value, self.now)
        return Markup('<time datetime="{}" title="{}">{}</time>').format(text, relative, shown)

    def relative(self, text: str | None) -> Markup:
        """Returns the distance of a moment from the engine's now, the moment in the title."""
        value = times.moment(text)
        if value is None:
            return Markup("")
        shown, relative = times.shown(value, self.zone), times.relative(value, self.now)
        return Markup('<time datetime="{}" title="{}">{}</time>').format(text, shown, relative)

    def until(self, text: str) -> int:
        """Returns the milliseconds until a moment, none when it is past."""
        value = times.moment(text)
        return max(0, round((value - self.now).total_seconds() * 1000)) if value else 0

    def is_past(self, text: str | None) -> bool:
        """Whether a moment is before the engine's now."""
        value = times.moment(text)
        return value is not None and value < self.now


class Web(Reading):
    """A request for a page, and its answer."""

    async def posted(self) -> dict[str, list[str]]:
        """Returns the fields of the form that was sent, after checking that it is one of ours."""
        fields = parse_qs(
            (await self.http.body()).decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20_000
        )
        guard.check_token(self.http.cookies.get(guard.COOKIE, ""), next(iter(fields.pop(guard.FIELD, [])), ""))
        return fields

    def curl(self, action: str, fields: dict[str, str]) -> str:
        """Returns what an action asks, as a command; fields that are still to be typed stand in angle brackets."""
        return "\n".join(request.curl(self.address) for request in ACTIONS[action].requests(fields))

    def request_text(self, method: str, path: str, body: JsonObject | None = None) -> str:
        """Returns any request as a command."""
        return Request(method, path, body).curl(self.address)

    def render(self, template: str, *, status: int = 200, **values: Any) -> Response:
        """Returns a page."""
        said = self._said()
        text = templates().get_template(template).render(web=self, actions=ACTIONS, said=said, root=ROOT, **values)
        response = HTMLResponse(text, status, headers=guard.HEADERS)
        if guard.COOKIE not in self.http.cookies:
            response.set_cookie(guard.COOKIE, self.token, httponly=True, samesite="strict", path=ROOT)
        if said:
            response.delete_cookie(_SAID, path=ROOT)
        return response

    def _said(self) -> JsonObject:
        try:
            said = json.loads(base64.urlsafe_b64decode(self.http.cookies.get(_SAID, "")))
        except ValueError:
            return {}
        return said if isinstance(said, dict) and {"kind", "text"} <= set(said) else {}

    def redirect(self, path: str, *, said: str = "", problem: str = "") -> Response:
        """Sends the reader to another page, which says what happened."""
        response = RedirectResponse(path, 303)
        if said or problem:
            message = {"kind": "problem" if problem else "done", "text": (problem or said)[:_MOST_SAID]}
            text = base64.urlsafe_b64encode(json.dumps(message).encode()).decode()
            response.set_cookie(_SAID, text, httponly=True, samesite="strict", path=ROOT, max_age=60)
        return response

    def failed(self, error: GatewayError, status: int) -> Response:
        """Returns the page about something that went wrong."""
        return self.render("problem.html", status=status, title="That did not work", detail=error.detail)

    def set_actor(self, name: str, back: str) -> Response:
        """Lets the reader be somebody else from now on."""
        response = self.redirect(back)
        response.set_cookie(_ACTOR, name, httponly=True, samesite="strict", path=ROOT)
        return response
