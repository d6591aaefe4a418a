"""When messages go, which channels they take, what becomes of them: quiet hours, opt-outs, receipts, calls."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from workers.domain.notifications import Block, Scope, Suppression, address_key
from workers.domain.orders import Customer
from workers.journey import delivery
from workers.runtime.outcome import Failed

CONFIRMED = {"template": "appointment-confirmed", "recipient": "customer"}
REMINDER = {"template": "wcf-signature-reminder", "recipient": "customer", "channel": "sms"}
NIGHT, MORNING = datetime(2027, 1, 11, 22, 0, tzinfo=UTC), datetime(2027, 1, 12, 7, 0, tzinfo=UTC)


def statuses(world):
    rows = [row for row in world.view().notifications if row["template"] != "appointment-reminder"]
    return {(row["template"], row["channel"]): row["status"] for row in rows}


def reminders(world):
    return sorted(
        (row for row in world.view().notifications if row["template"] == "appointment-reminder"),
        key=lambda row: row["due_at"],
    )


def receipt(world, message_id, word, **more):
    with world.unit("receipt") as effect:
        row = effect.unit.notifications.by_message(message_id)
        changed = delivery.receipt(effect.unit, world.post, row, word, **more)
        effect.store({})
    return changed


def sent(world, template, channel):
    return next(m for m in world.mail.by_template(template) if m.channel == channel)


def message_id(world, template, channel):
    return f"m-{sent(world, template, channel).idempotency_key}"


def block(world, channel, address, *, reason=Block.OPTED_OUT, scope=Scope.ALL):
    with world.unit("block") as effect:
        effect.unit.notifications.block(
            Suppression(
                channel=channel,
                address_key=address_key(channel, address),
                scope=scope,
                reason=reason,
                country_code="FR",
                bu_code="FR-HOME",
                noted_at=world.clock.at,
            )
        )
        effect.store({})


def test_at_night_a_letter_goes_and_the_telephone_waits_for_eight(world):
    """Row 5 of the policy: e-mail now, SMS at 08:00 in Paris, waited for by a process and kept in the ledger."""
    world.waiting()
    assert statuses(world) == {("appointment-confirmed", "email"): "sent", ("appointment-confirmed", "sms"): "deferred"}
    waiting = world.deferred()
    (told,) = [m for m in world.broker.messages.values() if m.correlation_key == waiting]
    assert told.variables["dueAt"] == MORNING.isoformat().replace("07:00:00+00:00", "08:00:00+01:00")
    assert told.correlation_key == told.variables["notificationId"] == waiting
    assert not any(word in str(told.variables) for word in ("Garnier", "example.com", "+336"))


def test_a_deferred_message_goes_once(world):
    """When its time has come it goes; the job that comes again, or another one, sends nothing more."""
    world.waiting()
    waiting = world.deferred()
    world.clock.at = MORNING
    world.do("deliver-notification", notificationId=waiting)
    assert world.vars["delivery"] == "REACHED"
    assert sent(world, "appointment-confirmed", "sms").to == "+33639981234"
    before = len(world.mail.sent)
    world.do("deliver-notification", notificationId=waiting)
    assert (world.vars["delivery"], len(world.mail.sent)) == ("REACHED", before)


def test_consent_is_read_when_it_is_sent(world):
    """Somebody who opted out over night gets no SMS in the morning; the e-mail has told them."""
    world.waiting()
    waiting = world.deferred()
    block(world, "sms", "+33639981234")
    world.clock.at = MORNING
    world.do("deliver-notification", notificationId=waiting)
    assert [m.channel for m in world.mail.by_template("appointment-confirmed")] == ["email", "email"]


def test_a_cancelled_order_needs_no_appointment(world):
    """Cancelled over night: the SMS of the morning is not needed any more."""
    world.waiting()
    waiting = world.deferred()
    world.do("freeze-order", cancellation={"reason": "MOVED", "origin": "CUSTOMER"})
    world.clock.at = MORNING
    world.do("deliver-notification", notificationId=waiting)
    assert world.vars["delivery"] == "NOT_NEEDED"
    assert statuses(world)["appointment-confirmed", "sms"] == "not-needed"


def test_a_message_of_another_order_is_not_delivered(world):
    """Whose data? The row must be about the job's order."""
    world.waiting()
    waiting = world.deferred()
    outcome = world.created(external_order_id="other").run("deliver-notification", notificationId=waiting)
    assert isinstance(outcome, Failed)


def test_an_offer_at_night_is_told_in_the_morning_and_runs_from_then(world):
    """Row 2: the clock of the offer starts at delivery."""
    world.created().scheduled().ranked()
    world.clock.at = NIGHT
    world.offered(timeout="PT4H")
    assert datetime.fromisoformat(world.vars["offerExpiresAt"]) == MORNING + timedelta(hours=4)
    assert world.mail.by_template("job-offer") == []
    assert {status for (name, _), status in statuses(world).items() if name == "job-offer"} == {"deferred"}


def test_an_sms_follows_when_nobody_looked(world):
    """Row 3: push and e-mail now, an SMS after an hour, unless one of them was read or the offer is answered."""
    world.created().scheduled().ranked().offered()
    waiting = world.deferred()
    assert receipt(world, message_id(world, "job-offer", "push"), "read").status == "read"
    world.clock.forward(hours=1)
    world.do("deliver-notification", notificationId=waiting)
    assert statuses(world)["job-offer", "sms"] == "not-needed"


def test_what_a_contract_needs_keeps_one_channel(world):
    """Opted out of everything: the signature is still asked for by e-mail, and by nothing else."""
    world.done().sent()
    block(world, "email", "paul@example.com")
    block(world, "sms", "+33639981234")
    world.do("send-notification", {"template": "wcf-signature-request", "recipient": "customer"})
    assert [m.channel for m in world.mail.by_template("wcf-signature-request")] == ["email"]


def test_a_survey_is_not_sent_to_who_wants_none(world):
    """Row 12: opted out of surveys only; appointments still come."""
    world.created().scheduled()
    block(world, "sms", "+33639981234", scope=Scope.SURVEY)
    world.do("send-notification", {"template": "satisfaction-survey", "recipient": "customer"})
    world.do("send-notification", CONFIRMED)
    assert world.mail.by_template("satisfaction-survey") == []
    assert len(world.mail.by_template("appointment-confirmed")) == 1


def test_a_survey_comes_two_hours_later(world):
    """Row 14, and an e-mail for who prefers it."""
    world.created().do("send-notification", {"template": "satisfaction-survey", "recipient": "customer"})
    (row,) = world.view().notifications
    assert (row["status"], row["due_at"]) == ("deferred", world.clock.at + timedelta(hours=2))


def test_nobody_reached_is_called(world):
    """Every address of the customer is dead: an operator calls, and the ledger says who and what came of it."""
    world.created().scheduled()
    block(world, "email", "paul@example.com", reason=Block.BOUNCED)
    block(world, "sms", "+33639981234", reason=Block.BOUNCED)
    world.do("send-notification", CONFIRMED)
    (told,) = [m for m in world.broker.messages.values() if m.name == "notification-unreachable"]
    contact = {"decision": "REACHED", "resolutionNotes": "told her on the phone"}
    headers = {"decidedIn": "ContactRecipient"}
    world.do("record-contact", headers, notificationId=told.variables["notificationId"], contact=contact)
    assert statuses(world) == {("appointment-confirmed", "call"): "delivered"}
    noted = world.view().timeline[-1]
    assert (noted.what, noted.detail["by"], noted.detail["result"]) == ("operator called", "cleo", "REACHED")


def test_a_corrected_address_is_tried(world):
    """The operator found the right address: the message goes there, and so do the next ones."""
    world.created().scheduled()
    block(world, "email", "paul@example.com", reason=Block.BOUNCED)
    block(world, "sms", "+33639981234", reason=Block.BOUNCED)
    world.do("send-notification", CONFIRMED)
    waiting = world.deferred()
    contact = {
        "decision": "TRY_AGAIN",
        "email": "p.garnier@example.com",
        "phone": "",
        "resolutionNotes": "a typing error",
    }
    world.do("record-contact", {"decidedIn": "ContactRecipient"}, notificationId=waiting, contact=contact)
    world.do("deliver-notification", notificationId=waiting)
    assert [m.to for m in world.mail.by_template("appointment-confirmed")] == ["p.garnier@example.com"]


RECEIPTS = [
    (["delivered"], "delivered"),
    (["delivered", "sent"], "delivered"),
    (["delivered", "undelivered"], "delivered"),
    (["expired", "delivered"], "expired"),
    (["delivered", "read", "delivered"], "read"),
    (["queued", "never heard of"], "sent"),
]


@pytest.mark.parametrize(("words", "end"), RECEIPTS)
def test_receipts_move_forward_only(world, words, end):
    """Late, doubled and out of order: the first final one counts, and only news is an event."""
    world.created().scheduled().do("send-notification", CONFIRMED)
    changes = [receipt(world, message_id(world, "appointment-confirmed", "sms"), word) for word in words]
    assert statuses(world)["appointment-confirmed", "sms"] == end
    assert len([c for c in changes if c]) == len(dict.fromkeys(w for w in words if w in (end, "delivered"))) - (
        end == "expired"
    )


def test_a_lost_message_takes_the_other_channel(world):
    """A bounce of what a contract needs: the address is not used again, the next channel goes at once."""
    world.created().scheduled().do("send-notification", CONFIRMED)
    receipt(world, message_id(world, "appointment-confirmed", "sms"), "rejected", dead=True)
    world.do("deliver-notification", notificationId=world.deferred())
    assert statuses(world) == {("appointment-confirmed", "sms"): "rejected", ("appointment-confirmed", "email"): "sent"}
    world.do("send-notification", CONFIRMED)
    assert [m.channel for m in world.mail.by_template("appointment-confirmed")] == ["sms", "email", "email"]


def test_the_last_channel_lost_is_a_call(world):
    """Nothing is left to try: an operator calls."""
    world.created().scheduled().do("send-notification", CONFIRMED)
    receipt(world, message_id(world, "appointment-confirmed", "sms"), "undelivered")
    world.do("deliver-notification", notificationId=world.deferred())
    receipt(world, message_id(world, "appointment-confirmed", "email"), "rejected")
    assert "notification-unreachable" in world.broker.names()


def test_an_opt_out_told_by_the_service_is_remembered(world):
    """The service refuses as opted out: from then on the channel is not asked."""
    world.created().scheduled()
    world.mail.opted_out.add("+33639981234")
    world.do("send-notification", CONFIRMED).do("send-notification", CONFIRMED)
    assert [m.channel for m in world.mail.by_template("appointment-confirmed")] == ["email", "email"]
    assert world.mail.asked.count("+33639981234") == 1


def test_a_signed_form_needs_no_reminder(world):
    """Signed in the same moment: there is no page to sign any more, and nothing is sent."""
    world.done().sent().signed().do("send-notification", REMINDER)
    assert world.mail.by_template("wcf-signature-reminder") == []
    assert statuses(world)["wcf-signature-reminder", "sms"] == "not-needed"


def test_a_message_speaks_the_customers_language(world):
    """The customer's, else the country's; providers get the country's."""
    customer = Customer(id="C-2", name="Ola Nowak", phone="+33639981235", language="pl_PL")
    world.created(customer=customer).scheduled()
    world.do("send-notification", CONFIRMED)
    assert "Termin wizyty potwierdzony" in sent(world, "appointment-confirmed", "sms").content.text


def test_an_appointment_is_reminded_of_twice_and_once_each(world):
    """48 hours before, and on the eve at 18:00 in Paris, however often the appointment was told."""
    world.created().scheduled().do("send-notification", CONFIRMED).do("send-notification", CONFIRMED)
    start = datetime.fromisoformat(world.vars["scheduledAt"])
    due = [row["due_at"] for row in reminders(world)]
    assert due[0] == start - timedelta(hours=48)
    assert (due[1].astimezone(UTC).hour, due[1].date()) == (17, (start - timedelta(days=1)).date())
    assert len(due) == 2
    world.clock.at = due[0]
    world.do("deliver-notification", notificationId=reminders(world)[0]["id"])
    assert "Rappel : rendez-vous" in sent(world, "appointment-reminder", "sms").content.text


def test_a_moved_appointment_is_not_reminded_of(world):
    """The reminder was made for a day that is no more."""
    world.created().scheduled().do("send-notification", CONFIRMED)
    with world.unit("move") as effect:
        visit = effect.unit.visits.get(UUID(world.vars["visitId"]))
        effect.unit.visits.save(replace(visit, planned_start=visit.start + timedelta(days=1)))
        effect.store({})
    world.do("deliver-notification", notificationId=reminders(world)[0]["id"])
    assert world.vars["delivery"] == "NOT_NEEDED"
    assert world.mail.by_template("appointment-reminder") == []


def test_a_day_that_was_confirmed_before_is_told_as_moved(world):
    """Told twice of one day it is a confirmation; of another day of the same visit it is a change, and says so."""
    world.created().scheduled()
    world.do("send-notification", CONFIRMED).do("send-notification", CONFIRMED)
    assert not world.mail.by_template("appointment-moved")
    with world.unit("replan") as effect:
        visit = effect.unit.visits.get(UUID(world.vars["visitId"]))
        later = {"planned_start": visit.start + timedelta(days=7), "planned_end": visit.planned_end + timedelta(days=7)}
        effect.unit.visits.save(replace(visit, **later))
        effect.store({})
    world.do("send-notification", CONFIRMED)
    assert world.mail.by_template("appointment-moved")
    signed = world.do("send-notification", {**CONFIRMED, "channel": "email"}).mail.sent.values()
    assert any("Lille Centre" in message.content.text for message in signed)
