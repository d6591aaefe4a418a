"""The technical visit and what follows from its outcome."""

from __future__ import annotations

import pytest

CHECK_IN = {"checkIn": {"at": "2027-01-18T08:02:00Z"}}
PIPE = {"description": "move the pipe", "extraMinutes": 45, "requiresRepricing": False}
PRICED = PIPE | {"requiresRepricing": True, "estimatedDelta": 310}


def visit(play, outcome, *modifications, **facts):
    """An order whose technical visit ends with this outcome."""
    play.order(tvMandatory=True, **facts)
    play.publish("offer-accepted", "offer-1")
    play.to_next_timer()
    play.publish("visit-checked-in", "visit-1", CHECK_IN)
    checkout = {"completionStatus": "COMPLETED", "tvOutcome": outcome, "modifications": list(modifications)}
    play.publish("visit-checked-out", "visit-1", {"checkout": checkout})


def do_work(play):
    play.publish("offer-accepted", "offer-2")
    play.to_next_timer()
    play.publish("visit-checked-in", "visit-2", CHECK_IN)
    play.publish("visit-checked-out", "visit-2", {"checkout": {"completionStatus": "COMPLETED"}})
    play.publish("agreement-closed", "agreement-1", {"agreementStatus": "SIGNED"})


def test_outcome_yes(play):
    """S2: sixty minutes for the visit, then the work as sold."""
    visit(play, "YES")
    kinds = [(j.variables["visitKind"], j.variables["durationMin"]) for j in play.jobs("schedule-service")]
    assert kinds == [("TECHNICAL_VISIT", 60), ("MAIN", 240)]
    do_work(play)
    assert play.went("ScheduleTV", "ExecuteTV", "TVResult", "OnlyTV", "MainVisit", "OrderClosed")
    assert play.times("ReviewTVOutcome") == 0


def test_outcome_yes_but_longer(play):
    """S3: 45 minutes more, no new price: the slot is 285 minutes and sales is not asked."""
    visit(play, "YES_BUT", PIPE)
    assert play.jobs("schedule-service")[-1].variables["durationMin"] == 285
    assert play.jobs("report-tv-modifications") == []
    do_work(play)
    assert play.path[-1] == "OrderClosed"


def test_outcome_yes_but_at_another_price(play):
    """S4: sales answers after two days, the change is applied, the work is planned."""
    visit(play, "YES_BUT", PRICED)
    assert play.now_at() >= {"AwaitRepricing"}
    play.forward(days=2)
    play.publish("scope-change-answered", "pyxis:1", {"scopeChange": {"approved": True}})
    assert play.jobs("apply-scope-change")[0].variables["scopeChange"] == {"approved": True}
    do_work(play)
    assert play.went("SendTVModifications", "ScopeApproved", "ApplyScopeChange", "MainVisit", "OrderClosed")


def test_a_new_price_is_refused(play):
    """Sales says no: the answer is recorded and the order is cancelled."""
    visit(play, "YES_BUT", PRICED)
    play.publish("scope-change-answered", "pyxis:1", {"scopeChange": {"approved": False}})
    assert play.went("ScopeChangeAnswered", "RecordRefusedChange", "AskCancellation")
    assert play.jobs("apply-scope-change")[0].variables["scopeChange"] == {"approved": False}
    assert play.path[-1] == "OrderCancelled"


def test_sales_stays_silent(play):
    """S5: after seven days an operator decides; asking again waits seven more days, then he cancels."""
    visit(play, "YES_BUT", PRICED)
    play.forward(days=7)
    play.complete("ReviewUnansweredChange", "tvReview", "ASK_TEAM")
    assert play.times("SendTVModifications") == 2
    play.forward(days=7)
    play.complete("ReviewUnansweredChange", "tvReview", "CANCEL")
    assert play.path[-1] == "OrderCancelled"


@pytest.mark.parametrize(("approved", "ends_at"), [(True, "MainVisit"), (False, "OrderCancelled")])
def test_sales_answers_while_the_operator_looks(play, approved, ends_at):
    """The answer takes the task away and counts as one in time."""
    visit(play, "YES_BUT", PRICED)
    play.forward(days=7)
    play.publish("scope-change-answered", "pyxis:1", {"scopeChange": {"approved": approved}})
    assert play.tasks == {}
    assert play.went("ReviewUnansweredChange", "ScopeChangeAnsweredLate", "ScopeApproved", ends_at)
    assert play.jobs("apply-scope-change")[0].variables["scopeChange"] == {"approved": approved}


def test_a_supervisor_goes_ahead_without_an_answer(play):
    """FORCE_YES applies the change as if it were approved."""
    visit(play, "YES_BUT", PRICED)
    play.forward(days=7)
    play.complete("ReviewUnansweredChange", "tvReview", "FORCE_YES")
    assert play.jobs("apply-scope-change")[0].variables["scopeChange"] == {"approved": True}
    assert play.went("ApplyScopeChange", "MainVisit")


def test_outcome_no(play):
    """S6: always reviewed; confirmed, the order is cancelled and the finished visit's steps are undone."""
    visit(play, "NO")
    assert play.variables("ReviewTVOutcome")["tvReview"]["outcome"] == "NO"
    play.complete("ReviewTVOutcome", "tvReview", "CONFIRM", outcome="NO", reason="wall does not bear it")
    assert play.jobs("assess-cancellation")[0].variables["cancellation"] == {
        "reason": "TV_OUTCOME_NO",
        "origin": "PLATFORM",
    }
    assert {"ReleaseTVSlot", "WithdrawTVAssignment"} <= set(play.path)
    assert play.path[-1] == "OrderCancelled"


def test_a_missing_outcome_is_completed_by_an_operator(play):
    """OUTCOME_MISSING: what the operator fills in is recorded, and not reviewed a second time."""
    play.will("record-tv-outcome", play.error("OUTCOME_MISSING"))
    visit(play, None)
    play.complete("ReviewTVOutcome", "tvReview", "CONFIRM", outcome="YES")
    assert play.jobs("record-tv-outcome")[1].variables["checkout"]["tvOutcome"] == "YES"
    assert play.times("ReviewTVOutcome") == 1
    assert play.went("TVDone", "MainVisit")


def test_the_team_is_asked_again(play):
    """MODIFICATIONS_MISSING and ASK_TEAM: the visit waits for another check-out."""
    play.will("record-tv-outcome", play.error("MODIFICATIONS_MISSING"))
    visit(play, "YES_BUT")
    play.complete("ReviewTVOutcome", "tvReview", "ASK_TEAM")
    assert play.now_at() >= {"TVWork"}
    checkout = {"completionStatus": "COMPLETED", "tvOutcome": "YES_BUT", "modifications": [PIPE]}
    play.publish("visit-checked-out", "visit-1", {"checkout": checkout})
    assert play.went("TVDone", "MainVisit")


def test_a_second_technical_visit(play):
    """SECOND_TV: a new slot, another visit."""
    visit(play, "NO")
    play.complete("ReviewTVOutcome", "tvReview", "SECOND_TV")
    assert play.went("TVToRepeat", "ScheduleTV", "AssignTVProvider")
    assert [j.variables["visitKind"] for j in play.jobs("schedule-service")] == ["TECHNICAL_VISIT", "TECHNICAL_VISIT"]


@pytest.mark.parametrize(("outcome", "changes"), [("YES", []), ("YES_BUT", [PRICED]), ("NO", [])])
def test_an_order_that_is_only_a_visit(play, outcome, changes):
    """A quotation visit is the order itself: whatever it found, it is reported, signed and closed without a review."""
    visit(play, outcome, *changes, serviceCode="TV_QUOTE_KITCHEN")
    assert [j.variables["tvOutcomeId"] for j in play.jobs("report-tv-outcome")] == ["outcome-1"]
    play.publish("agreement-closed", "agreement-1", {"agreementStatus": "SIGNED"})
    assert play.went("OnlyTV", "CloseWork", "OrderClosed")
    assert play.tasks == {}
    assert not {"MainVisit", "ReviewTVOutcome", "SendTVModifications", "AskCancellation"} & set(play.path)


def test_nobody_comes_to_the_technical_visit(play):
    """S7: a task at 30 minutes; after seven days a supervisor looks at it, once, and the visit still waits."""
    play.order(tvMandatory=True)
    play.publish("offer-accepted", "offer-1")
    play.to_next_timer()
    play.forward(hours=2, minutes=31)
    assert play.now_at() >= {"HandleNoShow"}
    play.forward(days=8)
    assert play.times("ReviewOverdueVisit") == 1
    assert play.now_at() >= {"HandleNoShow"}
    play.complete("HandleNoShow", "noShow", "REASSIGN", absentParty="PROVIDER")
    assert play.went("TVNotDone", "TVCarriedOut", "ScheduleTV")


def test_a_late_team_closes_the_no_show_task(play):
    """A check-in after all is taken as one, the task disappears."""
    play.order(tvMandatory=True)
    play.publish("offer-accepted", "offer-1")
    play.to_next_timer()
    play.forward(hours=3)
    play.publish("visit-checked-in", "visit-1", CHECK_IN)
    assert play.tasks == {}
    assert play.now_at() >= {"TVWork"}


def test_a_technical_visit_takes_too_long(play):
    """Twice the planned time: the operator is warned, the visit goes on."""
    play.order(tvMandatory=True)
    play.publish("offer-accepted", "offer-1")
    play.to_next_timer()
    play.publish("visit-checked-in", "visit-1", CHECK_IN)
    play.forward(minutes=119)
    assert play.times("NotifyTVOverrun") == 0
    play.forward(minutes=2)
    assert play.times("NotifyTVOverrun") == 1
    assert play.now_at() >= {"TVWork"}


def test_the_provider_withdraws_before_the_technical_visit(play):
    """PROVIDER_WITHDREW: another search for the same visit."""
    play.order(tvMandatory=True)
    play.publish("offer-accepted", "offer-1")
    play.to_next_timer()
    play.publish("provider-withdrew", "visit-1")
    assert play.went("ExecuteTV", "TVProviderWithdrew", "AssignTVProvider", "SendOffer")
    assert play.jobs("find-providers")[1].variables["visitId"] == "visit-1"


def test_the_provider_withdraws_while_the_operator_looks(play):
    """The no-show task is taken away and another provider is searched for the same visit."""
    play.order(tvMandatory=True)
    play.publish("offer-accepted", "offer-1")
    play.to_next_timer()
    play.forward(hours=3)
    play.publish("provider-withdrew", "visit-1")
    assert play.tasks == {}
    assert play.went("HandleNoShow", "TVWithdrawnAtNoShow", "ProviderWithdrew", "AssignTVProvider", "SendOffer")
    assert play.jobs("find-providers")[1].variables["visitId"] == "visit-1"


def found_slot(play):
    """A technical visit whose slot was chosen by an operator."""
    play.will("schedule-service", play.error("NO_SLOT_AVAILABLE"))
    play.order(tvMandatory=True)
    play.complete("FindTVSlot", "slotChoice", "USE_SLOT", date="2027-02-03", label="PM")


def slots_asked_for(play):
    return [(j.variables["slotChoice"] or {}).get("date") for j in play.jobs("schedule-service")]


def test_a_second_visit_has_its_own_slot(play):
    """The slot an operator chose counts for one visit: the next one is not planned for the old date."""
    found_slot(play)
    play.publish("offer-accepted", "offer-1")
    play.to_next_timer()
    play.publish("visit-checked-in", "visit-1", CHECK_IN)
    checkout = {"completionStatus": "COMPLETED", "tvOutcome": "NO", "modifications": []}
    play.publish("visit-checked-out", "visit-1", {"checkout": checkout})
    play.complete("ReviewTVOutcome", "tvReview", "SECOND_TV")
    assert slots_asked_for(play) == [None, "2027-02-03", None]


def test_a_new_date_is_not_the_one_chosen_before(play):
    """NEW_DATE: the slot chosen for the first try is over."""
    play.will("find-providers", play.error("NO_PROVIDERS_FOUND"))
    found_slot(play)
    play.complete("AssignManually", "choice", "NEW_DATE")
    assert play.went("TVReplanNeeded", "ScheduleTV")
    assert slots_asked_for(play) == [None, "2027-02-03", None]


def test_no_slot_for_the_technical_visit(play):
    """An operator finds one, or gives the order up."""
    play.will("schedule-service", play.error("NO_SLOT_AVAILABLE"), play.error("NO_SLOT_AVAILABLE"))
    play.order(tvMandatory=True)
    play.complete("FindTVSlot", "slotChoice", "USE_SLOT", date="2027-02-03", label="PM")
    assert play.jobs("schedule-service")[1].variables["slotChoice"]["label"] == "PM"
    play.complete("FindTVSlot", "slotChoice", "CANCEL")
    assert play.went("AskCancellation", "OrderCancelled")


def test_a_lost_slot_of_the_technical_visit(play):
    """SLOT_LOST: a new slot and a new search, as for the work itself."""
    play.will("confirm-booking", play.error("SLOT_LOST"))
    play.order(tvMandatory=True)
    play.publish("offer-accepted", "offer-1")
    assert play.went("TVSlotLost", "ScheduleTV", "AssignTVProvider", "SendOffer")


def test_a_technical_visit_nobody_wants_any_more(play):
    """CANCEL after a no-show ends the order."""
    play.order(tvMandatory=True)
    play.publish("offer-accepted", "offer-1")
    play.to_next_timer()
    play.forward(hours=3)
    play.complete("HandleNoShow", "noShow", "CANCEL", absentParty="CUSTOMER")
    assert play.went("TVCarriedOut", "AskCancellation", "OrderCancelled")


def test_a_false_alarm_at_the_technical_visit(play):
    """The team was there: its arrival is recorded and the visit goes on."""
    play.order(tvMandatory=True)
    play.publish("offer-accepted", "offer-1")
    play.to_next_timer()
    play.forward(hours=3)
    play.complete("HandleNoShow", "noShow", "FALSE_ALARM")
    assert play.jobs("record-checkin")[0].variables["checkIn"] == {"at": "2027-01-18T08:00:00Z"}
    assert play.now_at() >= {"TVWork"}


def test_a_review_gives_the_visit_up(play):
    """CANCEL in the review: no outcome is published, the order is cancelled."""
    visit(play, "NO")
    play.complete("ReviewTVOutcome", "tvReview", "CANCEL")
    assert play.jobs("publish-event") == []
    assert play.went("TVGivenUp", "AskCancellation", "OrderCancelled")


def test_a_second_visit_instead_of_an_answer(play):
    """SECOND_TV after seven days of silence plans another technical visit."""
    visit(play, "YES_BUT", PRICED)
    play.forward(days=7)
    play.complete("ReviewUnansweredChange", "tvReview", "SECOND_TV")
    assert play.times("ScheduleTV") == 2
