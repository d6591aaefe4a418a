"""escalate-task: a human task waits too long; the people the table `EscalationLevels` names are told, or get it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from workers.domain import facts
from workers.domain.desk import TOP_LEVEL, Grade, Operator, OperatorTask
from workers.domain.orders import ServiceOrder
from workers.domain.values import Recipient
from workers.journey import notify, tasking
from workers.journey.notice import Notice
from workers.journey.post import Post
from workers.journey.staffing import best
from workers.journey.tasking import LadderInput
from workers.ports.decisions import Decisions
from workers.ports.errors import Conflict, NotFound
from workers.ports.people import TaskList
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskInput, TaskOutput, task

ASSIGNEE = "ASSIGNEE"
BREACHED = "breached"
MINUTE = timedelta(minutes=1)


class Rule(TaskInput):
    """A row of `EscalationLevels`. `tell`: ASSIGNEE or a grade; `reassign_to`: a grade, empty leaves it where it is."""

    tell: Sequence[str]
    channels: Sequence[str]
    template: str
    reassign_to: str = ""


class Input(LadderInput):
    """The task, the level that begins, and what the table says about it."""

    level: int
    escalation_rule: Rule


class Output(TaskOutput):
    """The level that began."""

    level: int


class Late(NamedTuple):
    """A late task, what the table says, and whom that means."""

    row: OperatorTask
    rule: Rule
    told: Sequence[Operator]


@task("escalate-task", system="messaging")
def escalate_task(
    data: Input, ctx: Context, *, unit: UnitOfWork, tasks: TaskList, decisions: Decisions, post: Post
) -> Output:
    """Nothing for a task that was closed meanwhile. Its listener keeps who gets it, so nothing is locked while it is given."""
    level, rule = min(data.level + 1, TOP_LEVEL), data.escalation_rule
    row = unit.operator_tasks.find(data.task_id)
    if row is None or not row.open:
        return Output(level=level)
    told = list(_people(unit, row, rule))
    given = _reassigned(unit, row, rule, tasks, decisions)
    order = tasking.known_order(unit, row)
    current = unit.operator_tasks.locked(row.id)
    if current is None or not current.open:
        return Output(level=level)
    _keep(unit, current, level, [person.login for person in told], given)
    reason = BREACHED if level == TOP_LEVEL else f"{_share(current, unit)} % of the time is used"
    unit.announce(facts.task_escalated(current, order, level, reason))
    if order is not None:
        _tell(ctx, unit, post, order, Late(row, rule, told))
        unit.orders.note(order, "task escalated", task=row.element_id, level=level, assignee=given or row.assignee)
    return Output(level=level)


def _people(unit: UnitOfWork, row: OperatorTask, rule: Rule) -> Iterator[Operator]:
    """Whom the table names, each once."""
    known: set[str] = set()
    for who in rule.tell:
        for person in _named(unit, row, who):
            if person.login not in known:
                known.add(person.login)
                yield person


def _named(unit: UnitOfWork, row: OperatorTask, who: str) -> list[Operator]:
    if who != ASSIGNEE:
        return unit.operators.of_role(row.country_code, row.role, Grade(who))
    mine = unit.operators.of_login(row.assignee, row.country_code) if row.assignee else []
    return [person for person in mine if person.role == row.role][:1]


def _reassigned(unit: UnitOfWork, row: OperatorTask, rule: Rule, tasks: TaskList, decisions: Decisions) -> str | None:
    person = best(unit, decisions, row, Grade(rule.reassign_to)) if rule.reassign_to else None
    if person is None or person.login == row.assignee:
        return None
    try:
        tasks.assign(row.user_task_key, person.login)
    except (NotFound, Conflict):
        return None
    return person.login


def _keep(unit: UnitOfWork, row: OperatorTask, level: int, told: list[str], given: str | None) -> None:
    noted = row.noted("escalated", unit.now, level=level, told=told, to=given)
    unit.operator_tasks.save(replace(noted, level=level, within_sla=False if level == TOP_LEVEL else row.within_sla))


def _share(row: OperatorTask, unit: UnitOfWork) -> int:
    whole = (row.due_at - row.started) if row.due_at else timedelta()
    return round(100 * (unit.now - row.started) / whole) if whole else 100


def _tell(ctx: Context, unit: UnitOfWork, post: Post, order: ServiceOrder, late: Late) -> None:
    """Each person on the channels of the table they have an address for; the group when the table's people are not entered."""
    row = late.row
    more = {
        "taskType": row.type,
        "userTaskKey": row.user_task_key,
        "elapsed": round((unit.now - row.started) / MINUTE),
        "target": round((row.due_at - row.started) / MINUTE) if row.due_at else None,
    }
    notice = Notice(template=late.rule.template, recipient=Recipient.OPERATOR, role=row.role, urgent=False, more=more)
    if not late.told:
        notify.send(unit, post, order, notice, ctx.subkey)
    for person in late.told:
        for channel in late.rule.channels:
            if channel in person.addresses:
                one = replace(notice, operator=person, channel=channel)
                notify.send(unit, post, order, one, partial(ctx.subkey, person.login))
