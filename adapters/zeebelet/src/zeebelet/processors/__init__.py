"""Every command and who processes it. A processor reads the state and writes events, commands, rejections and answers."""

from __future__ import annotations

from collections.abc import Callable

from zeebelet.processors import (
    ad_hoc_instruction,
    clock,
    cluster,
    conditional_evaluation,
    decision_evaluation,
    deployment,
    incident,
    instance_creation,
    job,
    job_batch,
    message,
    message_correlation,
    process_instance,
    process_instance_migration,
    process_instance_modification,
    resource_deletion,
    signals,
    timer,
    user_task,
    variable_document,
)
from zeebelet.processors.bpmn import elements, steps
from zeebelet.processors.context import Context, EngineConfig
from zeebelet.records import Record

Processor = Callable[[Context, Record], None]

PROCESSORS: dict[tuple[str, str], Processor] = {
    **ad_hoc_instruction.PROCESSORS,
    **clock.PROCESSORS,
    **cluster.PROCESSORS,
    **conditional_evaluation.PROCESSORS,
    **decision_evaluation.PROCESSORS,
    **deployment.PROCESSORS,
    **incident.PROCESSORS,
    **instance_creation.PROCESSORS,
    **job.PROCESSORS,
    **job_batch.PROCESSORS,
    **message.PROCESSORS,
    **message_correlation.PROCESSORS,
    **process_instance.PROCESSORS,
    **process_instance_migration.PROCESSORS,
    **process_instance_modification.PROCESSORS,
    **resource_deletion.PROCESSORS,
    **signals.PROCESSORS,
    **steps.PROCESSORS,
    **timer.PROCESSORS,
    **user_task.PROCESSORS,
    **variable_document.PROCESSORS,
}

__all__ = ["PROCESSORS", "Context", "EngineConfig", "Processor", "elements"]
