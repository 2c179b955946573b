"""lapses, and the exact ends of terms in hours

Revision: 0004, after 0003.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from registry.core.db import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("docket_clock", sa.Column("breach_at", UtcDateTime(), nullable=True))
    op.add_column("docket_clock", sa.Column("stopped_at", UtcDateTime(), nullable=True))
    op.create_table(
        "docket_lapse",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("docket_id", sa.Integer(), nullable=False),
        sa.Column("clock_code", sa.String(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("noted_on", sa.Date(), nullable=False),
        sa.Column("raised_to", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["docket_id"], ["docket.id"], name=op.f("fk_docket_lapse_docket_id_docket")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_docket_lapse")),
    )
    op.create_index("ix_docket_lapse_docket", "docket_lapse", ["docket_id", "clock_code"])
    op.create_index("ix_docket_lapse_authority", "docket_lapse", ["authority_id", "noted_on"])
    op.create_index("ix_docket_lapse_raised", "docket_lapse", ["raised_to", "docket_id"])


def downgrade() -> None:
    op.drop_index("ix_docket_lapse_raised", table_name="docket_lapse")
    op.drop_index("ix_docket_lapse_authority", table_name="docket_lapse")
    op.drop_index("ix_docket_lapse_docket", table_name="docket_lapse")
    op.drop_table("docket_lapse")
    op.drop_column("docket_clock", "stopped_at")
    op.drop_column("docket_clock", "breach_at")
