"""Go checks and exceptions."""

from __future__ import annotations

from uuid import UUID

from adapters.postgres.rows import Rows, Session
from adapters.postgres.tables import go_checks, overrides
from adapters.postgres.wire import Mapper
from workers.domain.gates import GoCheck, Override

GO_CHECKS = Mapper(GoCheck, go_checks)
OVERRIDES = Mapper(Override, overrides)


class GoCheckRepository(Rows[GoCheck]):
    """`workers.ports.repositories.GoChecks`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, GO_CHECKS)

    def of_visit(self, visit_id: UUID) -> list[GoCheck]:
        """All runs of a visit, oldest first."""
        return self._select(go_checks.c.visit_id == visit_id, order=[go_checks.c.run])


class OverrideRepository(Rows[Override]):
    """`workers.ports.repositories.Overrides`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, OVERRIDES)

    def of_order(self, order_id: UUID) -> list[Override]:
        """All exceptions of an order, oldest first."""
        return self._select(overrides.c.order_id == order_id, order=[overrides.c.requested_at])
