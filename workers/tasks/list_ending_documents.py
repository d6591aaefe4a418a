"""list-ending-documents: the documents whose end is near or past, to be looked at once a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from pydantic import Field

from workers.domain.onboarding import ProviderDocument
from workers.journey import onboarding
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskInput, TaskOutput, task

# A day's look. What is left over comes tomorrow, before what ends later.
MOST = 1000


class Input(TaskInput):
    """How many days ahead anybody wants to know."""

    horizon_days: int = Field(ge=1, le=366)


class Output(TaskOutput):
    """One entry per document, with whose it is: the process serves all countries."""

    ending_documents: list[dict[str, Any]]


@task("list-ending-documents")
def list_ending_documents(data: Input, ctx: Context, *, unit: UnitOfWork) -> Output:
    """Each document once a day, however often the day's look is repeated."""
    today = unit.now.date()
    found = unit.provider_documents.ending(today + timedelta(days=data.horizon_days), today=today, limit=MOST)
    looked = [unit.provider_documents.save(replace(document, looked_at=today)) for document in found]
    return Output(ending_documents=[_entry(unit, document) for document in looked])


def _entry(unit: UnitOfWork, document: ProviderDocument) -> dict[str, Any]:
    provider = unit.providers.get(document.provider_id)
    assert document.valid_until is not None, "only documents with an end are listed"
    return {
        "documentId": str(document.id),
        "providerId": str(provider.id),
        "countryCode": provider.country_code,
        "buCode": provider.bu_code,
        "kind": document.kind.value,
        "validUntil": document.valid_until.isoformat(),
        "daysLeft": (document.valid_until - onboarding.today(unit, provider)).days,
        "stage": document.stage.value,
    }
