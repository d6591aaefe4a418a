"""Closing documents, claims and numbers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from adapters.postgres.client import Database
from adapters.postgres.rows import Rows, Session
from adapters.postgres.tables import agreements, claims, contracts, executions, issued_numbers, wcfs
from adapters.postgres.wire import Mapper
from workers.domain import ids
from workers.domain.closing import Agreement, Claim, WorkClosingForm
from workers.domain.contracts import Contract

WCFS = Mapper(WorkClosingForm, wcfs)
AGREEMENTS = Mapper(Agreement, agreements)
CONTRACTS = Mapper(Contract, contracts)
CLAIMS = Mapper(Claim, claims)


class WcfRepository(Rows[WorkClosingForm]):
    """`workers.ports.repositories.Wcfs`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, WCFS)

    def of_order(self, order_id: UUID) -> list[WorkClosingForm]:
        """All forms of an order, oldest first."""
        return self._select(wcfs.c.order_id == order_id, order=[wcfs.c.created_at, wcfs.c.sequence])


class ContractRepository(Rows[Contract]):
    """`workers.ports.repositories.Contracts`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, CONTRACTS)

    def of_order(self, order_id: UUID) -> list[Contract]:
        """All versions of an order's contract, oldest first."""
        return self._select(contracts.c.order_id == order_id, order=[contracts.c.created_at, contracts.c.sequence])

    def of_provider(self, provider_id: UUID) -> list[Contract]:
        """All versions of a provider's contract, oldest first."""
        return self._select(
            contracts.c.provider_id == provider_id, order=[contracts.c.created_at, contracts.c.sequence]
        )


class AgreementRepository(Rows[Agreement]):
    """`workers.ports.repositories.Agreements`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, AGREEMENTS)

    def of_order(self, order_id: UUID) -> list[Agreement]:
        """All agreements of an order, oldest first."""
        return self._select(agreements.c.order_id == order_id, order=[agreements.c.sent_at, agreements.c.id])


class ClaimRepository(Rows[Claim]):
    """`workers.ports.repositories.Claims`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, CLAIMS)

    def of_order(self, order_id: UUID) -> list[Claim]:
        """All claims of an order, oldest first."""
        return self._select(claims.c.order_id == order_id, order=[claims.c.created_at, claims.c.id])

    def of_provider(self, provider_id: UUID, since: datetime) -> list[Claim]:
        """Claims that speak against a provider."""
        mine = (claims.c.provider_id == provider_id) & claims.c.counts
        return self._select(mine, claims.c.decided_at >= since, order=[claims.c.decided_at, claims.c.id])

    def jobs_of(self, provider_id: UUID, since: datetime) -> int:
        """Visits the provider was at."""
        mine = (executions.c.provider_id == provider_id) & (executions.c.checked_in_at >= since)
        query = sa.select(sa.func.count()).select_from(executions).where(mine)
        return int(self._session.connection.execute(query).scalar_one())


class NumberRepository:
    """`workers.ports.repositories.Numbers`: each number in its own short transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def issue(self, series: str, owner: UUID, *, year: int) -> str:
        """The number of `owner`, else the next one."""
        with self._database.begin() as connection:
            # One at a time per series: the lock ends with this short transaction.
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(series, year))))
            known = (issued_numbers.c.series == series) & (issued_numbers.c.owner == owner)
            row = connection.execute(sa.select(issued_numbers.c.year, issued_numbers.c.value).where(known)).first()
            if row is None:
                row = connection.execute(self._next(series, owner, year)).one()
        return ids.series_number(series, row.year, row.value)

    def _next(self, series: str, owner: UUID, year: int) -> sa.Executable:
        used = (issued_numbers.c.series == series) & (issued_numbers.c.year == year)
        value = sa.select(sa.func.coalesce(sa.func.max(issued_numbers.c.value), 0) + 1).where(used).scalar_subquery()
        statement = sa.insert(issued_numbers).values(series=series, owner=owner, year=year, value=value)
        return statement.returning(issued_numbers.c.year, issued_numbers.c.value)
