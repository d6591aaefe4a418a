"""Texts of forms as HTML nobody can misuse: Markdown rendered, HTML cleaned."""

from __future__ import annotations

import html
from functools import cache
from typing import Any

_TAGS = set(
    "h1 h2 h3 h4 h5 h6 span em a p div ul ol li hr blockquote img pre code br strong table thead tbody tr th td".split()
)
# What the viewer takes out with everything inside; every other tag it does not know goes without what is inside.
_OUT = set(
    "b i u s small big sub sup mark del ins kbd samp var cite q abbr time label form input button select option textarea "
    "fieldset legend details summary dialog iframe object embed applet script style template noscript svg math video audio "
    "source track canvas map area picture figure figcaption section article header footer nav aside main address center font "
    "strike tt dl dt dd tfoot colgroup col caption base link meta title head body html frame frameset".split()
)
_ATTRIBUTES = {"*": {"align", "class", "name"}, "a": {"href", "target"}, "img": {"alt", "src"}}
_SCHEMES = {"http", "https", "mailto", "tel", "data"}


@cache
def _markdown() -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"breaks": True, "html": True}).enable(["table", "strikethrough"])


def markdown(text: str) -> str:
    """Returns a Markdown text as HTML with the tags the form viewer lets through."""
    import nh3

    rendered: str = _markdown().render(text)
    return nh3.clean(
        rendered,
        tags=_TAGS,
        clean_content_tags=_OUT,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener",
    )


def rich(text: str) -> str:
    """Returns the HTML of an HTML component, cleaned of everything that acts."""
    import nh3

    return nh3.clean(text, attributes={**nh3.ALLOWED_ATTRIBUTES, "*": {"class", "align", "title", "style"}})


def escaped(text: str) -> str:
    """Returns a value so that it is text inside of HTML and of templates."""
    return html.escape(text).replace("{", "&#123;").replace("}", "&#125;")
