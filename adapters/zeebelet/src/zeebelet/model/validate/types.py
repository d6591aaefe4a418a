"""BPMN's element types as the vendor's model knows them: tag name -> class name and what it is a kind of.

Rules are written for a type and hold for every kind of it, as the validators of Zeebe's BPMN model do
(io.camunda:zeebe-bpmn-model, Apache-2.0).
"""

from __future__ import annotations

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"

# type -> its direct parent type; roots are left out. Tags are the type names with a lower first letter.
PARENT: dict[str, str] = {
    "Activity": "FlowNode",
    "AdHocSubProcess": "SubProcess",
    "Association": "Artifact",
    "Artifact": "BaseElement",
    "BoundaryEvent": "CatchEvent",
    "BusinessRuleTask": "Task",
    "CallActivity": "Activity",
    "CancelEventDefinition": "EventDefinition",
    "CatchEvent": "Event",
    "CompensateEventDefinition": "EventDefinition",
    "ComplexGateway": "Gateway",
    "ConditionalEventDefinition": "EventDefinition",
    "DataObject": "FlowElement",
    "DataObjectReference": "FlowElement",
    "DataStoreReference": "FlowElement",
    "EndEvent": "ThrowEvent",
    "Error": "RootElement",
    "ErrorEventDefinition": "EventDefinition",
    "Escalation": "RootElement",
    "EscalationEventDefinition": "EventDefinition",
    "Event": "FlowNode",
    "EventBasedGateway": "Gateway",
    "EventDefinition": "RootElement",
    "ExclusiveGateway": "Gateway",
    "FlowElement": "BaseElement",
    "FlowNode": "FlowElement",
    "Gateway": "FlowNode",
    "InclusiveGateway": "Gateway",
    "IntermediateCatchEvent": "CatchEvent",
    "IntermediateThrowEvent": "ThrowEvent",
    "LinkEventDefinition": "EventDefinition",
    "ManualTask": "Task",
    "Message": "RootElement",
    "MessageEventDefinition": "EventDefinition",
    "MultiInstanceLoopCharacteristics": "LoopCharacteristics",
    "LoopCharacteristics": "BaseElement",
    "ParallelGateway": "Gateway",
    "Process": "CallableElement",
    "CallableElement": "RootElement",
    "ReceiveTask": "Task",
    "RootElement": "BaseElement",
    "ScriptTask": "Task",
    "SendTask": "Task",
    "SequenceFlow": "FlowElement",
    "ServiceTask": "Task",
    "Signal": "RootElement",
    "SignalEventDefinition": "EventDefinition",
    "StartEvent": "CatchEvent",
    "SubProcess": "Activity",
    "Task": "Activity",
    "TerminateEventDefinition": "EventDefinition",
    "ThrowEvent": "Event",
    "TimerEventDefinition": "EventDefinition",
    "Transaction": "SubProcess",
    "UserTask": "Task",
    # Expressions have an id, and the vendor names them by it.
    "Expression": "BaseElement",
    "FormalExpression": "Expression",
    "Condition": "Expression",
    "ConditionExpression": "FormalExpression",
    "CompletionCondition": "Expression",
    "TimeDate": "Expression",
    "TimeDuration": "Expression",
    "TimeCycle": "Expression",
    "Lane": "BaseElement",
    "LaneSet": "BaseElement",
    "TextAnnotation": "Artifact",
    "Group": "Artifact",
    "Collaboration": "RootElement",
    "Participant": "BaseElement",
    "MessageFlow": "BaseElement",
    "Category": "RootElement",
    "CategoryValue": "BaseElement",
    "DataStore": "RootElement",
    "Definitions": "",
    "StandardLoopCharacteristics": "LoopCharacteristics",
}

SUPPORTED_FLOW_ELEMENTS = frozenset(
    [
        "AdHocSubProcess",
        "BoundaryEvent",
        "BusinessRuleTask",
        "EndEvent",
        "EventBasedGateway",
        "ExclusiveGateway",
        "InclusiveGateway",
        "IntermediateCatchEvent",
        "ParallelGateway",
        "ReceiveTask",
        "ScriptTask",
        "SequenceFlow",
        "SendTask",
        "ServiceTask",
        "StartEvent",
        "SubProcess",
        "CallActivity",
        "UserTask",
        "IntermediateThrowEvent",
        "ManualTask",
        "Task",
        "DataObject",
        "DataObjectReference",
        "DataStoreReference",
    ]
)
SUPPORTED_EVENT_DEFINITIONS = frozenset(
    f"{kind}EventDefinition"
    for kind in ("Message", "Timer", "Error", "Terminate", "Signal", "Link", "Escalation", "Compensate", "Conditional")
)


def type_of(tag: str) -> str:
    """`serviceTask` -> `ServiceTask`."""
    return tag[:1].upper() + tag[1:]


def _lineage(name: str) -> frozenset[str]:
    found = set()
    while name:
        found.add(name)
        name = PARENT.get(name, "")
    return frozenset(found)


LINEAGE: dict[str, frozenset[str]] = {name: _lineage(name) for name in PARENT}
