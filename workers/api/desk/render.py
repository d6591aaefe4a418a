"""How the desk's pages are made: templates, moments on a country's clock, refusals as pages."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from workers.api.desk import session
from workers.bootstrap import Platform
from workers.domain.tenancy import COUNTRIES, Country
from workers.ports.clock import Clock


@cache
def templates() -> Environment:
    """The pages' templates: everything is escaped, a name that is missing is a mistake."""
    loader = PackageLoader("workers.api.desk", "templates")
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters["when"] = when
    made.filters["day"] = day
    made.filters["words"] = words
    return made


def when(moment: datetime | None, country: str) -> Markup:
    """A moment on a country's clock."""
    if moment is None:
        return Markup("")
    told = COUNTRIES[country].local(moment)
    return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(), f"{told:%a %-d %b %Y, %H:%M}")


def day(value: date | datetime | None, country: str) -> str:
    """A day, on a country's calendar."""
    if value is None:
        return ""
    told = COUNTRIES[country].day(value) if isinstance(value, datetime) else value
    return f"{told:%a %-d %b %Y}"


def words(code: object) -> str:
    """A code as words: `NOT_OK_PAYMENT` is "not ok payment"."""
    return str(code or "").replace("_", " ").replace("-", " ").lower()


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page for whoever asks."""
    caller = getattr(request.state, "caller", None)
    text = (
        templates()
        .get_template(template)
        .render(
            request=request,
            root=session.ROOT,
            caller=caller,
            form=Markup('<input type="hidden" name="{}" value="{}">').format(
                session.FIELD, session.form_token(request)
            ),
            **values,
        )
    )
    response = HTMLResponse(text, status, headers=session.HEADERS)
    session.remember_form(request, response)
    return response


def refusal(request: Request, status: int, detail: str) -> HTMLResponse:
    """The page about something that is not possible; for a stranger that is the door."""
    if status == 401:
        response = sign_in_page(request, problem=detail if request.cookies.get(session.SESSION) else "", status=401)
        response.headers["WWW-Authenticate"] = "Bearer"
        return response
    return page(request, "problem.html", status=status, detail=detail, status_code=status)


def sign_in_page(request: Request, *, problem: str = "", status: int = 200) -> HTMLResponse:
    """The door: on a laptop its people are listed."""
    platform: Platform = request.app.state.platform
    back = request.url.path if session.is_page(request.url.path) else session.ROOT
    back = session.ROOT if back.startswith(session.OPEN) else back
    people = platform.settings.api.people if platform.settings.oidc else ()
    return page(request, "sign_in.html", status=status, people=people, problem=problem, back=back)


def now(request: Request) -> datetime:
    """What time it is for the journeys."""
    platform: Platform = request.app.state.platform
    return platform.get(Clock).now()


def country_of(code: str) -> Country:
    """A country's rules."""
    return COUNTRIES[code]
