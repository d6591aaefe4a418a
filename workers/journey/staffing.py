"""Who of a role does a human task best, by the table `OperatorScore`."""

from __future__ import annotations

from typing import NamedTuple

from workers.domain.desk import Grade, Operator, OperatorTask
from workers.ports.decisions import Decisions
from workers.ports.repositories import UnitOfWork

SCORE = "OperatorScore"


class Scored(NamedTuple):
    """A person and what the table says."""

    score: int
    person: Operator


def best(
    unit: UnitOfWork, decisions: Decisions, row: OperatorTask, *grades: Grade, at_least: int = 0
) -> Operator | None:
    """The person with the highest score that is high enough; the first by name of equals."""
    people = unit.operators.of_role(row.country_code, row.role, *grades)
    loads = unit.operators.loads([person.login for person in people])
    done = unit.operators.experience([person.login for person in people], row.type)
    scored = [
        Scored(
            int(
                decisions.decide(
                    SCORE,
                    grade=person.grade.value,
                    done=done.get(person.login, 0),
                    openTasks=loads.get(person.login, 0),
                    present=person.present(unit.now),
                    sameBu=person.bu_code == row.bu_code,
                )
                or 0
            ),
            person,
        )
        for person in people
    ]
    fit = [one for one in scored if one.score >= at_least]
    return max(fit, key=lambda one: one.score).person if fit else None
