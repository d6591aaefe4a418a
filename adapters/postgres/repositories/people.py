"""Operators and their tasks."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from adapters.postgres.rows import Rows, Session
from adapters.postgres.tables import operator_tasks, operators
from adapters.postgres.wire import Mapper
from workers.domain.desk import Grade, Operator, OperatorTask, TaskState

TASKS = Mapper(OperatorTask, operator_tasks)
OPERATORS = Mapper(Operator, operators)


class OperatorTaskRepository(Rows[OperatorTask]):
    """`workers.ports.repositories.OperatorTasks`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, TASKS)

    def of_order(self, order_id: UUID) -> list[OperatorTask]:
        """All tasks of an order, oldest first."""
        return self._select(operator_tasks.c.order_id == order_id, order=[operator_tasks.c.opened_at])

    def locked(self, key: UUID) -> OperatorTask | None:
        """The task, locked until the transaction ends: listeners and the ladder may come at once."""
        query = sa.select(operator_tasks).where(operator_tasks.c.id == key).with_for_update()
        row = self._session.connection.execute(query).mappings().first()
        return None if row is None else TASKS.item(row)


class OperatorRepository(Rows[Operator]):
    """`workers.ports.repositories.Operators`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, OPERATORS)

    def of_role(self, country: str, role: str, *grades: Grade) -> list[Operator]:
        """Active people of a role in a country, of these grades (any when none is named), by login."""
        mine = (operators.c.country_code == country) & (operators.c.role == role) & operators.c.active
        wanted = operators.c.grade.in_([grade.value for grade in grades]) if grades else sa.true()
        return self._select(mine & wanted, order=[operators.c.login])

    def of_login(self, login: str, country: str) -> list[Operator]:
        """The roles a person has in a country."""
        mine = (operators.c.login == login) & (operators.c.country_code == country) & operators.c.active
        return self._select(mine, order=[operators.c.role])

    def loads(self, logins: Sequence[str]) -> dict[str, int]:
        """How many open tasks each person has."""
        mine = operator_tasks.c.assignee.in_(list(logins)) & operator_tasks.c.closed_at.is_(None)
        return self._counted(operator_tasks.c.assignee, mine)

    def experience(self, logins: Sequence[str], task_type: str) -> dict[str, int]:
        """How many tasks of a type each person has done."""
        done = operator_tasks.c.state == TaskState.COMPLETED.value
        mine = operator_tasks.c.closed_by.in_(list(logins)) & (operator_tasks.c.type == task_type) & done
        return self._counted(operator_tasks.c.closed_by, mine)

    def _counted(self, column: sa.Column[str], where: sa.ColumnElement[bool]) -> dict[str, int]:
        query = sa.select(column, sa.func.count()).where(where).group_by(column)
        return {str(login): int(count) for login, count in self._session.connection.execute(query)}
