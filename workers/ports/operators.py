"""People who work in Tasklist, and their tasks: what is kept of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from workers.domain.desk import Grade, Operator, OperatorTask
from workers.ports.repository import Repository


class OperatorTasks(Repository[OperatorTask], Protocol):
    """Human tasks, as we keep them beside Camunda's."""

    def of_order(self, order_id: UUID) -> list[OperatorTask]:
        """All tasks of an order, oldest first."""
        ...

    def locked(self, key: UUID) -> OperatorTask | None:
        """The task, locked until the transaction ends; None when it is not known."""
        ...


class Operators(Repository[Operator], Protocol):
    """People who work in Tasklist."""

    def of_role(self, country: str, role: str, *grades: Grade) -> list[Operator]:
        """Active people of a role in a country, of these grades (any when none is named), by login."""
        ...

    def of_login(self, login: str, country: str) -> list[Operator]:
        """The roles a person has in a country."""
        ...

    def loads(self, logins: Sequence[str]) -> dict[str, int]:
        """How many open tasks each person has."""
        ...

    def experience(self, logins: Sequence[str], task_type: str) -> dict[str, int]:
        """How many tasks of a type each person has done."""
        ...
