"""Finding a provider: offers one after the other, silence, manual assignment."""

from __future__ import annotations

import pytest


def offered(play):
    """The providers offered so far, in order."""
    return [j.variables["candidate"]["providerId"] for j in play.jobs("send-offer")]


def test_the_best_score_is_offered_first(play):
    """S14: 98, 77 and 56 points; the parts of the score reach the worker that records the ranking."""
    second = {"tier": 2, "distanceKm": 22, "firstTimeRate": 0.88, "satisfaction": 4.6, "punctuality": 0.97}
    third = {"tier": 3, "distanceKm": 45, "firstTimeRate": 0.70, "satisfaction": 3.4, "punctuality": 0.72}
    first = {
        "tier": 1,
        "distanceKm": 8.5,
        "firstTimeRate": 0.96,
        "satisfaction": 4.3,
        "punctuality": 0.90,
        "sameProvider": True,
    }
    rows = [("C", third), ("A", first), ("B", second)]
    found = [{"providerId": n, "teamId": n, "servicePreference": "P1", "sameProvider": False} | r for n, r in rows]
    play.will("find-providers", {"candidates": found, "funnelId": "f", "hoursToVisit": 160})
    play.order()
    scored = {s["providerId"]: s for s in play.jobs("rank-providers")[0].variables["scored"]}
    assert {n: s["score"] for n, s in scored.items()} == {"A": 98, "B": 77, "C": 56}
    assert scored["A"]["parts"] == {"preference": 30, "tier": 25, "distance": 20, "quality": 13, "continuity": 10}
    assert offered(play) == ["A"]


def test_a_silent_provider_loses_the_offer(play):
    """S13: in France an offer expires after 24 hours and the next provider is asked."""
    play.order("FR")
    play.forward(hours=23, minutes=59)
    assert offered(play) == ["P1"]
    play.forward(minutes=1)
    assert offered(play) == ["P1", "P2"]
    assert [j.variables["offerId"] for j in play.jobs("expire-offer")] == ["offer-1"]
    play.publish("offer-accepted", "offer-2")
    assert play.jobs("confirm-assignment")[0].variables["offerId"] == "offer-2"


def test_silence_means_yes_in_spain(play):
    """S12: after four hours the offer is accepted for the provider."""
    play.order("ES")
    play.forward(hours=4)
    assert play.went("OnSilence", "AutoAcceptOffer", "ConfirmAssignment", "ProviderAssigned")
    assert play.jobs("expire-offer") == []


def test_a_rejected_offer_goes_to_the_next(play):
    """A refusal needs no time to pass."""
    play.order("PL")
    play.publish("offer-rejected", "offer-1")
    assert offered(play) == ["P1", "P2"]


def test_an_unreachable_provider_is_skipped(play):
    """PROVIDER_UNREACHABLE: nobody waits for an answer that cannot come."""
    play.will("send-offer", play.error("PROVIDER_UNREACHABLE"))
    play.order()
    assert offered(play) == ["P1", "P2"]
    assert play.now_at() >= {"OfferAnswered"}


@pytest.mark.parametrize(
    ("answer", "goes_to"), [("offer-accepted", "ConfirmAssignment"), ("offer-rejected", "SendOffer")]
)
def test_an_answer_in_the_moment_of_expiry_counts(play, answer, goes_to):
    """The database saw the answer first: the model waits for it instead of expiring the offer."""
    play.will("expire-offer", play.error("OFFER_ALREADY_ANSWERED"))
    play.order("FR")
    play.forward(hours=24)
    assert play.now_at() >= {"LateAnswer"}
    play.publish(answer, "offer-1")
    assert play.went("ExpireTooLate", "LateAnswer", goes_to)


def test_an_answer_in_the_moment_of_automatic_acceptance_counts(play):
    """The same where silence means yes: the provider had refused."""
    play.will("auto-accept-offer", play.error("OFFER_ALREADY_ANSWERED"))
    play.order("ES")
    play.forward(hours=4)
    play.publish("offer-rejected", "offer-1")
    assert play.went("AcceptTooLate", "LateRejection", "NextCandidate", "SendOffer")
    assert offered(play) == ["P1", "P2"]


def test_an_answer_faster_than_the_token_is_kept(play):
    """An acceptance published before the offer's wait begins is not lost."""
    play.publish("offer-accepted", "offer-1", work=False)
    play.order()
    assert play.went("OfferAccepted", "ConfirmAssignment")


def test_an_offer_that_is_no_longer_open(play):
    """OFFER_NO_LONGER_OPEN on confirmation: the next provider is asked."""
    play.will("confirm-assignment", play.error("OFFER_NO_LONGER_OPEN"))
    play.order()
    play.publish("offer-accepted", "offer-1")
    assert offered(play) == ["P1", "P2"]


def test_all_refuse_and_an_operator_assigns(play):
    """S15: the task goes to the capacity team of the country, the choice to the worker, without an offer."""
    play.order("PL")
    for number in (1, 2, 3):
        play.publish("offer-rejected", f"offer-{number}")
    _, task = play.tasks["AssignManually"]
    assert task.candidate_groups == ("capacity-PL",)
    play.complete("AssignManually", "choice", "ASSIGN", providerId="P9", teamId="T9", agreedPrice=350)
    asked = play.jobs("confirm-assignment")[0].variables
    assert (asked["choice"]["providerId"], asked["offerId"]) == ("P9", None)
    assert play.went("AssignManually", "ConfirmAssignment", "ProviderAssigned")


def test_not_more_offers_than_the_mode_allows(play):
    """I15: four offers in France, although six providers fit."""
    found = [
        {"providerId": f"P{n}", "teamId": f"T{n}", "servicePreference": "P1", "tier": 1, "distanceKm": n}
        for n in range(1, 7)
    ]
    play.will("find-providers", {"candidates": found, "funnelId": "f", "hoursToVisit": 160})
    play.order("FR")
    for number in range(1, 5):
        play.publish("offer-rejected", f"offer-{number}")
    assert len(offered(play)) == 4
    assert play.now_at() >= {"AssignManually"}


def test_nobody_found_then_found(play):
    """S16: the operator searches again and the offers go on; his form is no choice of a provider."""
    play.will("find-providers", play.error("NO_PROVIDERS_FOUND", funnel={"total": 0}))
    play.order()
    assert play.now_at() >= {"AssignManually"}
    play.complete("AssignManually", "choice", "RETRY")
    assert offered(play) == ["P1"]
    play.publish("offer-accepted", "offer-1")
    assert play.jobs("confirm-assignment")[0].variables["choice"] is None


def test_a_choice_that_failed_does_not_count_for_the_next_offer(play):
    """An operator's team was taken meanwhile: the next provider who accepts gets the visit, not the old choice."""
    play.will("rank-providers", {"ranked": [], "topScore": 0, "topPreference": ""})
    play.order()
    play.will("confirm-assignment", play.error("OFFER_NO_LONGER_OPEN"))
    play.complete("AssignManually", "choice", "ASSIGN", providerId="P9", teamId="T9")
    play.complete("AssignManually", "choice", "RETRY")
    play.publish("offer-accepted", "offer-1")
    asked = play.jobs("confirm-assignment")[-1].variables
    assert (asked["choice"], asked["offerId"]) == (None, "offer-1")


def test_nobody_found_and_assigned_by_hand(play):
    """With no ranking at all a manual assignment still works, and so does its failure."""
    play.will("find-providers", play.error("NO_PROVIDERS_FOUND"))
    play.will("confirm-assignment", play.error("OFFER_NO_LONGER_OPEN"))
    play.order()
    play.complete("AssignManually", "choice", "ASSIGN", providerId="P9", teamId="T9")
    assert play.now_at() >= {"AssignManually"}
    play.complete("AssignManually", "choice", "ASSIGN", providerId="P8", teamId="T8")
    assert play.went("ConfirmAssignment", "ProviderAssigned")


def test_an_empty_ranking_goes_to_an_operator(play):
    """Everybody was screened out: nobody is offered anything."""
    play.will("find-providers", {"candidates": [], "funnelId": "f", "hoursToVisit": 160})
    play.order()
    assert play.now_at() >= {"AssignManually"}
    assert offered(play) == []


def test_another_date_is_needed(play):
    """NEW_DATE: the visit is released and planned again, then providers are searched for it."""
    play.will("find-providers", play.error("NO_PROVIDERS_FOUND"))
    play.order()
    play.complete("AssignManually", "choice", "NEW_DATE", newDate="2027-03-01")
    given_up = play.jobs("release-slot")[0].variables
    assert (given_up["anotherDate"], given_up["notBefore"]) == (True, "2027-03-01")
    assert play.went(
        "GiveUpDate", "VisitToReplan", "VisitEnded", "ReleaseForReplan", "ScheduleInstallation", "SendOffer"
    )


def test_another_date_for_the_technical_visit(play):
    """The same in the technical visit goes straight to a new slot."""
    play.will("find-providers", play.error("NO_PROVIDERS_FOUND"))
    play.order(tvMandatory=True)
    play.complete("AssignManually", "choice", "NEW_DATE")
    assert play.went("TVReplanNeeded", "ScheduleTV", "AssignTVProvider")
    assert play.times("ScheduleTV") == 2


@pytest.mark.parametrize("technical_visit", [False, True])
def test_an_abandoned_assignment_cancels_the_order(play, technical_visit):
    """CANCEL: the platform asks for the cancellation of the order."""
    play.will("find-providers", play.error("NO_PROVIDERS_FOUND"))
    play.order(tvMandatory=technical_visit)
    play.complete("AssignManually", "choice", "CANCEL")
    assert play.went("AskCancellation", "CancellationConfirmed", "OrderCancelled")
    reason = play.jobs("assess-cancellation")[0].variables["cancellation"]["reason"]
    assert reason == ("ASSIGNMENT_ABANDONED" if technical_visit else "NO_PROVIDER_OR_SLOT")


def changed(resources, name, old, new):
    """The resources with one table edited, as an analyst would."""
    edited = [r._replace(resource=r.resource.replace(old, new)) if r.resource_name == name else r for r in resources]
    assert edited != list(resources)
    return tuple(edited)


def test_direct_assignment_once_the_table_allows_it(play, resources):
    """The row for urgent orders is switched off by its score; switched on, the best is assigned without an offer."""
    play.deploy(changed(resources, "assignment-mode.dmn", b"&gt; 100", b"&gt; 50"))
    play.order("FR", "URGENT")
    asked = play.jobs("confirm-assignment")[0].variables
    assert (asked["candidate"]["providerId"], asked["choice"], asked["offerId"]) == ("P1", None, None)
    assert offered(play) == []


def test_a_changed_table_holds_for_new_orders(play, resources):
    """S52: four hours become two for orders that begin after the deployment; an open one keeps its tables."""
    play.order("ES")
    play.deploy(changed(resources, "assignment-mode.dmn", b"PT4H", b"PT1H"))
    play.order("ES", number=2)
    play.forward(hours=1)
    assert [j.variables["serviceOrderId"] for j in play.jobs("auto-accept-offer")] == ["so-2"]
    play.forward(hours=3)
    assert [j.variables["serviceOrderId"] for j in play.jobs("auto-accept-offer")] == ["so-2", "so-1"]


def today(play):
    """An urgent order for this afternoon."""
    at = "2027-01-11T20:00:00Z"
    dates = {"scheduledAt": at, "visitStartMinus2h": "2027-01-11T18:00:00Z", "noShowAt": "2027-01-11T20:30:00Z"}
    dates |= {"timeZone": "Europe/Paris"}
    play.will("schedule-service", {"visitId": "visit-1", "bookingId": "booking-1", "scheduledSlot": {}} | dates)
    play.will(
        "find-providers", {"candidates": [candidate(n) for n in range(1, 7)], "funnelId": "f", "hoursToVisit": 11}
    )
    play.order("FR", "URGENT")


def candidate(number):
    return {
        "providerId": f"P{number}",
        "teamId": f"T{number}",
        "servicePreference": "P1",
        "tier": 1,
        "distanceKm": number,
    }


def test_urgent_today_asks_several_at_once(play):
    """S17: five are asked with an hour to answer; the first yes, told by its offer, gets the visit."""
    today(play)
    asked = play.jobs("send-broadcast")[0].variables
    assert (asked["mode"]["parallel"], asked["mode"]["timeout"], len(asked["ranked"])) == (5, "PT1H", 6)
    play.publish("broadcast-accepted", "broadcast-1", {"offerId": "offer-of-3"})
    confirmed = play.jobs("confirm-assignment")[0].variables
    assert (confirmed["offerId"], confirmed["choice"], confirmed["candidate"]) == ("offer-of-3", None, None)
    assert offered(play) == []


def test_nobody_says_yes_to_a_broadcast(play):
    """After an hour the broadcast expires and an operator takes over."""
    today(play)
    play.forward(hours=1)
    assert play.went("BroadcastOver", "ExpireBroadcast", "AssignManually")


def test_a_yes_in_the_moment_of_expiry_wins(play):
    """The database knew a winner before the timer: the message is awaited."""
    play.will("expire-broadcast", play.error("OFFER_ALREADY_ANSWERED"))
    today(play)
    play.forward(hours=1)
    assert play.now_at() >= {"LateYes"}
    play.publish("broadcast-accepted", "broadcast-1", {"offerId": "o"})
    assert play.went("LateYes", "ConfirmAssignment", "ProviderAssigned")


def test_nobody_can_be_told_of_a_broadcast(play):
    """PROVIDER_UNREACHABLE: an operator takes over at once."""
    play.will("send-broadcast", play.error("PROVIDER_UNREACHABLE"))
    today(play)
    assert play.went("NobodyReachable", "AssignManually")


def test_an_operator_asks_several_at_once(play):
    """BROADCAST in the form asks the best of the ranking together."""
    play.order("PL")
    for number in (1, 2, 3):
        play.publish("offer-rejected", f"offer-{number}")
    play.complete("AssignManually", "choice", "BROADCAST")
    assert play.jobs("send-broadcast")[0].variables["mode"]["name"] == "BROADCAST"
    assert play.now_at() >= {"BroadcastAnswered"}


@pytest.mark.parametrize(("hours", "timeout"), [(6, "PT30M"), (20, "PT1H"), (48, "PT4H"), (100, "PT24H")])
def test_the_nearer_the_visit_the_less_time(play, hours, timeout):
    """OfferTimeout shortens what the mode of the country says."""
    play.will("find-providers", {"candidates": [candidate(1)], "funnelId": "f", "hoursToVisit": hours})
    play.order("FR")
    assert play.jobs("send-offer")[0].variables["mode"]["timeout"] == timeout


def test_who_does_not_fit_is_not_offered(play):
    """The table screens each candidate; what it says reaches the worker that keeps the funnel."""
    found = [candidate(1) | {"riskStatus": "SUSPENDED"}, candidate(2), candidate(3) | {"slotFree": False}]
    play.will("find-providers", {"candidates": found, "funnelId": "f", "hoursToVisit": 160})
    play.order("FR")
    screened = play.jobs("rank-providers")[0].variables["screened"]
    assert [row["exclusions"] for row in screened] == [["RISK"], [], ["CALENDAR"]]
    assert offered(play) == ["P2"]


def test_an_analyst_lets_more_jobs_pass(play, resources):
    """A changed cell of ProviderEligibility holds for the next order, without code."""
    play.deploy(changed(resources, "provider-eligibility.dmn", b"<text>&gt; 30</text>", b"<text>&gt; 60</text>"))
    far = candidate(1) | {"sameDay": True, "travelMin": 45}
    play.will("find-providers", {"candidates": [far], "funnelId": "f", "hoursToVisit": 160})
    play.order("FR")
    assert offered(play) == ["P1"]


def test_a_choice_that_is_not_allowed_comes_back(play):
    """ASSIGNMENT_NOT_ALLOWED: the operator sees why and chooses again; nobody is asked meanwhile."""
    play.will("find-providers", play.error("NO_PROVIDERS_FOUND", funnel={"considered": 0}))
    play.order()
    play.will("confirm-assignment", play.error("ASSIGNMENT_NOT_ALLOWED", choiceProblem="suspended"))
    play.complete("AssignManually", "choice", "ASSIGN", teamId="T9")
    assert play.variables("AssignManually")["choiceProblem"] == "suspended"
    play.complete("AssignManually", "choice", "ASSIGN", teamId="T8")
    assert play.went("ChoiceNotAllowed", "AssignManually", "ConfirmAssignment", "ProviderAssigned")


def test_silence_is_told(play):
    """A provider whose offer expired, or was accepted for them, is told so."""
    play.order("FR")
    play.forward(hours=24)
    play.order("ES", number=2)
    play.forward(hours=4)
    told = [j.headers["template"] for j in play.jobs("send-notification") if j.headers["recipient"] == "provider"]
    assert told[:3] == ["job-offer-expired", "job-offer-auto-accepted", "job-assigned"]
