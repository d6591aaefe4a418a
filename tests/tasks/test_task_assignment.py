"""Finding a provider: candidates, ranking, offers, silence, confirmation, withdrawal."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from workers.domain.errors import OfferAlreadyAnswered
from workers.domain.orders import Address
from workers.intake import answers
from workers.journey.almanac import Almanac
from workers.runtime.outcome import BpmnError, Completed

HELD_FOR = timedelta(hours=48)

MADRID = Address(street="Calle del Olmo 8", postal_code="28001", city="Madrid", country="ES")
SPAIN = {"country_code": "ES", "bu_code": "ES-HOME", "store_code": "ES-0028", "address": MADRID}


def names(world, providers):
    with world.unit() as effect:
        found = [effect.unit.providers.get(item["providerId"]).name for item in providers]
        effect.store({})
    return found


def test_candidates_carry_what_the_score_needs(world):
    """S14: the facts of the scoring example, nearest first, every team of a provider with its own calendar."""
    world.created().scheduled().searched()
    facts = [
        tuple(
            c[name]
            for name in ("servicePreference", "tier", "distanceKm", "firstTimeRate", "satisfaction", "punctuality")
        )
        for c in world.vars["candidates"]
    ]
    facts = list(dict.fromkeys(facts))
    assert facts[0] == ("P1", 1, 8.5, 0.96, 4.3, 0.9)
    assert facts[1] == ("P1", 2, 22.0, 0.88, 4.6, 0.97)
    assert len({c["providerId"] for c in world.vars["candidates"]}) == len(facts) >= 3
    assert [c["exclusions"] for c in world.vars["screened"] if c["exclusions"]] == []
    assert world.vars["hoursToVisit"] == 382.0


def test_who_came_before_is_preferred(world):
    """The provider of the survey is marked for the main work."""
    world.surveyed().scheduled().do("find-providers")
    same = [candidate for candidate in world.vars["candidates"] if candidate["sameProvider"]]
    assert {candidate["distanceKm"] for candidate in same} == {8.5}
    assert len({candidate["providerId"] for candidate in same}) == 1


def test_nobody_fits(own_world):
    """S16: the funnel tells who was screened out by what and is kept; a second search may find somebody."""
    world = own_world.created().scheduled()
    with psycopg.connect(world.url, autocommit=True) as connection:
        connection.execute("UPDATE providers SET risk_status = 'SUSPENDED'")
    world.ranked()
    assert (world.vars["ranked"], world.vars["funnel"]["excludedBy"]) == ([], {"RISK": 8})
    assert world.vars["teamOptions"][0]["label"].endswith("screened out: RISK")
    with psycopg.connect(world.url, autocommit=True) as connection:
        connection.execute("UPDATE providers SET risk_status = 'ON_WATCH' WHERE tier = 3")
    world.ranked()
    assert len(world.vars["ranked"]) == 1


def test_nobody_serves_the_address(own_world):
    """S16: NO_PROVIDERS_FOUND with counts of zero; a wider search finds the teams near enough, zones aside."""
    world = own_world.created().scheduled()
    with psycopg.connect(world.url, autocommit=True) as connection:
        connection.execute("DELETE FROM provider_zones")
    outcome = world.run("find-providers")
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "NO_PROVIDERS_FOUND"
    world.searched(choice={"decision": "RETRY", "radiusKm": 80})
    assert len(world.vars["fit"]) > 0
    assert max(candidate["distanceKm"] for candidate in world.vars["fit"]) <= 80


def test_ranking_is_kept_and_told(world):
    """The best score first; the run keeps it, and an event tells it without names."""
    world.created().scheduled().ranked()
    assert [row["score"] for row in world.vars["ranked"]] == sorted(
        (r["score"] for r in world.vars["ranked"]), reverse=True
    )
    assert (world.vars["topScore"], world.vars["topPreference"]) == (98, "P1")
    event = next(e for e in world.env.bus.published if e.topic == "assignments.funnel.executed")
    assert event.payload["ranking"][0]["providerId"] == world.vars["ranked"][0]["providerId"]


def test_an_empty_ranking_has_no_top(world):
    """Without candidates the decision gets a score of 0 and no preference, never a missing variable."""
    world.created().scheduled().do("find-providers").do("rank-providers", scored=[])
    assert (world.vars["ranked"], world.vars["topScore"], world.vars["topPreference"]) == ([], 0, "")


def test_an_offer_tells_the_provider_no_customer(world):
    """Before acceptance a provider learns the place and the price, not who lives there; afterwards where to go."""
    world.created().scheduled().offered().answered().do("confirm-assignment")
    world.do("send-notification", {"template": "job-assigned", "recipient": "provider"})
    assigned = next(message for message in world.mail.by_template("job-assigned") if message.channel == "email")
    offers = [message.content for message in world.mail.by_template("job-offer")]
    for content in offers:
        assert not any(word in content.text + content.html for word in ("Garnier", "Lilas", "+33639981234"))
    letter = next(content for content in offers if content.html)
    assert "59000" in letter.text
    assert "1 450,00 €" in letter.text.replace("\u202f", " ").replace("\xa0", " ")
    assert "/accept" in letter.html
    assert "+33639981234" in assigned.content.text


def test_silence_is_yes_in_spain(world):
    """S12: four hours after the offer nobody has answered; it is accepted, assigned and told as auto_accepted."""
    world.created(**SPAIN).scheduled().offered(mode="AUTO_ACCEPT", timeout="PT4H")
    world.clock.forward(hours=4)
    world.do("auto-accept-offer").do("confirm-assignment")
    assert world.state == "ASSIGNED"
    assert "assignments.offer.auto_accepted" in world.topics()


def test_silence_is_no_in_france(world):
    """S13: a day later the offer has expired, the next provider is asked, and the hold outlives that offer too."""
    world.created().scheduled().offered()
    first = world.vars["offerId"]
    world.clock.forward(days=1)
    world.do("expire-offer").offered(rank=1)
    assert [offer["state"] for offer in world.view().offers] == ["EXPIRED", "PENDING"]
    assert world.view().bookings[0]["expires_at"] == world.clock.at + timedelta(days=1) + HELD_FOR
    with world.unit() as effect, pytest.raises(OfferAlreadyAnswered):
        answers.answer_offer(effect.unit, first, accepted=True)
    world.answered().do("confirm-assignment")
    assert names(world, [world.vars])[0] == "Bati Service Lille"


@pytest.mark.parametrize("task", ["auto-accept-offer", "expire-offer"])
@pytest.mark.parametrize("accepted", [True, False])
def test_an_answer_was_quicker(world, task, accepted):
    """The timer fires after the answer: OFFER_ALREADY_ANSWERED, and the answer stays."""
    world.created().scheduled().offered().answered(accepted=accepted)
    outcome = world.run(task)
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "OFFER_ALREADY_ANSWERED"
    assert world.view().offers[0]["state"] == ("ACCEPTED" if accepted else "REJECTED")


def test_no_address_no_offer(world):
    """A provider whose every address is refused is unreachable; nothing is left of the offer."""
    world.created().scheduled().ranked()
    with world.unit() as effect:
        provider = effect.unit.providers.get(world.vars["ranked"][0]["providerId"])
        effect.store({})
    world.mail.refused |= {provider.email, provider.device, provider.phone}
    outcome = world.run("send-offer", candidate=world.vars["ranked"][0], mode={"name": "OFFER", "timeout": "PT24H"})
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "PROVIDER_UNREACHABLE"
    assert world.view().offers == []


def test_one_refused_channel_is_not_the_end(world):
    """The other channel took the message: the offer stands, and the refusal is on record."""
    world.created().scheduled().ranked()
    with world.unit() as effect:
        provider = effect.unit.providers.get(world.vars["ranked"][0]["providerId"])
        effect.store({})
    world.mail.refused.add(provider.device)
    world.offered()
    assert sorted(row["status"] for row in world.view().notifications) == ["deferred", "refused", "sent"]


@pytest.mark.parametrize("end", ["rejected", "expired", "withdrawn"])
def test_only_a_won_offer_is_an_assignment(world, end):
    """An offer that ended otherwise cannot be confirmed."""
    world.created().scheduled().offered()
    if end == "rejected":
        world.answered(accepted=False)
    else:
        world.do({"expired": "expire-offer", "withdrawn": "withdraw-assignment"}[end])
    outcome = world.run("confirm-assignment")
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "OFFER_NO_LONGER_OPEN"
    assert world.state == "SCHEDULED"


def test_the_slot_moves_to_the_winner(world):
    """The slot was held with one team and is now the winning team's; other open offers are closed (I5)."""
    world.created().scheduled().offered()
    other = world.vars["offerId"]
    world.offered(rank=1).answered().do("confirm-assignment")
    view = world.view()
    assert {booking["team_id"] for booking in view.bookings} == {view.assignments[0]["team_id"]}
    assert {str(offer["id"]): offer["state"] for offer in view.offers}[other] == "CLOSED"
    assert [row["state"] for row in view.assignments] == ["ACCEPTED"]


def test_a_booked_team_cannot_win(world):
    """Between offer and confirmation the team got another job then: the next candidate is asked."""
    world.created(external_order_id="a").scheduled().offered(rank=1).answered()
    first, slot = dict(world.vars), world.view().bookings[0]
    world.created(external_order_id="b").scheduled()
    with psycopg.connect(world.url, autocommit=True) as connection:
        connection.execute(
            "UPDATE bookings SET team_id = %s, day = %s, start_q = %s, end_q = %s WHERE id = %s",
            (first["candidate"]["teamId"] if "candidate" in first else first["ranked"][1]["teamId"], slot["day"],
             slot["start_q"], slot["end_q"], world.vars["bookingId"]),
        )  # fmt: skip
    world.vars = first
    outcome = world.run("confirm-assignment")
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "OFFER_NO_LONGER_OPEN"
    assert world.view().assignments == []


@pytest.mark.parametrize(
    ("choice", "assigned"),
    [
        ({"decision": "ASSIGN", "agreedPrice": 1500, "justification": "knows the house"}, True),
        ({"decision": "RETRY", "providerId": "", "teamId": ""}, False),
    ],
)
def test_an_operator_assigns(world, choice, assigned):
    """A choice of the form is an assignment with its price; another decision of the same form is none."""
    world.created().scheduled().ranked()
    if assigned:
        choice = {**choice, "providerId": world.vars["ranked"][2]["providerId"], "teamId": ""}
    outcome = world.run("confirm-assignment", choice=choice, offerId=None)
    assert isinstance(outcome, Completed) is assigned
    if assigned:
        (row,) = world.view().assignments
        assert (row["method"], row["agreed_price"], row["justification"]) == ("MANUAL", 1500, "knows the house")


def test_who_gave_a_visit_back_is_not_asked_again(world):
    """A provider withdraws: the order is scheduled again, and the next search leaves them out."""
    world.created().scheduled().assigned()
    gone = world.vars["providerId"]
    with world.unit("api") as effect:
        answer = answers.withdraw(effect.unit, world.vars["visitId"], reason="team is ill")
        effect.store({})
    assert (answer.message.name, answer.message.correlation_key) == ("provider-withdrew", world.vars["visitId"])
    assert world.state == "SCHEDULED"
    world.searched()
    assert gone not in [candidate["providerId"] for candidate in world.vars["fit"]]
    assert {c["exclusions"][0] for c in world.vars["screened"] if c["providerId"] == gone} == {"ABSENT_BEFORE"}


def test_who_said_no_to_one_date_may_be_asked_for_another(world):
    """A refusal counts for the date it was about."""
    world.created().scheduled().offered().answered(accepted=False)
    refused = world.vars["ranked"][0]["providerId"]
    world.searched()
    assert refused not in [candidate["providerId"] for candidate in world.vars["fit"]]
    world.clock.forward(days=20)
    world.scheduled().searched()
    assert refused in [candidate["providerId"] for candidate in world.vars["fit"]]


def test_holidays_come_in_by_the_port(world):
    """The handler asks the port, so a test may declare any day a holiday."""

    class EveryDayButFriday:
        def name(self, day, *, country, postal_code=""):
            return None if day.weekday() == 4 else "closed"

    world.env.resources[Almanac] = Almanac(world.post.decisions, EveryDayButFriday())
    world.created().scheduled()
    assert world.vars["scheduledSlot"]["date"] == "2027-01-29"


def manual(world, rank=0, **more):
    """An operator assigns a team of the ranking."""
    choice = {"decision": "ASSIGN", "teamId": world.vars["ranked"][rank]["teamId"], **more}
    return world.run("confirm-assignment", choice=choice, offerId=None)


@pytest.mark.parametrize(
    "flaw",
    ["risk_status = 'SUSPENDED'", "contract_signed = false", "documents_valid = false", "status = 'DEACTIVATED'"],
)
def test_nobody_overrules_a_suspension_or_a_missing_contract(own_world, flaw):
    """An operator's choice of such a provider comes back with the reason, justification or not."""
    world = own_world.created().scheduled().ranked()
    with psycopg.connect(world.url, autocommit=True) as connection:
        connection.execute(f"UPDATE providers SET {flaw}")
    outcome = manual(world, justification="knows the house")
    assert isinstance(outcome, BpmnError)
    assert outcome.code == "ASSIGNMENT_NOT_ALLOWED"
    assert "choiceProblem" in outcome.variables
    assert world.view().assignments == []


def test_who_was_screened_out_needs_a_justification(world):
    """The provider said no to this date; the operator has talked to them and says so."""
    world.created().scheduled().offered().answered(accepted=False)
    refused = world.vars["ranked"][0]
    world.clock.forward(hours=1)
    world.ranked()
    choice = {"decision": "ASSIGN", "teamId": refused["teamId"]}
    outcome = world.run("confirm-assignment", choice=choice, offerId=None)
    assert isinstance(outcome, BpmnError)
    assert "DECLINED_BEFORE" in outcome.variables
    world.do("confirm-assignment", choice=choice | {"justification": "agreed on the telephone"}, offerId=None)
    assert world.view().assignments[0]["justification"] == "agreed on the telephone"


def test_a_choice_after_the_hold_lapsed_is_kept(world):
    """The slot's hold expired while the operator telephoned: it is held anew for the chosen team, and can be confirmed."""
    world.created().scheduled().ranked()
    old = world.vars["bookingId"]
    world.clock.forward(days=3)
    with psycopg.connect(world.url, autocommit=True) as connection:
        connection.execute("UPDATE bookings SET state = 'EXPIRED'")
    world.vars |= outcome_variables(manual(world, 1))
    assert world.vars["bookingId"] != old
    world.do("confirm-booking")
    assert {row["state"] for row in world.view().bookings} == {"EXPIRED", "CONFIRMED"}


def outcome_variables(outcome):
    assert isinstance(outcome, Completed), outcome
    return json.loads(outcome.variables)


def test_another_date_is_really_another(world):
    """NEW_DATE: the next search begins the day after, or where the operator says; the providers asked are told."""
    world.created().scheduled().offered()
    first = world.vars["scheduledSlot"]["date"]
    world.do("release-slot", anotherDate=True, notBefore=None).scheduled()
    assert world.vars["scheduledSlot"]["date"] > first
    assert len(world.mail.by_template("job-offer-closed")) >= 1
    world.do("release-slot", anotherDate=True, notBefore="2027-02-15").scheduled()
    assert world.vars["scheduledSlot"]["date"] == "2027-02-15"


def test_a_provider_who_loses_a_visit_is_told(world):
    """A replan, a withdrawal and a new search each tell the assigned provider once, without the customer's name."""
    world.created().scheduled().assigned()
    world.do("withdraw-assignment")
    (mail,) = [m for m in world.mail.by_template("schedule-changed") if "@" in m.to]
    assert "Garnier" not in repr(mail.content)
    world.scheduled()
    assert len([m for m in world.mail.by_template("schedule-changed") if "@" in m.to]) == 1


def test_the_clock_of_an_offer_sleeps_at_night(world):
    """Sent at 22:00, an offer's day begins at eight; an urgent one's at once."""
    world.clock.at = world.clock.at.replace(hour=21)
    world.created().scheduled().offered(timeout="PT4H")
    assert datetime.fromisoformat(world.vars["offerExpiresAt"]) == datetime(2027, 1, 12, 11, tzinfo=UTC)
