"""Definitions and how they come and go."""

from __future__ import annotations

from typing import NamedTuple

from zeebelet.records.json import DEFAULT_TENANT


class DeploymentResource(NamedTuple):
    """A file of a deployment."""

    resource_name: str
    resource: bytes


class ProcessMetadata(NamedTuple):
    """PROCESS (event CREATED, DELETED) and the metadata of a deployment."""

    bpmn_process_id: str
    version: int
    process_definition_key: int
    resource_name: str
    checksum: bytes
    duplicate: bool = False
    version_tag: str = ""
    deployment_key: int = -1
    resource: bytes = b""
    tenant_id: str = DEFAULT_TENANT


class DecisionRequirementsMetadata(NamedTuple):
    """DECISION_REQUIREMENTS (CREATED, DELETED)."""

    decision_requirements_id: str
    decision_requirements_name: str
    decision_requirements_version: int
    decision_requirements_key: int
    namespace: str
    resource_name: str
    checksum: bytes
    duplicate: bool = False
    resource: bytes = b""
    deployment_key: int = -1
    tenant_id: str = DEFAULT_TENANT


class DecisionMetadata(NamedTuple):
    """DECISION (CREATED, DELETED)."""

    decision_id: str
    decision_name: str
    version: int
    decision_key: int
    decision_requirements_id: str
    decision_requirements_key: int
    duplicate: bool = False
    version_tag: str = ""
    deployment_key: int = -1
    tenant_id: str = DEFAULT_TENANT


class FormMetadata(NamedTuple):
    """FORM (CREATED, DELETED)."""

    form_id: str
    version: int
    form_key: int
    resource_name: str
    checksum: bytes
    duplicate: bool = False
    version_tag: str = ""
    deployment_key: int = -1
    resource: bytes = b""
    tenant_id: str = DEFAULT_TENANT


class ResourceMetadata(NamedTuple):
    """RESOURCE: a generic resource (CREATED, DELETED)."""

    resource_id: str
    version: int
    resource_key: int
    resource_name: str
    checksum: bytes
    duplicate: bool = False
    version_tag: str = ""
    deployment_key: int = -1
    resource: bytes = b""
    tenant_id: str = DEFAULT_TENANT


class Deployment(NamedTuple):
    """DEPLOYMENT. Command CREATE, event CREATED."""

    resources: tuple[DeploymentResource, ...]
    processes: tuple[ProcessMetadata, ...] = ()
    decision_requirements: tuple[DecisionRequirementsMetadata, ...] = ()
    decisions: tuple[DecisionMetadata, ...] = ()
    forms: tuple[FormMetadata, ...] = ()
    generic_resources: tuple[ResourceMetadata, ...] = ()
    deployment_key: int = -1
    tenant_id: str = DEFAULT_TENANT


class ResourceDeletion(NamedTuple):
    """RESOURCE_DELETION. Command DELETE, events DELETING, DELETED."""

    resource_key: int
    tenant_id: str = DEFAULT_TENANT
