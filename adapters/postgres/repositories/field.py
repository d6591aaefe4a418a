"""Visits and what is done on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from adapters.postgres.client import sqlstate
from adapters.postgres.rows import Rows, Session
from adapters.postgres.tables import (
    assignment_runs,
    assignments,
    bookings,
    broadcasts,
    date_negotiations,
    executions,
    offers,
    tv_outcomes,
    visits,
)
from adapters.postgres.wire import Mapper
from workers.domain.assignments import Assignment, AssignmentRun, Broadcast, Offer
from workers.domain.negotiations import DateNegotiation
from workers.domain.scheduling import Busy
from workers.domain.states import (
    LIVE_BOOKINGS,
    AssignmentState,
    BookingState,
    BroadcastState,
    NegotiationState,
    OfferState,
)
from workers.domain.visits import Booking, Execution, TvOutcome, Visit
from workers.ports.repositories import Load

VISITS = Mapper(Visit, visits)
BOOKINGS = Mapper(Booking, bookings)
RUNS = Mapper(AssignmentRun, assignment_runs)
OFFERS = Mapper(Offer, offers)
BROADCASTS = Mapper(Broadcast, broadcasts)
NEGOTIATIONS = Mapper(DateNegotiation, date_negotiations)
ASSIGNMENTS = Mapper(Assignment, assignments)
EXECUTIONS = Mapper(Execution, executions)
TV_OUTCOMES = Mapper(TvOutcome, tv_outcomes)
EXCLUSION_VIOLATION = "23P01"
HALF_A_JOB = 0.5


class VisitRepository(Rows[Visit]):
    """`workers.ports.repositories.Visits`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, VISITS)

    def of_order(self, order_id: UUID) -> list[Visit]:
        """All visits of an order, oldest first."""
        return self._select(visits.c.order_id == order_id, order=[visits.c.sequence])


class BookingRepository(Rows[Booking]):
    """`workers.ports.repositories.Bookings`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, BOOKINGS)

    def hold_all(self, items: Sequence[Booking]) -> list[Booking] | None:
        """Inserts or moves bookings; the exclusion constraint says whether the teams are free, once all of them are in place.

        Two inserts of one slot in the same moment would wait for each other (a deadlock), so a team is booked by one
        transaction at a time, and several teams in the order of their ids. A refusal rolls back to the savepoint, which gives
        the teams' locks back: whoever waits for a team holds none of a higher id.
        """
        held = [self._next(item) if self.find(item.id) else item for item in items]
        try:
            with self._session.connection.begin_nested():
                for team in sorted({str(item.team_id) for item in held}):
                    key = sa.func.hashtextextended(team, 2)
                    self._session.connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))
                self._session.connection.execute(sa.text("SET CONSTRAINTS bookings_overlap DEFERRED"))
                # Those that are given up first: their parts may be taken.
                for item in sorted(held, key=lambda item: item.state in LIVE_BOOKINGS):
                    row = BOOKINGS.row(item)
                    statement = insert(bookings).values(row).on_conflict_do_update(index_elements=["id"], set_=row)
                    self._session.connection.execute(statement)
                self._session.connection.execute(sa.text("SET CONSTRAINTS bookings_overlap IMMEDIATE"))
        except IntegrityError as error:
            if sqlstate(error) != EXCLUSION_VIOLATION:
                raise
            return None
        return held

    def of_visit(self, visit_id: UUID) -> list[Booking]:
        """All bookings of a visit, oldest first, part by part."""
        return self._select(bookings.c.visit_id == visit_id, order=[bookings.c.created_at, bookings.c.part])

    def live_of(self, visit_id: UUID) -> list[Booking]:
        """The live bookings of a visit, part by part."""
        live = bookings.c.state.in_(LIVE_BOOKINGS)
        return self._select(bookings.c.visit_id == visit_id, live, order=[bookings.c.part])

    def busy(
        self, teams: Sequence[UUID], first: date, last: date, *, without: UUID | None = None
    ) -> Mapping[UUID, list[Busy]]:
        """Live bookings of teams in a span of days, which is widened to whole weeks for weekly limits."""
        start, end = first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())
        found: dict[UUID, list[Busy]] = {team: [] for team in teams}
        columns = (bookings.c.team_id, bookings.c.day, bookings.c.start_q, bookings.c.end_q)
        query = sa.select(*columns).where(
            bookings.c.team_id.in_(teams), bookings.c.day.between(start, end), bookings.c.state.in_(LIVE_BOOKINGS)
        )
        if without is not None:
            query = query.where(bookings.c.visit_id != without)
        for team, day, start_q, end_q in self._session.connection.execute(query):
            found[team].append(Busy(day, start_q, end_q))
        return found

    def lapse(self, teams: Sequence[UUID]) -> int:
        """Expires holds whose time is over; a visit another transaction works on is left alone, with all its parts."""
        held = bookings.c.state == BookingState.PRE_BOOKED
        over = held & (bookings.c.expires_at < self._session.now)
        visits_of = sa.select(bookings.c.visit_id).where(bookings.c.team_id.in_(teams), over)
        connection = self._session.connection
        locked = connection.execute(
            sa.select(bookings.c.id, bookings.c.visit_id)
            .where(bookings.c.visit_id.in_(visits_of), over)
            .with_for_update(skip_locked=True)
        ).all()
        if not locked:
            return 0
        there = sa.select(bookings.c.visit_id, sa.func.count().label("parts")).where(
            held, bookings.c.visit_id.in_({row.visit_id for row in locked})
        )
        counts = {row.visit_id: row.parts for row in connection.execute(there.group_by(bookings.c.visit_id))}
        mine = Counter(row.visit_id for row in locked)
        whole = [row.id for row in locked if mine[row.visit_id] == counts[row.visit_id]]
        values = {"state": BookingState.EXPIRED, "updated_at": self._session.now, "version": bookings.c.version + 1}
        return connection.execute(sa.update(bookings).where(bookings.c.id.in_(whole)).values(values)).rowcount


class OfferRepository(Rows[Offer]):
    """`workers.ports.repositories.Offers`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, OFFERS)

    def of_visit(self, visit_id: UUID) -> list[Offer]:
        """All offers of a visit, oldest first."""
        return self._select(offers.c.visit_id == visit_id, order=[offers.c.sent_at, offers.c.id])

    def answer(self, offer_id: UUID, state: OfferState, *, reason: str | None = None) -> Offer | None:
        """One conditional update from PENDING; zero rows mean too late."""
        values = {
            "state": state,
            "answered_at": self._session.now,
            "rejection_reason": reason,
            "version": offers.c.version + 1,
        }
        pending = (offers.c.id == offer_id) & (offers.c.state == OfferState.PENDING)
        statement = sa.update(offers).where(pending).values(values).returning(*offers.columns)
        row = self._session.connection.execute(statement).mappings().first()
        return OFFERS.item(row) if row else None

    def half_loads(self, teams: Sequence[UUID], day: date) -> Mapping[UUID, Load]:
        """Open offers of teams for visits on that day and in its week."""
        monday = day - timedelta(days=day.weekday())
        planned = sa.cast(visits.c.planned_start, sa.Date)
        query = (
            sa.select(offers.c.team_id, planned)
            .join(visits, visits.c.id == offers.c.visit_id)
            .where(
                offers.c.team_id.in_(teams),
                offers.c.state == OfferState.PENDING,
                planned.between(monday, monday + timedelta(days=6)),
            )
        )
        found = dict.fromkeys(teams, Load(0.0, 0.0))
        for team, on in self._session.connection.execute(query):
            found[team] = Load(found[team].day + HALF_A_JOB * (on == day), found[team].week + HALF_A_JOB)
        return found


class RunRepository(Rows[AssignmentRun]):
    """`workers.ports.repositories.Runs`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, RUNS)

    def of_visit(self, visit_id: UUID) -> list[AssignmentRun]:
        """All searches for a visit, oldest first."""
        order = [assignment_runs.c.started_at, assignment_runs.c.id]
        return self._select(assignment_runs.c.visit_id == visit_id, order=order)


class BroadcastRepository(Rows[Broadcast]):
    """`workers.ports.repositories.Broadcasts`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, BROADCASTS)

    def end(self, broadcast_id: UUID, state: BroadcastState, *, winner: UUID | None = None) -> Broadcast | None:
        """One conditional update from ACTIVE; zero rows mean that somebody, or the clock, was quicker."""
        values = {"state": state, "winning_offer_id": winner, "version": broadcasts.c.version + 1}
        active = (broadcasts.c.id == broadcast_id) & (broadcasts.c.state == BroadcastState.ACTIVE)
        statement = sa.update(broadcasts).where(active).values(values).returning(*broadcasts.columns)
        row = self._session.connection.execute(statement).mappings().first()
        return BROADCASTS.item(row) if row else None

    def active_of(self, visit_id: UUID) -> list[Broadcast]:
        """The active ones of a visit."""
        return self._select(broadcasts.c.visit_id == visit_id, broadcasts.c.state == BroadcastState.ACTIVE)


class NegotiationRepository(Rows[DateNegotiation]):
    """`workers.ports.repositories.Negotiations`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, NEGOTIATIONS)

    def of_offer(self, offer_id: UUID) -> list[DateNegotiation]:
        """All negotiations about an offer, oldest first."""
        about = date_negotiations.c.offer_id == offer_id
        return self._select(about, order=[date_negotiations.c.created_at, date_negotiations.c.id])

    def open_of(self, offer_id: UUID) -> DateNegotiation | None:
        """The one in progress."""
        found = [item for item in self.of_offer(offer_id) if item.state is NegotiationState.IN_PROGRESS]
        return found[0] if found else None


class AssignmentRepository(Rows[Assignment]):
    """`workers.ports.repositories.Assignments`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, ASSIGNMENTS)

    def of_visit(self, visit_id: UUID) -> list[Assignment]:
        """All assignments of a visit, oldest first."""
        return self._select(assignments.c.visit_id == visit_id, order=[assignments.c.created_at, assignments.c.id])

    def accepted(self, visit_id: UUID) -> Assignment | None:
        """The one that counts now."""
        accepted = assignments.c.state == AssignmentState.ACCEPTED
        return next(iter(self._select(assignments.c.visit_id == visit_id, accepted)), None)


class ExecutionRepository(Rows[Execution]):
    """`workers.ports.repositories.Executions`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, EXECUTIONS)

    def latest(self, visit_id: UUID) -> Execution | None:
        """The newest one of a visit."""
        found = self._select(executions.c.visit_id == visit_id, order=[executions.c.dispatched_at, executions.c.id])
        return found[-1] if found else None


class TvOutcomeRepository(Rows[TvOutcome]):
    """`workers.ports.repositories.TvOutcomes`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, TV_OUTCOMES)

    def latest(self, order_id: UUID) -> TvOutcome | None:
        """The newest one of an order."""
        found = self._select(tv_outcomes.c.order_id == order_id, order=[tv_outcomes.c.recorded_at, tv_outcomes.c.id])
        return found[-1] if found else None
