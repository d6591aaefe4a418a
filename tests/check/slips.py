"""Slips an analyst makes, each a change of one file: the text that is replaced (a regular expression), by what, and where
the gate has to point to (a part of the element's id, of the file's name or of what it says).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple


class Slip(NamedTuple):
    """One change. `where` is asked for in new findings only."""

    name: str
    file: str
    old: str
    new: str
    where: str

    def make(self, folder: Path) -> None:
        """Makes the slip in a copy of the models."""
        path = folder / self.file
        text = path.read_text()
        changed, count = re.subn(self.old, self.new, text, count=1, flags=re.DOTALL)
        assert count == 1, f"{self.file} does not hold {self.old}"
        path.write_text(changed)


MAIN, ASSIGN, TV = "bpmn/service-order-journey.bpmn", "bpmn/provider-assignment.bpmn", "bpmn/technical-visit.bpmn"
EXECUTION, CLOSING, GO = "bpmn/service-execution.bpmn", "bpmn/work-closing-form.bpmn", "bpmn/go-execution-check.bpmn"
CORRECT, ASSIGN_FORM, SLOT = "forms/correct-order.form", "forms/assign-provider.form", "forms/find-slot.form"

FIRST_ROW = (
    r"(<rule [^>]*>(?:\s*<description>.*?</description>)?\s*<inputEntry [^>]*>\s*<text>).*?"
    r"(</text>.*?<text>).*?(</text>.*?<text>).*?(</text>)"
)

# The five that everything else let through, as they were reported.
REPORTED = (
    Slip(
        "minutes for hours", CLOSING, "<bpmn:timeDuration([^>]*)>PT24H<", r"<bpmn:timeDuration\1>PT24M<", "ReminderDue"
    ),
    Slip("a due date that is no duration", MAIN, r"duration\(&quot;PT4H&quot;\)", "duration(&quot;4H&quot;)", '"4H"'),
    Slip(
        "a form key with a wrong word", CORRECT, "correction.postalCode", "correction.postcode", "correction.postcode"
    ),
    Slip("a form value with a typo", CORRECT, '"RETRY"\n', '"RETRI"\n', "RETRI"),
    Slip("a form text with a typo", CORRECT, r"\{\{countryCode\}\}", "{{countryCod}}", "countryCod"),
)

MODELS = (
    # links
    Slip("an unknown task type", ASSIGN, 'type="send-offer"', 'type="send-ofer"', "SendOffer"),
    Slip("a task without a type", ASSIGN, 'type="send-offer" retries', 'type="" retries', "SendOffer"),
    Slip("a form that does not exist", ASSIGN, 'formId="assign-provider"', 'formId="asign-provider"', "AssignManually"),
    Slip(
        "a decision that does not exist",
        ASSIGN,
        'decisionId="AssignmentMode"',
        'decisionId="AssignmentModes"',
        "AssignmentModes",
    ),
    Slip(
        "a process that does not exist", MAIN, 'processId="TechnicalVisit"', 'processId="TechnicalVisits"', "ExecuteTV"
    ),
    Slip("a role that does not exist", ASSIGN, "capacity-&quot;", "capacities-&quot;", "AssignManually"),
    Slip(
        "a group without its country",
        ASSIGN,
        r'candidateGroups="[^"]*"',
        'candidateGroups="capacity"',
        "AssignManually",
    ),
    Slip(
        "a link bound to the latest version",
        MAIN,
        'formId="find-slot" bindingType="deployment"',
        'formId="find-slot"',
        "FindTVSlot",
    ),
    Slip(
        "a message nobody sends",
        TV,
        '<bpmn:message ([^>]*)name="visit-checked-in"',
        r'<bpmn:message \1name="visit-checkedin"',
        "visit-checkedin",
    ),
    Slip("a wrong correlation key", TV, 'correlationKey="=visitId"', 'correlationKey="=serviceOrderId"', "correlated"),
    Slip(
        "a message sent under a wrong name",
        MAIN,
        'key="message" value="cancellation-confirmed"',
        'key="message" value="cancelation-confirmed"',
        "ConfirmCancellation",
    ),
    Slip(
        "a message sent with a wrong key",
        MAIN,
        'key="key" value="serviceOrderId"',
        'key="key" value="orderKey"',
        "sends",
    ),
    Slip(
        "a message template that does not exist",
        TV,
        'key="template" value="sla-warning"',
        'key="template" value="sla-warnin"',
        "NotifyTVOverrun",
    ),
    Slip(
        "a recipient that does not exist",
        TV,
        'key="recipient" value="operator"',
        'key="recipient" value="operators"',
        "NotifyTVOverrun",
    ),
    Slip("a header with a typo", TV, 'header key="template"', 'header key="templat"', "NotifyCustomerAbsent"),
    Slip("a life time that is none", MAIN, 'key="ttl" value="PT10S"', 'key="ttl" value="10 seconds"', "ttl"),
    # errors
    Slip(
        "an error code with a typo",
        ASSIGN,
        'errorCode="NO_PROVIDERS_FOUND"',
        'errorCode="NO_PROVIDER_FOUND"',
        "FindProviders",
    ),
    Slip(
        "a boundary event taken away",
        MAIN,
        r'<bpmn:boundaryEvent id="DuplicateOrder".*?</bpmn:boundaryEvent>',
        "",
        "ValidateOrder",
    ),
    Slip(
        "an error that nobody throws",
        MAIN,
        'errorCode="DUPLICATE_ORDER"',
        'errorCode="DUPLICATED_ORDER"',
        "DuplicateOrder",
    ),
    Slip(
        "an error end that no caller catches",
        ASSIGN,
        'errorCode="REPLAN_NEEDED"',
        'errorCode="REPLAN_NEDED"',
        "REPLAN_NEDED",
    ),
    # data
    Slip(
        "an output nobody maps", ASSIGN, '<zeebe:output source="=broadcastId" target="broadcastId"/>', "", "broadcastId"
    ),
    Slip("an input of the wrong name", MAIN, 'target="serviceType"/>', 'target="serviceTyp"/>', "serviceType"),
    Slip(
        "an input of the wrong type",
        MAIN,
        'source="=60" target="durationMin"',
        'source="=&quot;an hour&quot;" target="durationMin"',
        "durationMin",
    ),
    Slip(
        "a status sales does not know",
        MAIN,
        'source="=&quot;REJECTED&quot;"',
        'source="=&quot;REJECTD&quot;"',
        "REJECTD",
    ),
    Slip("a variable with a typo", MAIN, 'source="=tv.kind"', 'source="=tvv.kind"', "tvv"),
    Slip("a part of an object with a typo", MAIN, 'source="=tv.kind"', 'source="=tv.kinds"', "kinds"),
    Slip(
        "an output the worker does not give",
        MAIN,
        'source="=scheduledAt" target',
        'source="=scheduleAt" target',
        "scheduleAt",
    ),
    Slip("a called process without its tenant", MAIN, '<zeebe:input source="=buCode" target="buCode"/>', "", "buCode"),
    Slip(
        "a called process without what it needs",
        MAIN,
        '<zeebe:input source="=visitId" target="visitId"/>',
        "",
        "visitId",
    ),
    Slip(
        "a result the called process does not have",
        MAIN,
        'source="=executionId" target="executionId"',
        'source="=executionsId" target="executionId"',
        "executionsId",
    ),
    Slip(
        "a user task without output mapping",
        ASSIGN,
        '<zeebe:output source="=choice" target="choice"/>',
        "",
        "AssignManually",
    ),
    Slip("a value no form offers", MAIN, 'correction.decision = "REJECT"', 'correction.decision = "REJCT"', "REJCT"),
    Slip("a value no decision gives", TV, r"(\w+)\.reviewFirst", r"\1.reviewfirst", "reviewfirst"),
    Slip("a way that sets nothing", TV, '<zeebe:output source="={at: if[^>]*target="checkIn"/>', "", "checkIn"),
    Slip(
        "a counter that counts under another name",
        "bpmn/date-negotiation.bpmn",
        'resultVariable="round"',
        'resultVariable="ronud"',
        "ronud",
    ),
    Slip("an optional input with a typo", MAIN, 'target="slotChoice"/>', 'target="slotChioce"/>', "slotChioce"),
    Slip(
        "a reference to nothing",
        CLOSING,
        'errorRef="Error_ScanNotUsable"',
        'errorRef="Error_ScanNotUsabl"',
        "Error_ScanNotUsabl",
    ),
    # expressions and times
    Slip(
        "a condition that cannot be read",
        MAIN,
        'correction.decision = "REJECT"',
        'correction.decision == "REJECT"',
        "CorrectionDecided",
    ),
    Slip("a condition without its sign", MAIN, ">=correction.decision", ">correction.decision", "CorrectionDecided"),
    Slip("a function Camunda does not know", ASSIGN, "today\\(\\)", "todays()", "todays"),
    Slip(
        "a timer that is no duration",
        CLOSING,
        "<bpmn:timeDuration([^>]*)>PT48H<",
        r"<bpmn:timeDuration\1>48H<",
        "SignatureOverdue",
    ),
    Slip("a cycle that is none", CLOSING, ">R/PT1H<", ">R/1H<", "ReconcileDue"),
    Slip("a timer over a typo", TV, ">=noShowAt<", ">=noShowat<", "TVNoShow"),
    Slip("days for hours", MAIN, ">P7D<", ">PT7H<", "P7D"),
    Slip(
        "text and number added",
        ASSIGN,
        'source="=1" target="candidateIndex"',
        'source="=1 + &quot;a&quot;" target="candidateIndex"',
        "mixes",
    ),
    # structure
    Slip("no default flow", MAIN, ' default="Flow_CorrectionDecided_ValidateOrder"', "", "CorrectionDecided"),
    Slip(
        "a condition taken away",
        MAIN,
        r"<bpmn:conditionExpression[^>]*>=correction.*?</bpmn:conditionExpression>",
        "",
        "CorrectionDecided",
    ),
    Slip("a flow taken away", ASSIGN, r'<bpmn:sequenceFlow id="Flow_FindProviders_[^>]*/>', "", "FindProviders"),
    Slip(
        "an id made up by Modeler",
        ASSIGN,
        r'(id|bpmnElement|sourceRef|targetRef|attachedToRef)="SendOffer"',
        r'\1="Activity_0x1y2z3"',
        "Activity_0x1y2z3",
    ),
    Slip("a task without a name", ASSIGN, ' name="Send offer"', "", "SendOffer"),
    Slip("no tries", ASSIGN, 'type="send-offer" retries="3"', 'type="send-offer" retries="0"', "SendOffer"),
    Slip(
        "a shape moved onto another",
        ASSIGN,
        r'(bpmnElement="SendOffer"[^>]*>\s*<dc:Bounds x=")[^"]*(" y=")[^"]*',
        r"\g<1>20\g<2>20",
        "SendOffer",
    ),
    Slip("a process that is not executable", TV, 'isExecutable="true"', 'isExecutable="false"', "TechnicalVisit"),
    Slip("a user task of the old kind", ASSIGN, "<zeebe:userTask ?/>", "", "AssignManually"),
)

TABLES = (
    Slip("a form field nobody reads", ASSIGN_FORM, "choice.teamId", "choice.team", "choice.team"),
    Slip("a form field outside its object", ASSIGN_FORM, '"choice.teamId"', '"teamId"', "teamId"),
    Slip(
        "a form shows what nobody sets",
        SLOT,
        r"\{\{slotSearch.earliest\}\}",
        "{{slotSearched.earliest}}",
        "slotSearched",
    ),
    Slip("a form hides by a typo", SLOT, r"=slotChoice.decision !=", "=slotChoice.decison !=", "decison"),
    Slip("a form that asks nothing for sure", SLOT, r'"required": true', '"required": false', "slotChoice.decision"),
    Slip("a form with another id", SLOT, '"id": "find-slot"', '"id": "find-slots"', "find-slots"),
    Slip("a form that is no JSON", SLOT, '"type": "default"', '"type": default', "find-slot.form"),
    Slip(
        "a row that asks for a word nobody gives",
        "dmn/wcf-handling.dmn",
        r"<text>\"SIGNED\"</text>",
        '<text>"SINGED"</text>',
        "SINGED",
    ),
    Slip(
        "a row that gives another word",
        "dmn/wcf-handling.dmn",
        r"<text>\"REVIEW\"</text>",
        '<text>"REVEW"</text>',
        "REVEW",
    ),
    Slip(
        "minutes for hours in a table",
        "dmn/assignment-mode.dmn",
        r"<text>\"PT4H\"</text>",
        '<text>"PT4M"</text>',
        "PT4M",
    ),
    Slip(
        "a row that is never reached",
        "dmn/wcf-handling.dmn",
        FIRST_ROW,
        r"\1-\2-\3-\4",
        "never reached",
    ),
    Slip(
        "an input the process does not know",
        "dmn/wcf-handling.dmn",
        r"<text>worstSeverity</text>",
        "<text>worstSeverities</text>",
        "worstSeverities",
    ),
    Slip("a row taken away", "dmn/wcf-handling.dmn", r"<rule (?!.*<rule ).*?</rule>", "", "WcfHandling"),
    Slip(
        "a cell that cannot be read",
        "dmn/wcf-handling.dmn",
        r"<text>&gt; ?0</text>",
        "<text>&gt; </text>",
        "wcf-handling",
    ),
)

ALL = (*REPORTED, *MODELS, *TABLES)
