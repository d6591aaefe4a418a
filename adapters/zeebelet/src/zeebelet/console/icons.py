"""The signs inside of BPMN shapes, drawn by hand on a grid of 16."""

from __future__ import annotations

from typing import Protocol

from markupsafe import Markup

_ENVELOPE = "M1 3h14v10H1z M1 3l7 6 7-6"
TASKS = {
    "userTask": "M8 2a3 3 0 1 1 0 6 3 3 0 1 1 0-6z M2 15c0-4 2.5-6 6-6s6 2 6 6z",
    "serviceTask": "M8 5.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 1 1 0-5z M8 1v2.5 M8 12.5V15 M1 8h2.5 M12.5 8H15 M3 3l1.8 1.8 "
    "M11.2 11.2 13 13 M13 3l-1.8 1.8 M4.8 11.2 3 13",
    "scriptTask": "M4 1h9c-3 3 2 5-1 8s-2 4-1 6H2c3-3-2-5 1-8s2-4 1-6z M5 5h5 M5 8h5 M5 11h5",
    "businessRuleTask": "M1 2h14v12H1z M1 5h14 M5 5v9 M1 9.5h14",
    "sendTask": _ENVELOPE,
    "receiveTask": _ENVELOPE,
    "manualTask": "M2 6h8l-2-3 M2 6v6l3 2h6l1-2 M11 12h2",
}
EVENTS = {
    "message": _ENVELOPE,
    "timer": "M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 1 1 0-13z M8 4v4.3l3 1.7",
    "signal": "M8 2l6 11H2z",
    "error": "M2 14 6 4l4 6 4-8-3.5 12-4-6z",
    "escalation": "M8 2l5 12-5-5-5 5z",
    "conditional": "M3 1.5h10v13H3z M5 5h6 M5 8h6 M5 11h6",
    "link": "M1 6h8V3l6 5-6 5v-3H1z",
    "compensate": "M8 3v10L2 8z M14 3v10L8 8z",
    "terminate": "M8 3a5 5 0 1 1 0 10 5 5 0 1 1 0-10z",
}
GATEWAYS = {
    "exclusiveGateway": "M4 4l8 8 M12 4l-8 8",
    "parallelGateway": "M8 2v12 M2 8h12",
    "inclusiveGateway": "M8 3a5 5 0 1 1 0 10 5 5 0 1 1 0-10z",
    "eventBasedGateway": "M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 1 1 0-13z M8 5l3 2.2-1.1 3.6H6.1L5 7.2z",
    "complexGateway": "M8 2v12 M2 8h12 M4 4l8 8 M12 4l-8 8",
}
MARKS = {
    "parallel": "M4 3v10 M8 3v10 M12 3v10",
    "sequential": "M3 4h10 M3 8h10 M3 12h10",
    "plus": "M2 2h12v12H2z M8 5v6 M5 8h6",
    "tilde": "M2 9c2-4 4-4 6-1s4 3 6-1",
    "compensation": EVENTS["compensate"],
}
ARROWS = Markup(  # noqa: S704 - nothing in it comes from outside
    "<defs>"
    + "".join(
        f'<marker id="arrow-{kind}" class="arrow {kind}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" '
        'orient="auto"><path d="M0 1 10 5 0 9z"/></marker>'
        for kind in ("plain", "taken", "loose")
    )
    + "</defs>"
)


class Place(Protocol):
    """Where a shape lies."""

    @property
    def x(self) -> float:
        """Left."""

    @property
    def y(self) -> float:
        """Top."""

    @property
    def centre(self) -> tuple[float, float]:
        """The middle."""


def _placed(path: str, x: float, y: float, *, filled: bool = False, scale: float = 1.0) -> Markup:
    return Markup('<path class="sign {}" transform="translate({:g} {:g}) scale({:g})" d="{}"/>').format(
        "filled" if filled else "", x, y, scale, path
    )


def icon(kind: str, event: str, box: Place) -> Markup:
    """Returns the sign of an element: tasks have it in a corner, events and gateways in the middle."""
    x, y = box.centre
    if kind in TASKS:
        return _placed(TASKS[kind], box.x + 6, box.y + 6, filled=kind == "sendTask")
    if kind in GATEWAYS:
        return _placed(GATEWAYS[kind], x - 10, y - 10, scale=1.25)
    if kind.endswith("Event") and event in EVENTS:
        throws = kind in ("endEvent", "intermediateThrowEvent")
        return _placed(EVENTS[event], x - 8, y - 8, filled=throws and event != "timer")
    return Markup("")


def mark(name: str, x: float, y: float) -> Markup:
    """Returns a marker at the foot of an activity."""
    return _placed(MARKS[name], x + 2, y, scale=0.8)
