"""Deployments: everything is checked first, then everything or nothing is deployed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from zeebelet.errors import Failure, Rejection, invalid_argument
from zeebelet.processors import start_subscriptions
from zeebelet.processors.context import Context
from zeebelet.processors.deploying import bpmn_files, dmn_files, form_files, rpa_files
from zeebelet.processors.deploying.draft import Draft, ResourceProblem
from zeebelet.records import Deployment, DeploymentResource, Record

_READERS: tuple[tuple[tuple[str, ...], Callable[[Context, Draft, DeploymentResource, bytes], None]], ...] = (
    ((".bpmn", ".xml"), bpmn_files.read),
    ((".dmn",), dmn_files.read),
    ((".form",), form_files.read),
    ((".rpa",), rpa_files.read),
)


def create(ctx: Context, command: Record) -> None:
    """DEPLOYMENT/CREATE."""
    draft = _read(ctx, command.value)
    if not draft.is_new:
        event = ctx.event("DEPLOYMENT", "CREATED", ctx.next_key(), draft.answer(command.value, draft.old_key()))
        ctx.answer(command, event)
        return
    key = ctx.next_key()
    deployment = draft.renewed(ctx, key).answer(command.value, key)
    _check_start_timers(ctx, draft)
    _write(ctx, deployment)
    ctx.answer(command, ctx.event("DEPLOYMENT", "CREATED", key, deployment))


def _read(ctx: Context, deployment: Deployment) -> Draft:
    if not deployment.resources:
        raise invalid_argument("Expected to deploy at least one resource, but none given")
    draft = Draft()
    problems: list[str] = []
    for resource in deployment.resources:
        try:
            reader = _reader(resource.resource_name)
            reader(ctx, draft, resource, hashlib.md5(resource.resource, usedforsecurity=False).digest())
        except ResourceProblem as problem:
            problems.append(f"'{resource.resource_name}': {problem}")
    if problems:
        raise invalid_argument(
            "Expected to deploy new resources, but encountered the following errors:\n" + "\n".join(problems)
        )
    return draft


def unknown(ctx: Context, draft: Draft, resource: DeploymentResource, checksum: bytes) -> None:
    """Nobody knows what to do with it; resources of any kind come with 8.10."""
    raise ResourceProblem("unknown resource type")


def _reader(name: str) -> Callable[[Context, Draft, DeploymentResource, bytes], None]:
    for extensions, reader in _READERS:
        if name.endswith(extensions):
            return reader
    return unknown


def _check_start_timers(ctx: Context, draft: Draft) -> None:
    for executable in draft.executables.values():
        try:
            start_subscriptions.evaluate_timers(ctx, executable)
        except Failure as failure:
            raise Rejection(
                "PROCESSING_ERROR",
                f"Expected to create timer for start event, but encountered the following error: {failure.message}",
            ) from failure


def _write(ctx: Context, deployment: Deployment) -> None:
    for process in deployment.processes:
        previous = ctx.state.definitions.processes.latest(process.bpmn_process_id)
        ctx.event("PROCESS", "CREATED", process.process_definition_key, process)
        if previous is not None:
            start_subscriptions.close(ctx, previous.key)
        start_subscriptions.open_all(ctx, process.process_definition_key)
    for requirements in deployment.decision_requirements:
        ctx.event("DECISION_REQUIREMENTS", "CREATED", requirements.decision_requirements_key, requirements)
    for decision in deployment.decisions:
        ctx.event("DECISION", "CREATED", decision.decision_key, decision)
    for form in deployment.forms:
        ctx.event("FORM", "CREATED", form.form_key, form)
    for resource in deployment.generic_resources:
        ctx.event("RESOURCE", "CREATED", resource.resource_key, resource)


PROCESSORS = {("DEPLOYMENT", "CREATE"): create}
