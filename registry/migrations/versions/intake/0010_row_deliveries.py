"""rows that platforms hand in through the API

Revision: 0010, after 0009.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from registry.core.db import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "row_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received", UtcDateTime(), nullable=False),
        sa.Column("changed", UtcDateTime(), nullable=False),
        sa.Column("file", sa.String(), nullable=True),
        sa.Column("asked", sa.LargeBinary(), nullable=True),
        sa.Column("said", sa.LargeBinary(), nullable=True),
        sa.Column("case_number", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_row_delivery_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["job.id"], name=op.f("fk_row_delivery_job_id_job"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_row_delivery")),
        sa.UniqueConstraint("job_id", name=op.f("uq_row_delivery_job_id")),
        sa.UniqueConstraint("token", name=op.f("uq_row_delivery_token")),
    )
    with op.batch_alter_table("row_delivery", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_row_delivery_agency_id"), ["agency_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("row_delivery", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_row_delivery_agency_id"))

    op.drop_table("row_delivery")
