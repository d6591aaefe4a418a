"""The table of all elements and what makes them behave."""

from __future__ import annotations

from zeebelet.processors.bpmn import registry
from zeebelet.processors.bpmn.ad_hoc import AdHocSubProcess, InnerInstance
from zeebelet.processors.bpmn.call_activity import CallActivity
from zeebelet.processors.bpmn.container import Container, EventSubProcess
from zeebelet.processors.bpmn.element import ElementProcessor
from zeebelet.processors.bpmn.end_events import ThrowEvent
from zeebelet.processors.bpmn.events import BoundaryEvent, CatchEvent, StartEvent
from zeebelet.processors.bpmn.gateways import (
    EventBasedGateway,
    ExclusiveGateway,
    Gateway,
    InclusiveGateway,
)
from zeebelet.processors.bpmn.multi_instance import MultiInstanceBody
from zeebelet.processors.bpmn.process import Process
from zeebelet.processors.bpmn.tasks import BusinessRuleTask, JobWorkerTask, ReceiveTask, ScriptTask
from zeebelet.processors.bpmn.user_task import UserTaskProcessor

ELEMENTS: dict[str, ElementProcessor] = {
    # tasks
    "SERVICE_TASK": JobWorkerTask(),
    "SEND_TASK": JobWorkerTask(),
    "SCRIPT_TASK": ScriptTask(),
    "BUSINESS_RULE_TASK": BusinessRuleTask(),
    "USER_TASK": UserTaskProcessor(),
    "RECEIVE_TASK": ReceiveTask(),
    "MANUAL_TASK": ElementProcessor(),
    "TASK": ElementProcessor(),
    # gateways
    "EXCLUSIVE_GATEWAY": ExclusiveGateway(),
    "PARALLEL_GATEWAY": Gateway(),
    "INCLUSIVE_GATEWAY": InclusiveGateway(),
    "EVENT_BASED_GATEWAY": EventBasedGateway(),
    # events
    "START_EVENT": StartEvent(),
    "BOUNDARY_EVENT": BoundaryEvent(),
    "INTERMEDIATE_CATCH_EVENT": CatchEvent(),
    "INTERMEDIATE_THROW_EVENT": ThrowEvent(),
    "END_EVENT": ThrowEvent(),
    # containers
    "PROCESS": Process(),
    "SUB_PROCESS": Container(),
    "EVENT_SUB_PROCESS": EventSubProcess(),
    "AD_HOC_SUB_PROCESS": AdHocSubProcess(),
    "AD_HOC_SUB_PROCESS_INNER_INSTANCE": InnerInstance(),
    "CALL_ACTIVITY": CallActivity(),
    "MULTI_INSTANCE_BODY": MultiInstanceBody(),
}

registry.register(ELEMENTS)
