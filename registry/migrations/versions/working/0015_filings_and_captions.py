"""cases of filings through the API, captions of pictures

Revision: 0015, after 0014.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "filing_case",
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("docket_id", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["docket_id"], ["docket.id"], name=op.f("fk_filing_case_docket_id_docket")
        ),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_filing_case")),
    )
    with op.batch_alter_table("filing_case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_filing_case_docket_id"), ["docket_id"], unique=False)
        batch_op.create_index("ix_filing_case_open", ["open", "docket_id"], unique=False)

    with op.batch_alter_table("report_file", schema=None) as batch_op:
        batch_op.add_column(sa.Column("caption", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("report_file", schema=None) as batch_op:
        batch_op.drop_column("caption")

    with op.batch_alter_table("filing_case", schema=None) as batch_op:
        batch_op.drop_index("ix_filing_case_open")
        batch_op.drop_index(batch_op.f("ix_filing_case_docket_id"))

    op.drop_table("filing_case")
