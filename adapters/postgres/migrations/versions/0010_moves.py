"""States and moves of orders and visits, held by the database: no code and no person takes a way that does not exist."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ORDER_STATES = (
    "RECEIVED REJECTED CREATED SCHEDULED ASSIGNED DISPATCHED IN_PROGRESS ON_HOLD COMPLETED VERIFIED CLOSED CANCELLED"
)
VISIT_STATES = (
    "PLANNED HELD ASSIGNED READY ON_SITE DONE INCOMPLETE NO_SHOW_CUSTOMER NO_SHOW_PROVIDER RELEASED CANCELLED"
)
# Some steps make several moves in one transaction, each with its audit row; the database sees where they lead.
ORDER_MOVES = {
    "RECEIVED": "CREATED REJECTED CANCELLED",
    "CREATED": "SCHEDULED CANCELLED",
    "SCHEDULED": "ASSIGNED CANCELLED",
    "ASSIGNED": "SCHEDULED DISPATCHED CANCELLED",
    "DISPATCHED": "ASSIGNED SCHEDULED IN_PROGRESS CANCELLED",
    "IN_PROGRESS": "ON_HOLD SCHEDULED COMPLETED CLOSED CANCELLED",
    "ON_HOLD": "IN_PROGRESS CANCELLED",
    "COMPLETED": "VERIFIED CLOSED",
    "VERIFIED": "CLOSED",
}
VISIT_MOVES = {
    "PLANNED": "HELD CANCELLED",
    "HELD": "ASSIGNED RELEASED PLANNED CANCELLED",
    "ASSIGNED": "READY HELD RELEASED PLANNED CANCELLED",
    "READY": "ON_SITE NO_SHOW_CUSTOMER NO_SHOW_PROVIDER HELD RELEASED PLANNED CANCELLED",
    "ON_SITE": "DONE INCOMPLETE NO_SHOW_CUSTOMER NO_SHOW_PROVIDER CANCELLED",
    "INCOMPLETE": "CANCELLED",
    "NO_SHOW_CUSTOMER": "CANCELLED",
    "NO_SHOW_PROVIDER": "CANCELLED",
    "RELEASED": "PLANNED HELD CANCELLED",
}


def upgrade() -> None:
    """A refused move says so by the name of its table's rule."""
    for table, states, moves in (
        ("order_progress", ORDER_STATES, ORDER_MOVES),
        ("visits", VISIT_STATES, VISIT_MOVES),
    ):
        known = ", ".join(f"'{state}'" for state in states.split())
        pairs = ", ".join(f"('{source}', '{target}')" for source in moves for target in moves[source].split())
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {table}_state_check CHECK (state IN ({known}))")
        op.execute(
            f"""CREATE FUNCTION {table}_moves() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF (OLD.state, NEW.state) NOT IN ({pairs}) THEN
                    RAISE EXCEPTION '% does not move from % to %', TG_TABLE_NAME, OLD.state, NEW.state
                        USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_moves_check';
                END IF;
                RETURN NEW;
            END $$"""
        )
        op.execute(
            f"CREATE TRIGGER {table}_moves BEFORE UPDATE OF state ON {table} FOR EACH ROW"
            f" WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION {table}_moves()"
        )


def downgrade() -> None:
    """The code keeps the same rules."""
    for table in ("order_progress", "visits"):
        op.execute(f"DROP TRIGGER {table}_moves ON {table}")
        op.execute(f"DROP FUNCTION {table}_moves")
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_state_check")
