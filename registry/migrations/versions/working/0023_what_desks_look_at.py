"""what desks and figures look at: clocks that run, and whose case each is

Revision: 0023, after 0022.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_docket_unit", "docket", ["id", "authority_id", "owner_id", "kind", "number"]
    )
    op.create_index(
        "ix_docket_clock_desk",
        "docket_clock",
        ["first_due", "id", "docket_id", "code", "breach_due", "provisional", "started_on"],
        sqlite_where=sa.text("stopped_on IS NULL"),
        postgresql_where=sa.text("stopped_on IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_docket_clock_desk", table_name="docket_clock")
    op.drop_index("ix_docket_unit", table_name="docket")
