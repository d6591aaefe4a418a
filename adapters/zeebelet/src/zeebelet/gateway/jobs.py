"""Jobs on their way to workers: taken from the engine, handed to those who poll and to those who stream."""

from __future__ import annotations

from typing import NamedTuple

from zeebelet.gateway.commands import Command, Commands
from zeebelet.gateway.errors import RejectedError
from zeebelet.records import Job, JobBatch

BLANK_JOB = Job("", -1, -1, -1, "", "", -1, -1)


class ActivatedJob(NamedTuple):
    """A job with its key, as a worker gets it."""

    key: int
    job: Job


class Activation:
    """Takes jobs from the engine, and gives back what never reached its worker."""

    def __init__(self, commands: Commands) -> None:
        self._commands = commands

    def take(self, batch: JobBatch) -> list[ActivatedJob]:
        """Activates the jobs a batch asks for, as far as there are any."""
        value = self._commands.now(Command("JOB_BATCH", "ACTIVATE", batch)).value
        return [ActivatedJob(key, job) for key, job in zip(value.job_keys, value.jobs, strict=True)]

    def give_back(self, jobs: list[ActivatedJob]) -> None:
        """Makes jobs activatable again: they fail with their retries unchanged."""
        for key, job in jobs:
            value = BLANK_JOB._replace(
                retries=job.retries, error_message="The client left before the job was delivered"
            )
            self._settle(Command("JOB", "FAIL", value, key))

    def yield_back(self, jobs: list[ActivatedJob]) -> None:
        """Makes jobs activatable again that a stream still held."""
        for key, _ in jobs:
            self._settle(Command("JOB", "YIELD", BLANK_JOB, key))

    def _settle(self, command: Command) -> None:
        try:
            self._commands.now(command)
        except RejectedError:
            return  # it timed out, was completed or cancelled meanwhile: then there is nothing to give back
