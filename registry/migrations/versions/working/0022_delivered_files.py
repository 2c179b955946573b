"""files that came of rows handed in through the API

Revision: 0022, after 0021.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "delivered_file",
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["import_file.id"], name=op.f("fk_delivered_file_file_id_import_file")
        ),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_delivered_file")),
    )
    with op.batch_alter_table("delivered_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivered_file_file_id"), ["file_id"], unique=False)
        batch_op.create_index("ix_delivered_file_open", ["open", "file_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("delivered_file", schema=None) as batch_op:
        batch_op.drop_index("ix_delivered_file_open")
        batch_op.drop_index(batch_op.f("ix_delivered_file_file_id"))

    op.drop_table("delivered_file")
