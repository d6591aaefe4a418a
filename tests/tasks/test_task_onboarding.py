"""Providers are taken on by their papers, and stop when these end."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest

from workers.domain.errors import NotKnown, RegistrationInvalid
from workers.domain.values import Preference, ProviderRank, ZoneKind
from workers.runtime.outcome import BpmnError, Completed


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"bu_code": "FR-OTHER"}, "none of ours"),
        ({"email": None}, "e-mail"),
        ({"preferences": {"KITCHEN": Preference.OPT_OUT}}, "P1 or P2"),
        ({"zones": {"59": ZoneKind.OVERFLOW}}, "PRIMARY"),
        ({"zones": {f"59{n}": ZoneKind.PRIMARY for n in range(11)}}, "one to 10 zones"),
        ({"teams": []}, "work team"),
        ({"rank": ProviderRank.SUB}, "main provider"),
    ],
)
def test_an_application_is_complete_or_refused(world: Any, changes: dict[str, Any], word: str) -> None:
    """What is wrong is said, all of it, and nobody is kept."""
    with pytest.raises(RegistrationInvalid, match=word):
        world.registered(**changes)
    assert not [row for row in world.table("providers") if row["status"] == "REGISTERED"]


def test_a_sub_works_inside_the_zones_of_its_main_provider(world: Any) -> None:
    """A zone outside is refused; one inside is taken."""
    main = UUID(world.working().vars["providerId"])
    sub: dict[str, Any] = {"name": "Sous Traitant", "rank": ProviderRank.SUB, "main_provider_id": main}
    with pytest.raises(RegistrationInvalid, match="zones inside"):
        world.registered(**sub, zones={"75": ZoneKind.SECONDARY})
    world.registered(**sub, zones={"591": ZoneKind.SECONDARY})


def test_an_application_sent_again_is_the_same_provider(world: Any) -> None:
    """One provider, one open application, one number."""
    first = world.registered().vars
    assert world.registered().vars == first
    assert len(world.table("provider_applications")) == 1


def test_papers_are_missing_then_waiting_then_complete(world: Any) -> None:
    """What is handed in is no longer asked for; it counts once somebody approved it."""
    asked = world.registered().do("check-provider-papers").vars
    assert (asked["documentsMissing"], asked["contractSigned"]) == (["INSURANCE", "PLUMBING_LICENSE"], False)
    waiting = world.handed_in().do("check-provider-papers").vars
    assert [item["kind"] for item in waiting["documentsToReview"]] == ["INSURANCE"]
    assert waiting["documentsMissing"] == ["PLUMBING_LICENSE"]
    rejected = world.reviewed("REJECT").do("check-provider-papers").vars
    assert (rejected["documentsToReview"], rejected["documentsMissing"][0]) == ([], "INSURANCE")


def test_who_reviewed_is_read_from_the_task_list(world: Any) -> None:
    """A form says what was found, never who found it."""
    world.registered().handed_in().reviewed(remarks="seen the original")
    (row,) = world.documents()
    assert (row["state"], row["reviewed_by"]) == ("APPROVED", "dora")
    assert row["remarks"] == "seen the original looked at"


@pytest.mark.parametrize(("until", "problem"), [(None, "NO_END"), (date(2027, 1, 10), "ENDED")])
def test_an_approval_needs_an_end_that_is_ahead(world: Any, until: date | None, problem: str) -> None:
    """It goes back to whoever decided, with the reason."""
    world.registered().handed_in(until=until)
    review = {"decision": "APPROVE", "resolutionNotes": "looked at"}
    outcome = world.run("record-document-review", {"decidedIn": "ReviewDocument"}, documentReview=review)
    assert isinstance(outcome, BpmnError)
    assert (outcome.code, problem in outcome.variables) == ("REVIEW_INVALID", True)
    assert world.documents()[0]["state"] == "UPLOADED"


def test_a_licence_is_held_by_the_teams(world: Any) -> None:
    """Visits ask for certificates by name and day: the approved document is what teams hold."""
    world.registered().handed_in("PLUMBING_LICENSE", date(2029, 1, 1)).reviewed()
    (team,) = [row for row in world.table("work_teams") if str(row["provider_id"]) == world.vars["providerId"]]
    assert team["certificates"] == [{"name": "PLUMBING_LICENSE", "valid_until": "2029-01-01"}]
    world.clock.forward(days=1)
    world.handed_in("PLUMBING_LICENSE", date(2031, 1, 1)).reviewed()
    (team,) = [row for row in world.table("work_teams") if str(row["provider_id"]) == world.vars["providerId"]]
    assert team["certificates"] == [{"name": "PLUMBING_LICENSE", "valid_until": "2031-01-01"}]
    assert [row["state"] for row in world.documents()] == ["SUPERSEDED", "APPROVED"]


def test_nobody_works_without_contract(world: Any) -> None:
    """Documents alone are not enough, and the contract alone is not either."""
    world.registered().handed_in().reviewed().handed_in("PLUMBING_LICENSE", date(2029, 1, 1)).reviewed()
    outcome = world.run("activate-provider")
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "PAPERS_INCOMPLETE"
    assert {row["status"] for row in world.table("providers") if row["name"] == "Nouvel Atelier"} == {"REGISTERED"}


def test_a_provider_with_papers_and_contract_works(world: Any) -> None:
    """Its moves are kept, and told."""
    world.working()
    assert [(m["source"], m["target"]) for m in world.table("provider_moves")] == [
        (None, "REGISTERED"),
        ("REGISTERED", "ACTIVE"),
    ]
    assert [row["state"] for row in world.table("provider_applications")] == ["ACTIVATED"]
    assert "providers.document.status_changed" in world.topics()


def test_the_database_refuses_a_way_that_does_not_exist(world: Any) -> None:
    """A provider who only applied cannot be suspended, whoever tries."""
    world.registered()
    with psycopg.connect(world.url) as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute("UPDATE providers SET status = 'SUSPENDED' WHERE status = 'REGISTERED'")


def test_a_day_looks_at_each_document_once(world: Any) -> None:
    """A second look on the same day, as of a second timer, finds nothing; the next day finds it again."""
    world.working()
    assert len(world.do("list-ending-documents", horizonDays=366).vars["endingDocuments"]) == 1
    assert world.do("list-ending-documents", horizonDays=366).vars["endingDocuments"] == []
    world.clock.forward(days=1)
    (found,) = world.do("list-ending-documents", horizonDays=366).vars["endingDocuments"]
    assert (found["kind"], found["daysLeft"], found["stage"]) == ("INSURANCE", 169, "NONE")


def test_the_end_of_the_insurance_takes_back_what_was_asked(own_world: Any) -> None:
    """An open offer is withdrawn and its journey told; the provider is suspended and cannot accept any more."""
    order = dict(own_world.created().scheduled().offered().vars)
    provider = own_world.table("offers")[0]["provider_id"]
    own_world.vars = {"providerId": str(provider), "countryCode": "FR", "buCode": "FR-HOME"}
    own_world.handed_in(until=date(2027, 1, 12)).reviewed()
    own_world.clock.forward(days=2)
    own_world.do("expire-document", expiry="SUSPEND")
    assert [row["state"] for row in own_world.table("offers")] == ["WITHDRAWN"]
    assert own_world.table("provider_moves")[-1]["target"] == "SUSPENDED"
    assert ("offer-rejected", order["offerId"]) in [
        (m.name, m.correlation_key) for m in own_world.broker.messages.values()
    ]
    assert own_world.mail.by_template("job-offer-closed")


def test_the_end_of_the_insurance_replans_what_was_planned(own_world: Any) -> None:
    """The journey of an accepted visit looks for another provider and another day."""
    order = dict(own_world.created().scheduled().assigned().vars)
    own_world.vars = {"providerId": order["providerId"], "countryCode": "FR", "buCode": "FR-HOME"}
    own_world.handed_in(until=date(2027, 1, 12)).reviewed()
    own_world.clock.forward(days=2)
    own_world.do("expire-document", expiry="SUSPEND")
    told = [(m.name, m.correlation_key) for m in own_world.broker.messages.values()]
    assert ("visit-replan-requested", order["serviceOrderId"]) in told


def test_the_end_of_a_licence_takes_back_what_needs_it(own_world: Any) -> None:
    """The firm goes on working; what does not ask for the licence stays as it is."""
    own_world.created().scheduled().offered()
    provider = own_world.table("offers")[0]["provider_id"]
    own_world.vars = {"providerId": str(provider), "countryCode": "FR", "buCode": "FR-HOME"}
    own_world.handed_in("GAS_CERTIFICATION", date(2027, 1, 12)).reviewed()
    own_world.clock.forward(days=2)
    own_world.do("expire-document", expiry="SKILL_OFF")
    assert [row["state"] for row in own_world.table("offers")] == ["PENDING"]
    assert not own_world.table("provider_moves")


def test_a_document_renewed_meanwhile_is_not_ended(world: Any) -> None:
    """The look of the morning may be older than the renewal."""
    world.working()
    document = next(str(row["id"]) for row in world.documents() if row["kind"] == "INSURANCE")
    assert isinstance(world.run("expire-document", documentId=document, expiry="SUSPEND"), Completed)
    assert {row["state"] for row in world.documents()} == {"APPROVED"}


def test_a_new_insurance_brings_a_suspended_provider_back(world: Any) -> None:
    """Handing it in begins a renewal: reviewed and activated, the provider works again."""
    world.working()
    insurance = next(str(row["id"]) for row in world.documents() if row["kind"] == "INSURANCE")
    world.clock.at = datetime(2027, 7, 1, 6, 0, tzinfo=UTC)
    world.do("expire-document", documentId=insurance, expiry="SUSPEND")
    world.handed_in(until=date(2028, 6, 30))
    assert (world.heard.name, world.heard.variables["trades"]) == ("provider-registered", ["KITCHEN"])
    world.reviewed().do("activate-provider")
    assert [m["target"] for m in world.table("provider_moves")] == ["REGISTERED", "ACTIVE", "SUSPENDED", "ACTIVE"]


def test_a_document_belongs_to_its_provider(world: Any) -> None:
    """Who may decide about one provider does not decide about another's document by naming its id."""
    mine = world.registered().handed_in().vars["documentId"]
    world.registered("Autre Atelier", email="autre@example.com")
    review = {"decision": "APPROVE", "resolutionNotes": "looked at"}
    headers = {"decidedIn": "ReviewDocument"}
    outcome = world.run("record-document-review", headers, documentId=mine, documentReview=review)
    assert not isinstance(outcome, Completed)
    assert world.documents()[0]["state"] == "UPLOADED"


def test_a_provider_of_another_country_is_not_touched(world: Any) -> None:
    """The process believes in Spain, the provider is French."""
    world.registered()
    outcome = world.run("check-provider-papers", countryCode="ES")
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "TENANT_MISMATCH"


def test_a_team_of_another_provider_gets_no_papers(world: Any) -> None:
    """A team is named with the document: it must be the provider's own."""
    from workers.domain.onboarding import DocumentKind
    from workers.intake.providers import Upload, upload

    other = next(row["id"] for row in world.table("work_teams"))
    world.registered()
    handed = Upload(kind=DocumentKind.INSURANCE, content=b"", team_id=other)
    with world.unit("api") as effect, pytest.raises(NotKnown, match="Expected a team of provider"):
        upload(effect.unit, UUID(world.vars["providerId"]), handed, None, "k")  # type: ignore[arg-type]  # never read
