"""BPMN files: checked by the vendor's rules, then compiled."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby

from zeebelet import graph
from zeebelet.graph.compiled import KEPT, definitions_of, executable_of
from zeebelet.model import bpmn, validate
from zeebelet.model.tree import Definitions, Node
from zeebelet.processors.context import Context
from zeebelet.processors.deploying import expression_checks, loops
from zeebelet.processors.deploying.draft import Draft, ResourceProblem
from zeebelet.records import DeploymentResource, ProcessMetadata

_LOOP = (
    "- Process: {process}\n"
    "    - ERROR: Processes are not allowed to contain a straight-through processing loop: {loop}\n"
)


def read(ctx: Context, draft: Draft, resource: DeploymentResource, checksum: bytes) -> None:
    """Add a file's executable processes to the draft."""
    definitions = _checked(resource.resource)
    content = resource.resource
    processes = [_executable(ctx, content, definitions, node) for node in definitions.processes if _is_executable(node)]
    found = loops.find(processes)
    if found:
        raise ResourceProblem(_LOOP.format(process=found[0], loop=" > ".join(found[1])))
    for executable in processes:
        _add(ctx, draft, resource, checksum=checksum, executable=executable)


def _is_executable(process: Node) -> bool:
    return process.flag("isExecutable", default=False)


def _executable(ctx: Context, content: bytes, definitions: Definitions, process: Node) -> graph.ExecutableProcess:
    findings = expression_checks.check(ctx, definitions, process)
    if findings:
        raise ResourceProblem(_report(findings))
    return _compiled(content, process)


@lru_cache(maxsize=KEPT)
def _checked(content: bytes) -> Definitions:
    findings = validate.judge(content)
    if findings:
        raise ResourceProblem(_report(findings))
    try:
        return definitions_of(content)
    except bpmn.BpmnParseError as error:
        raise ResourceProblem(str(error)) from error


def _compiled(content: bytes, node: Node) -> graph.ExecutableProcess:
    try:
        return executable_of(content, node.id)
    except graph.InvalidExpression as error:
        raise ResourceProblem(f"- Element: {node.id}\n    - ERROR: {error}\n") from error
    except KeyError as error:
        raise ResourceProblem(
            f"Expected every reference to lead to an element, but there is no element {error}"
        ) from error


def _report(findings: list[validate.Finding]) -> str:
    lines = []
    for path, group in groupby(findings, key=lambda finding: finding.path):
        if not path:
            return "\n".join(
                finding.message for finding in group
            )  # the file could not be read: there is no element yet
        lines.append(f"- Element: {' > '.join(path)}")
        lines.extend(f"    - ERROR: {finding.message}" for finding in group)
    return "\n".join(lines) + "\n"


def _add(
    ctx: Context, draft: Draft, resource: DeploymentResource, *, checksum: bytes, executable: graph.ExecutableProcess
) -> None:
    twin = next((item for item in draft.processes if item.bpmn_process_id == executable.id), None)
    if twin is not None:
        raise ResourceProblem(
            f"Duplicated process id in resources '{twin.resource_name}' and '{resource.resource_name}'"
        )
    draft.executables[executable.id] = executable
    draft.processes.append(_metadata(ctx, resource, checksum, executable))


def _metadata(
    ctx: Context, resource: DeploymentResource, checksum: bytes, executable: graph.ExecutableProcess
) -> ProcessMetadata:
    latest = ctx.state.definitions.processes.latest(executable.id)
    if latest is not None:
        known = latest.value.metadata
        if known.checksum == checksum and known.resource_name == resource.resource_name:
            return known._replace(duplicate=True)
    return ProcessMetadata(
        executable.id,
        -1,
        -1,
        resource.resource_name,
        checksum,
        version_tag=executable.version_tag,
        resource=resource.resource,
    )
