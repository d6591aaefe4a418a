"""The small signs inside the shapes of a BPMN diagram: what an event is about, what kind a task is, how a gateway decides.

Each sign is drawn around (0, 0), about 16 pixels wide, with `currentColor`; whoever uses it moves and scales it.
"""

from __future__ import annotations

LINE = 'fill="none" stroke="currentColor" stroke-width="1.3" stroke-linejoin="round"'
FULL = 'fill="currentColor" stroke="currentColor" stroke-width="1.3" stroke-linejoin="round"'
_ENVELOPE = "M-8 -5.5H8V5.5H-8Z"

EVENTS: dict[str, str] = {
    "messageEventDefinition": f'<path d="{_ENVELOPE}M-8 -5.5 0 1 8 -5.5" {LINE}/>',
    "timerEventDefinition": f'<circle r="8" {LINE}/><path d="M0 0V-6M0 0 4 2" {LINE}/>',
    "errorEventDefinition": f'<path d="M-8 7 -3 -7 2 1 8 -7 3 7 -2 -1Z" {LINE}/>',
    "escalationEventDefinition": f'<path d="M0 -8 6 7 0 1 -6 7Z" {LINE}/>',
    "signalEventDefinition": f'<path d="M0 -7 7.5 5.5H-7.5Z" {LINE}/>',
    "compensateEventDefinition": f'<path d="M0 -6V6L-7 0ZM7 -6V6L0 0Z" {LINE}/>',
    "conditionalEventDefinition": f'<path d="M-6 -8H6V8H-6ZM-4 -5H4M-4 -1.7H4M-4 1.7H4M-4 5H4" {LINE}/>',
    "linkEventDefinition": f'<path d="M-7 -3H2V-7L8 0 2 7V3H-7Z" {LINE}/>',
    "terminateEventDefinition": f'<circle r="9" {FULL}/>',
}

TASKS: dict[str, str] = {
    "serviceTask": f'<circle r="3" {LINE}/><path d="M0 -5V-8M0 5V8M-5 0H-8M5 0H8M-3.5 -3.5-5.6 -5.6M3.5 -3.5 5.6 -5.6'
    f'M-3.5 3.5-5.6 5.6M3.5 3.5 5.6 5.6" {LINE}/><circle r="5.4" {LINE}/>',
    "userTask": f'<circle cy="-3.5" r="3.6" {LINE}/><path d="M-7 7.5V5Q-7 1.5 -3 1H3Q7 1.5 7 5V7.5Z" {LINE}/>',
    "businessRuleTask": f'<path d="M-8 -6H8V6H-8ZM-8 -2.5H8M-8 2H8M-3.5 -2.5V6" {LINE}/><path d="M-8 -6H8V-2.5H-8Z" {FULL}/>',
    "scriptTask": f'<path d="M-5 -8H7Q2 -4 5 0T3 8H-8Q-3 4 -6 0T-5 -8ZM-3 -4H2M-3 0H2M-3 4H1" {LINE}/>',
    "receiveTask": EVENTS["messageEventDefinition"],
    "sendTask": f'<path d="{_ENVELOPE}" {FULL}/>',
    "manualTask": f'<path d="M-7 -3 -2 -7 0 -5 -2 -3H7V5H-5Z" {LINE}/>',
}

GATEWAYS: dict[str, str] = {
    "exclusiveGateway": '<path d="M-7 -8 7 8M-7 8 7 -8" stroke="currentColor" stroke-width="3"/>',
    "parallelGateway": '<path d="M-10 0H10M0 -10V10" stroke="currentColor" stroke-width="3"/>',
    "inclusiveGateway": '<circle r="9" fill="none" stroke="currentColor" stroke-width="2.5"/>',
    "eventBasedGateway": f'<circle r="13" {LINE}/><circle r="11" {LINE}/><path d="M0 -7 7 -1.5 4.3 6.5H-4.3L-7 -1.5Z" {LINE}/>',
    "complexGateway": '<path d="M-9 0H9M0 -9V9M-6.5 -6.5 6.5 6.5M-6.5 6.5 6.5 -6.5" stroke="currentColor" stroke-width="2.5"/>',
}

MARKS: dict[str, str] = {
    "parallel": f'<path d="M-4 -5V5M0 -5V5M4 -5V5" {LINE}/>',
    "sequential": f'<path d="M-5 -4H5M-5 0H5M-5 4H5" {LINE}/>',
    "loop": f'<path d="M-2 5A5 5 0 1 1 2 5M2 5 -1 3M2 5 1 1.5" {LINE}/>',
    "compensation": EVENTS["compensateEventDefinition"],
    "closed": f'<path d="M-6 -6H6V6H-6ZM0 -4V4M-4 0H4" {LINE}/>',
    "ad hoc": f'<path d="M-7 2Q-3.5 -5 0 0T7 -2" {LINE}/>',
}
