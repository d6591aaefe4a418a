"""A page of text and boxes, written as SVG from top to bottom."""

from __future__ import annotations

import html
import textwrap
from dataclasses import dataclass, field

LETTER = 7.2  # average width of a letter at 12 px, in px: an SVG cannot measure its text, so lines break by this figure
LINE = 16
STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#22242a;white-space:pre}"
    ".t{font-size:16px;font-weight:600}.b{font-weight:600}.s{fill:#5b6070}"
)


def wrapped(text: str, width: float) -> list[str]:
    """The lines of a text in a column of that width in px; its own line breaks stay, and it has at least one line."""
    letters = max(int(width / LETTER), 4)
    lines = [part for line in text.splitlines() for part in textwrap.wrap(line, letters) or [""]]
    return lines or [""]


@dataclass(slots=True)
class Page:
    """What is drawn so far; `width` in px, `y` where the next thing goes."""

    width: float
    y: float = 12
    parts: list[str] = field(default_factory=list)

    def box(self, x: float, y: float, size: tuple[float, float], *, fill: str = "#ffffff", round_: int = 0) -> None:
        """A rectangle of a size (width, height)."""
        self.parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{size[0]:g}" height="{size[1]:g}" rx="{round_}" fill="{fill}" stroke="#c4c8d2"/>'
        )

    def lines(self, x: float, y: float, lines: list[str], *, kind: str = "") -> float:
        """Lines of text, the first one's top at `y`; returns where they end. `kind` is a class of the style, or empty."""
        for number, line in enumerate(lines, 1):
            name = f' class="{kind}"' if kind else ""
            self.parts.append(f'<text x="{x:g}" y="{y + number * LINE - 4:g}"{name}>{html.escape(line)}</text>')
        return y + len(lines) * LINE

    def svg(self, title: str) -> str:
        """The whole picture, with a title that a screen reader says."""
        size = f'width="{self.width:g}" height="{self.y + 12:g}"'
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} {self.y + 12:g}" {size} role="img">'
        )
        ground = f'<title>{html.escape(title)}</title><style>{STYLE}</style>\n<rect width="100%" height="100%" fill="#ffffff"/>'
        return "\n".join([head, ground, *self.parts, "</svg>", ""])
