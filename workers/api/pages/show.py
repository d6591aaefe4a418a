"""How a page for a visitor is made, and what it says when something is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qs

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from pydantic import ValidationError

from workers.api.pages.door import Visitor
from workers.api.pages.words import Words, known
from workers.domain.errors import DomainError
from workers.domain.messages import LANGUAGES
from workers.domain.passes import PassRefused
from workers.ports.errors import PortError

ROOTS = ("/c/", "/p/")
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; form-action 'self' https: http:; "
    "frame-ancestors 'none'; base-uri 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",  # the address is the key
    "cache-control": "no-store",
    "x-robots-tag": "noindex",
}


@cache
def templates() -> Environment:
    """The pages' templates: everything is escaped, a name that is missing is a mistake."""
    loader = PackageLoader("workers.api.pages", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def is_page(path: str) -> bool:
    """Whether a path is a customer's or a provider's page."""
    return path.startswith(ROOTS)


def page(visitor: Visitor, template: str, *, status: int = 200, problem: str = "", **values: Any) -> HTMLResponse:
    """A page in the visitor's language; `problem` is a sentence above it."""
    done = visitor.request.query_params.get("done") is not None and not problem
    text = (
        templates()
        .get_template(template)
        .render(
            t=visitor.words, v=visitor, languages=LANGUAGES, problem=problem, done=done, path=visitor.root, **values
        )
    )
    return HTMLResponse(text, status, headers=HEADERS)


def refusal(request: Request, status: int) -> HTMLResponse:
    """The page of a link that opens nothing; its language is the browser's."""
    words = Words(known(request.headers.get("accept-language", "").split(",")[0]), None)
    later = status >= 500
    text = (
        templates()
        .get_template("refused.html")
        .render(
            t=words,
            title=words("problem.title" if later else "refused.title"),
            text=words("problem.later" if later else "refused.text"),
        )
    )
    return HTMLResponse(text, status, headers=HEADERS)


async def posted(request: Request) -> Mapping[str, str]:
    """The fields of a form, of several with one name the last, without the empty ones."""
    body = (await request.body()).decode("utf-8", "replace")
    found = parse_qs(body, max_num_fields=100)
    return {name: values[-1].strip() for name, values in found.items() if values[-1].strip()}


def acted(visitor: Visitor, act: Callable[[], object], again: Callable[[str, int], Response]) -> Response:
    """Does it and thanks; what a rule refuses is said in words above the same page (`again`)."""
    try:
        act()
    except PassRefused:
        raise
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][-1]) if error.errors() else ""
        return again(visitor.words("problem.field", field=field), 422)
    except DomainError as error:
        key = f"problem.{error.code}"
        return again(visitor.words(key if visitor.words.has(key) else "problem.other"), 409)
    except PortError:
        return again(visitor.words("problem.later"), 503)
    return RedirectResponse(f"{visitor.root}?done=1&lang={visitor.words.language}", 303, headers=HEADERS)
