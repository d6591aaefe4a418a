"""Human tasks: who may answer, who gets them, who is told; a clock that stands still; races with people."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.tasks.conftest import START, TABLES, World, listens
from workers.intake import task_clock
from workers.runtime.outcome import BpmnError, Completed, Failed, Refusal

KEY = 6_000
SUPERVISORS_ONLY = [
    ("find-slot", {"slotChoice": {"decision": "USE_SLOT", "ignoreNotice": True}}),
    ("review-tv-outcome", {"tvReview": {"decision": "FORCE_YES"}}),
]


def mirror(world: World) -> Any:
    """The task as we keep it."""
    with world.unit() as effect:
        found = effect.unit.operator_tasks.get(UUID(world.vars["taskId"]))
        effect.store({})
    return found


def rule(level: int, **about: Any) -> dict[str, Any]:
    asked = {"priority": "HIGH", "countryCode": "FR", "role": "ops"} | about
    return {"level": level - 1, "escalationRule": TABLES.decide("EscalationLevels", level=level, **asked)}


@pytest.mark.parametrize(("kind", "answer"), SUPERVISORS_ONLY)
@pytest.mark.parametrize("who", ["operator.fr", "supervisor.es", "", "supervisor.fr"])
def test_what_a_supervisor_alone_may_answer(world, kind, answer, who):
    """Denied to everybody else, also to a supervisor of another country: the task stays open, and nothing is kept."""
    world.created().task_opened(kind)

    outcome = world.run("complete-task", listens(kind, who=who), key=KEY, **answer)

    if who == "supervisor.fr":
        assert isinstance(outcome, Completed)
        assert mirror(world).closed_by == who
    else:
        assert isinstance(outcome, Refusal)
        assert "supervisor" in outcome.reason
        assert mirror(world).open


def test_who_decided_and_why_is_in_the_timeline(world):
    """Person, decision and reason, whatever the task."""
    answer = {"orderApproval": {"decision": "REFUSE", "resolutionNotes": "The margin is too small."}}
    world.created().task_opened("approve-order", "ops-supervisor")

    world.run("complete-task", listens("approve-order", "ops-supervisor", who="supervisor.fr"), key=KEY, **answer)

    decided = [entry for entry in world.view().timeline if entry.what == "decided"]
    assert [entry.detail["by"] for entry in decided] == ["supervisor.fr"]
    assert decided[0].detail["decision"] == "REFUSE"
    assert decided[0].detail["notes"] == "The margin is too small."


def test_nobody_else_s_task_is_opened_without_its_type(world):
    """A model that forgot the header, or a job that listens to nothing, is an incident with its reason."""
    outcome = world.created().run("open-task", {"io.camunda.zeebe:userTaskKey": "5"}, key=KEY)

    assert isinstance(outcome, Failed)
    assert outcome.retries == 0
    assert "taskType" in outcome.message


def test_a_task_changes_hands(world):
    """Given, taken, given back: each is a line of its history, also the same person a second time."""
    world.created().task_opened()
    for number, (who, action) in enumerate([("operator.fr", "assign"), ("", "unassign"), ("operator.fr", "claim")]):
        job = {"element_instance_key": 20_000 + KEY, "process_instance_key": 10_000 + KEY}
        world.env.run("note-assignment", world.vars, key=100 + number, headers=listens(who=who, action=action), **job)

    kept = mirror(world)
    assert (kept.state, kept.assignee) == ("IN_PROGRESS", "operator.fr")
    assert [line["to"] for line in kept.history if line["what"] == "assigned"] == ["operator.fr", None, "operator.fr"]


def test_a_task_that_is_being_made_is_tried_again(world):
    """Camunda refuses changes of a task whose listener is still at work: that is no mistake of anybody."""
    world.created().task_opened()
    world.desk.busy.add(5500)
    sla = TABLES.decide("SlaTargets", priority="HIGH", taskType="correct-order")
    told = {"priority": "HIGH", "sla": sla, "clockFrom": START.isoformat()}

    outcome = world.run("update-user-task", **told)

    assert isinstance(outcome, Failed)
    assert outcome.retries > 0


@pytest.mark.parametrize("task", ["update-user-task", "assign-task", "escalate-task", "apply-escalation"])
def test_a_task_that_is_gone_needs_nothing(world, task):
    """The ladder meets a task that was answered meanwhile: it goes on to its end, and nobody is told."""
    world.late_task()
    world.run("cancel-task", listens(), key=KEY)
    told, sla = len(world.mail.sent), TABLES.decide("SlaTargets", priority="HIGH", taskType="correct-order")
    more = {"priority": "HIGH", "sla": sla, "clockFrom": START.isoformat(), "escalation": {"decision": "KEEP"}}

    outcome = world.run(task, **{**more, **rule(3)})

    assert isinstance(outcome, Completed)
    assert len(world.mail.sent) == told
    assert not world.desk.assigned


def test_the_levels_tell_the_people_of_the_table(world):
    """Person and lead, then the seniors, then management; each on the channels of the priority. The lead gets it in the end."""
    world.late_task()
    told = []
    for level in (1, 2, 3):
        before = set(world.mail.sent)
        world.clock.forward(hours=2)
        assert isinstance(world.run("escalate-task", **rule(level)), Completed)
        told.append({world.mail.sent[key].to for key in set(world.mail.sent) - before})

    assert told[0] == {"lead.fr", "lead.fr@example.com"}
    assert told[1] == {"senior.fr", "senior.fr@example.com"}
    assert told[2] == {"manager.fr", "manager.fr@example.com", "lead.fr", "lead.fr@example.com"}
    assert world.desk.assigned == {5500: "lead.fr"}
    assert mirror(world).within_sla is False
    assert [e.payload["level"] for e in world.env.bus.published if e.topic == "tasks.task.escalated"] == [1, 2, 3]


def test_the_best_person_gets_a_task(own_world):
    """Load counts: the second task goes to somebody else when the first has enough; nobody below the mark gets one."""
    world = own_world.created()
    world.task_opened().task_timed().do("assign-task")
    assert world.desk.assigned == {5500: "operator.fr"}

    world.desk.assigned.clear()
    world.do("assign-task", {"atLeast": "101"})
    assert not world.desk.assigned


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"decision": "REASSIGN", "assignee": "finance.fr"}, "ESCALATION_NOT_POSSIBLE"),
        ({"decision": "REASSIGN", "assignee": "operator.es"}, "ESCALATION_NOT_POSSIBLE"),
        ({"decision": "REASSIGN"}, "ESCALATION_NOT_POSSIBLE"),
        ({"decision": "CLOSE_DUPLICATE"}, "ESCALATION_NOT_POSSIBLE"),
        ({"decision": "KEEP"}, ""),
        ({"decision": "REASSIGN", "assignee": "senior.fr", "priority": "URGENT"}, ""),
    ],
)
def test_what_a_lead_may_decide(world, answer, code):
    """Only people who see the task can get it, and only one of two is a duplicate; the lead is asked again otherwise."""
    outcome = world.late_task().run("apply-escalation", priority="HIGH", escalation=answer)

    assert (outcome.code if isinstance(outcome, BpmnError) else "") == code
    if not code:
        assert isinstance(outcome, Completed)
        assert world.desk.assigned == ({5500: "senior.fr"} if answer["decision"] == "REASSIGN" else {})


def test_the_second_of_two_is_closed(world):
    """Two tasks of the same step in one journey: one is taken away, the other stays."""
    world.late_task()
    job = {"element_instance_key": 77, "process_instance_key": 10_000 + KEY}
    world.env.run("open-task", world.vars, key=6_001, headers=listens(), **job)

    assert isinstance(
        world.run("apply-escalation", priority="HIGH", escalation={"decision": "CLOSE_DUPLICATE"}), Completed
    )
    assert world.desk.withdrawn == {20_000 + KEY}


def test_the_clock_stands_still(world):
    """A pause is added to the due date; a clock that stands still is not stopped again, one that runs not started."""
    world.late_task()
    task, hour = UUID(world.vars["taskId"]), timedelta(hours=1)
    with world.unit() as effect:
        task_clock.pause(effect.unit, task, by="ana", reason="the store calls back")
        effect.store({})
    world.clock.forward(hours=1)
    with world.unit() as effect:
        told = task_clock.resume(effect.unit, task, by="ana").message
        effect.store({})
    sla = TABLES.decide("SlaTargets", priority="HIGH", taskType="correct-order")
    world.do("update-user-task", priority="HIGH", sla=sla, clockFrom=START.isoformat(), **told.variables)

    assert mirror(world).due_at == START + timedelta(hours=8) + hour
    assert datetime.fromisoformat(world.vars["dueAt"]) == START + timedelta(hours=9)


def test_what_no_worker_reads_is_kept(world):
    """The result of a call, the day a customer would like, the reference in sales: in the timeline, beside decision and notes."""
    answer = {
        "contractChase": {"decision": "RESEND", "callResult": "WILL_SIGN", "resolutionNotes": "She signs tonight."}
    }
    world.created().task_opened("chase-contract")

    world.run("complete-task", listens("chase-contract", who="operator.fr"), key=KEY, **answer)

    decided = next(entry for entry in world.view().timeline if entry.what == "decided")
    assert decided.detail["callResult"] == "WILL_SIGN"


def test_a_form_speaks_people_s_words(world):
    """Sales number, service and local times; nothing of the customer; a task that comes back says what was decided before."""
    world.late_task().do("describe-task")
    first = world.desk.shown[20_000 + KEY]["shown"]
    assert first["order"].startswith("8841207 (SO-2027-")
    assert first["service"] == "Kitchen installation, up to 12 units"
    assert first["due"] == "11/01/2027 18:00"
    assert first["before"] is None
    assert "Garnier" not in str(first)

    answer = {"correction": {"decision": "RETRY", "resolutionNotes": "The number was wrong."}}
    world.run("complete-task", listens(who="operator.fr"), key=KEY, **answer)
    world.task_opened(key=6_100).task_timed().do("describe-task")

    again = world.desk.shown[26_100]["shown"]
    assert again["before"] == "11/01/2027 10:00, operator.fr: RETRY. The number was wrong."
