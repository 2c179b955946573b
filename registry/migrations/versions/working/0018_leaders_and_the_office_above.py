"""leaders without an account; the office above is informed of a report

Revision: 0018, after 0017.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from registry.core.db import UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "authority_leader",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=True),
        sa.Column("ended", UtcDateTime(), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["added_by"], ["account.id"], name=op.f("fk_authority_leader_added_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"],
            ["authority.id"],
            name=op.f("fk_authority_leader_authority_id_authority"),
        ),
        sa.ForeignKeyConstraint(
            ["ended_by"], ["account.id"], name=op.f("fk_authority_leader_ended_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority_leader")),
    )
    op.create_index(
        "ix_authority_leader_authority_id_ended", "authority_leader", ["authority_id", "ended"]
    )
    op.create_table(
        "tip_informing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("docket_id", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("verifier_level", sa.String(length=20), nullable=False),
        sa.Column("told_by", sa.Integer(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_tip_informing_authority_id_authority")
        ),
        sa.ForeignKeyConstraint(
            ["docket_id"], ["tip.docket_id"], name=op.f("fk_tip_informing_docket_id_tip")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tip_informing")),
    )
    op.create_index("ix_tip_informing_docket_id", "tip_informing", ["docket_id"])
    op.create_index("ix_tip_informing_authority", "tip_informing", ["authority_id", "opened_at"])
    with op.batch_alter_table("tip") as batch:
        batch.add_column(
            sa.Column("about_office", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("tip") as batch:
        batch.alter_column("about_office", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("tip") as batch:
        batch.drop_column("about_office")
    op.drop_table("tip_informing")
    op.drop_table("authority_leader")
