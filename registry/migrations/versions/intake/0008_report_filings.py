"""reports filed through the API

Revision: 0008, after 0007.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from registry.core.db import UtcDateTime, json_column

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_filing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received", UtcDateTime(), nullable=False),
        sa.Column("changed", UtcDateTime(), nullable=False),
        sa.Column("files", json_column(), nullable=False),
        sa.Column("asked", sa.LargeBinary(), nullable=True),
        sa.Column("said", sa.LargeBinary(), nullable=True),
        sa.Column("corrects", sa.String(), nullable=True),
        sa.Column("corrected_by", sa.String(), nullable=True),
        sa.Column("case_number", sa.String(), nullable=False),
        sa.Column("record", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_report_filing_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["job.id"], name=op.f("fk_report_filing_job_id_job"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_filing")),
        sa.UniqueConstraint("job_id", name=op.f("uq_report_filing_job_id")),
        sa.UniqueConstraint("token", name=op.f("uq_report_filing_token")),
    )
    with op.batch_alter_table("report_filing", schema=None) as batch_op:
        batch_op.create_index("ix_report_filing_agency_id", ["agency_id", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("report_filing", schema=None) as batch_op:
        batch_op.drop_index("ix_report_filing_agency_id")

    op.drop_table("report_filing")
