"""A visit may take several days and several teams: a booking for each, counted as its parts.

The exclusion of overlaps is checked when all parts of a visit are in their new place, not after each of them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

LIVE = "state IN ('PRE_BOOKED', 'CONFIRMED')"
OVERLAP = f"EXCLUDE USING gist (team_id WITH =, day WITH =, occupied WITH &&) WHERE ({LIVE})"


def upgrade() -> None:
    """Every visit of before has one part."""
    op.add_column("bookings", sa.Column("part", sa.Integer, nullable=False, server_default="1"))
    op.execute("ALTER TABLE bookings ADD CONSTRAINT bookings_part_check CHECK (part >= 1)")
    op.create_index("bookings_parts", "bookings", ["visit_id", "part"], unique=True, postgresql_where=sa.text(LIVE))
    op.execute("ALTER TABLE bookings DROP CONSTRAINT bookings_overlap")
    op.execute(f"ALTER TABLE bookings ADD CONSTRAINT bookings_overlap {OVERLAP} DEFERRABLE INITIALLY IMMEDIATE")


def downgrade() -> None:
    """Further parts stay booked, but nobody knows them any more."""
    op.execute("ALTER TABLE bookings DROP CONSTRAINT bookings_overlap")
    op.execute(f"ALTER TABLE bookings ADD CONSTRAINT bookings_overlap {OVERLAP}")
    op.drop_index("bookings_parts", "bookings")
    op.execute("ALTER TABLE bookings DROP CONSTRAINT bookings_part_check")
    op.drop_column("bookings", "part")
