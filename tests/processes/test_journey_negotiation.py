"""Negotiating a date: in turn, three rounds, silence of either side, and what an operator settles."""

from __future__ import annotations

import pytest

NEGOTIATION = {"negotiationId": "n-1", "date": "2027-02-02", "window": None, "originalStillPossible": False}


def proposed(play, **changes):
    """An open offer whose provider proposes another date."""
    play.order()
    play.publish("offer-date-proposed", "offer-1", {"dateProposal": NEGOTIATION | changes})


def answered(play, number, answer, day=None):
    play.publish("date-answered", f"n-1:{number}", {"dateAnswer": {"answer": answer, "date": day, "window": None}})


def told(play, template):
    """Who got a message, in order."""
    return [j.headers["recipient"] for j in play.jobs("send-notification") if j.headers["template"] == template]


def test_the_customer_says_yes(play):
    """The customer is asked; her yes moves the visit, sales is told, and the provider has the visit without another offer."""
    proposed(play)
    assert told(play, "date-proposal") == ["customer"]
    answered(play, 1, "ACCEPTED")
    assert play.went("FinalizeAgreement", "ReportAgreedDate", "DateAgreed", "ConfirmAssignment", "ProviderAssigned")
    assert play.statuses().count("SCHEDULED") == 2
    assert len(play.jobs("send-offer")) == 1


def test_the_sides_take_turns(play):
    """S18: the customer counters, the provider accepts: round 2 is recorded for the customer and the provider is asked."""
    proposed(play)
    answered(play, 1, "COUNTER", "2027-02-04")
    rounds = [(j.variables["round"], j.variables["by"], j.variables["proposal"]["date"])
              for j in play.jobs("record-date-proposal")]  # fmt: skip
    assert rounds == [(1, "PROVIDER", "2027-02-02"), (2, "CUSTOMER", "2027-02-04")]
    assert told(play, "date-proposal") == ["customer", "provider"]
    answered(play, 2, "ACCEPTED")
    assert play.went("ConfirmAssignment", "ProviderAssigned")


@pytest.mark.parametrize("last", ["REJECTED", "COUNTER"])
def test_after_three_rounds_an_operator_decides(play, last):
    """S19, I15: a third proposal that is refused, or countered a fourth time, goes to an operator, due in four hours."""
    proposed(play)
    answered(play, 1, "COUNTER", "2027-02-04")
    answered(play, 2, "COUNTER", "2027-02-05")
    answered(play, 3, last, "2027-02-08")
    assert play.now_at() >= {"EscalateNegotiation"}
    assert len(play.jobs("record-date-proposal")) == 3
    play.complete("EscalateNegotiation", "resolution", "AGREED", date="2027-02-09", spokeWith="BOTH")
    asked = play.jobs("finalize-date-agreement")[0].variables
    assert asked["agreed"]["date"] == "2027-02-09"
    assert play.went("AgreeByHand", "DateAgreed", "ConfirmAssignment")


def test_a_silent_customer_is_telephoned(play):
    """S20: after two days of silence an operator decides, unless the first date is still possible: then it stands."""
    proposed(play)
    play.forward(hours=47)
    assert play.now_at() >= {"AnswerAwaited"}
    play.forward(hours=1)
    assert play.now_at() >= {"EscalateNegotiation"}
    assert play.jobs("finalize-date-agreement") == []


def test_the_first_date_stands(play):
    """The customer kept silent and the provider can come on the first date as well: nobody has to telephone."""
    proposed(play, originalStillPossible=True)
    play.forward(hours=48)
    assert play.went("KeepOriginal", "DateAgreed", "ConfirmAssignment")
    assert play.jobs("finalize-date-agreement")[0].variables["keepOriginal"] is True
    assert "ReportAgreedDate" not in play.path


def test_a_silent_provider_loses_the_offer(play):
    """The customer countered and the provider keeps silent for a day: the next one is asked for the first date."""
    proposed(play)
    answered(play, 1, "COUNTER", "2027-02-04")
    play.forward(hours=24)
    assert play.went("WithdrawSilent", "NotifyOfferClosed", "NegotiationEnded", "NextCandidate", "SendOffer")
    assert play.jobs("withdraw-offer")[0].variables["silent"] is True


def test_an_answer_in_the_moment_of_silence_counts(play):
    """The database saw the provider's answer first: it is awaited, not the offer withdrawn."""
    proposed(play)
    answered(play, 1, "COUNTER", "2027-02-04")
    play.will("withdraw-offer", play.error("OFFER_ALREADY_ANSWERED"))
    play.forward(hours=24)
    assert play.now_at() >= {"LateDateAnswer"}
    answered(play, 2, "ACCEPTED")
    assert play.went("LateDateAnswer", "FinalizeAgreement", "ConfirmAssignment")


def test_an_answer_after_all_takes_the_task_away(play):
    """The customer answers while an operator looks for a date: the task is gone and her answer counts."""
    proposed(play)
    play.forward(hours=48)
    answered(play, 1, "ACCEPTED")
    assert "EscalateNegotiation" not in play.tasks
    assert play.went("AnsweredAfterAll", "FinalizeAgreement", "ConfirmAssignment")


def test_a_date_that_is_not_allowed_counts_for_nothing(play):
    """S21: the offer is as open as before, and its time goes on."""
    play.will("record-date-proposal", play.error("DATE_NOT_ALLOWED"))
    proposed(play)
    assert play.now_at() >= {"OfferAnswered"}
    play.publish("offer-accepted", "offer-1")
    assert play.went("ProposalInvalid", "ConfirmAssignment")


def test_a_counter_date_that_is_taken_goes_to_an_operator(play):
    """The team was booked between the customer's answer and its record."""
    proposed(play)
    play.will("record-date-proposal", play.error("DATE_NOT_ALLOWED"))
    answered(play, 1, "COUNTER", "2027-02-04")
    assert play.now_at() >= {"EscalateNegotiation"}


@pytest.mark.parametrize(("decision", "goes_to"), [("OTHER_PROVIDER", "SendOffer"), ("CANCEL", "AssignmentAbandoned")])
def test_an_operator_gives_up_the_date(play, decision, goes_to):
    """Another provider is asked for the first date, or the assignment is given up; the provider is told either way."""
    proposed(play)
    answered(play, 1, "REJECTED")
    play.complete("EscalateNegotiation", "resolution", decision, spokeWith="BOTH")
    assert play.jobs("withdraw-offer")[0].variables["escalated"] is True
    assert told(play, "job-offer-closed") == ["provider"]
    assert play.went("WithdrawEscalated", "NegotiationEnded", goes_to)


def test_a_proposal_in_the_moment_of_expiry_counts(play):
    """The database saw the proposal first: the offer does not expire, the date is negotiated."""
    play.will("expire-offer", play.error("OFFER_ALREADY_ANSWERED"))
    play.order("FR")
    play.forward(hours=24)
    play.publish("offer-date-proposed", "offer-1", {"dateProposal": NEGOTIATION})
    assert play.went("ExpireTooLate", "LateProposal", "NegotiateDate", "AskCustomer")


def test_an_offer_that_ended_otherwise_ends_the_negotiation(play):
    """A withdrawal or acceptance the database knew first: its answer is awaited."""
    play.will("record-date-proposal", play.error("OFFER_ALREADY_ANSWERED"))
    proposed(play)
    assert play.now_at() >= {"LateAnswer"}
