"""Deploy, start, cancel, publish: the `Processes` port over the gateway's stubs, for threads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import grpc
from pyzeebe.proto import gateway_pb2 as pb
from pyzeebe.proto.gateway_pb2_grpc import GatewayStub

from adapters.camunda.channel import blocking_channel
from adapters.camunda.errors import from_grpc
from adapters.camunda.settings import CamundaSettings
from workers.ports.processes import Deployed, ProcessMessage, Resource

_LATEST = -1
# kind of the answer -> (id, version, key, resource) fields; a decision's file is known by its requirements only
_DEPLOYED: Mapping[str, tuple[str, str, str, str]] = {
    "process": ("bpmnProcessId", "version", "processDefinitionKey", "resourceName"),
    "decision": ("dmnDecisionId", "version", "decisionKey", ""),
    "decisionRequirements": ("dmnDecisionRequirementsId", "version", "decisionRequirementsKey", "resourceName"),
    "form": ("formId", "version", "formKey", "resourceName"),
}
_KINDS = {"decisionRequirements": "drg"}


class ZeebeProcesses:
    """Camunda 8 as the inside sees it."""

    def __init__(self, settings: CamundaSettings) -> None:
        self._channel = blocking_channel(settings)
        self._stub = GatewayStub(self._channel)
        self._timeout = settings.request_timeout.total_seconds()
        self._tenant = settings.tenant_ids[0] if settings.tenant_ids else ""

    def deploy(self, resources: Sequence[Resource]) -> list[Deployed]:
        """Deploys all or nothing."""
        files = [pb.Resource(name=resource.name, content=resource.content) for resource in resources]
        answer = self._call("DeployResource", pb.DeployResourceRequest(resources=files, tenantId=self._tenant))
        return [_deployed(deployment) for deployment in answer.deployments]

    def publish(self, message: ProcessMessage) -> None:
        """Publishes a message; a known `message_id` counts as published."""
        request = pb.PublishMessageRequest(
            name=message.name,
            correlationKey=message.correlation_key,
            timeToLive=int(message.ttl.total_seconds() * 1000),
            messageId=message.message_id,
            variables=json.dumps(dict(message.variables)),
            tenantId=self._tenant,
        )
        try:
            self._stub.PublishMessage(request, timeout=self._timeout)
        except grpc.RpcError as error:
            if error.code() is not grpc.StatusCode.ALREADY_EXISTS:
                raise from_grpc(error, reference=message.message_id or message.name) from error

    def start(self, process_id: str, variables: Mapping[str, Any]) -> int:
        """Starts an instance of the latest version."""
        request = pb.CreateProcessInstanceRequest(
            bpmnProcessId=process_id, version=_LATEST, variables=json.dumps(dict(variables)), tenantId=self._tenant
        )
        return int(self._call("CreateProcessInstance", request, reference=process_id).processInstanceKey)

    def cancel(self, process_instance_key: int) -> None:
        """Terminates an instance."""
        request = pb.CancelProcessInstanceRequest(processInstanceKey=process_instance_key)
        self._call("CancelProcessInstance", request, reference=str(process_instance_key))

    def close(self) -> None:
        """Closes the connection."""
        self._channel.close()

    def _call(self, name: str, request: Any, *, reference: str = "") -> Any:
        try:
            return getattr(self._stub, name)(request, timeout=self._timeout)
        except grpc.RpcError as error:
            raise from_grpc(error, reference=reference) from error


def _deployed(deployment: Any) -> Deployed:
    kind = deployment.WhichOneof("Metadata")
    answer = getattr(deployment, kind)
    ident, version, key, resource = _DEPLOYED[kind]
    return Deployed(
        kind=_KINDS.get(kind, kind),
        id=getattr(answer, ident),
        version=getattr(answer, version),
        key=getattr(answer, key),
        resource_name=getattr(answer, resource) if resource else "",
    )
