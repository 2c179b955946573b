"""dated snapshots of statistics; when the registry learned of a deadline's start and end

Revision: 0017, after 0016.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from registry.core.db import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "statistic_snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("length", sa.String(length=8), nullable=False),
        sa.Column("computed_at", UtcDateTime(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statistic_snapshot")),
    )
    op.create_index(op.f("ix_statistic_snapshot_period"), "statistic_snapshot", ["period"])
    op.create_table(
        "statistic_cell",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(length=40), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"],
            ["statistic_snapshot.id"],
            name=op.f("fk_statistic_cell_snapshot_id_statistic_snapshot"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statistic_cell")),
        sa.UniqueConstraint(
            "snapshot_id",
            "indicator",
            "authority_id",
            "region",
            name=op.f("uq_statistic_cell_snapshot_id_indicator_authority_id_region"),
        ),
    )
    op.add_column("docket_clock", sa.Column("noted_at", UtcDateTime(), nullable=True))
    op.add_column("docket_clock", sa.Column("stop_noted_at", UtcDateTime(), nullable=True))
    op.create_index("ix_docket_clock_code", "docket_clock", ["code", "stopped_on"])
    op.create_index("ix_docket_event_effective", "docket_event", ["action", "effective_on"])


def downgrade() -> None:
    op.drop_index("ix_docket_event_effective", table_name="docket_event")
    op.drop_index("ix_docket_clock_code", table_name="docket_clock")
    op.drop_column("docket_clock", "stop_noted_at")
    op.drop_column("docket_clock", "noted_at")
    op.drop_table("statistic_cell")
    op.drop_index(op.f("ix_statistic_snapshot_period"), table_name="statistic_snapshot")
    op.drop_table("statistic_snapshot")
