"""how much a report's files take, by its mailbox

Revision: 0003, after 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("mailbox") as batch:
        batch.add_column(sa.Column("frames", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("mailbox") as batch:
        batch.alter_column("frames", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("mailbox") as batch:
        batch.drop_column("frames")
