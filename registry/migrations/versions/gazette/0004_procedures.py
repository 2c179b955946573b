"""what codes on served papers open, and where filings stand

Revision: 0004, after 0003.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "procedure_window",
        sa.Column("lookup", sa.LargeBinary(), nullable=False),
        sa.Column("window_id", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("office_key", sa.LargeBinary(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("lookup", name=op.f("pk_procedure_window")),
        sa.UniqueConstraint("window_id", name=op.f("uq_procedure_window_window_id")),
    )
    op.create_table(
        "procedure_status",
        sa.Column("lookup", sa.LargeBinary(), nullable=False),
        sa.Column("filing_id", sa.String(), nullable=False),
        sa.Column("office_key", sa.LargeBinary(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("lookup", name=op.f("pk_procedure_status")),
        sa.UniqueConstraint("filing_id", name=op.f("uq_procedure_status_filing_id")),
    )


def downgrade() -> None:
    op.drop_table("procedure_status")
    op.drop_table("procedure_window")
