"""certificates in the history of checks

Revision: 0007, after 0006.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("check_made") as table:
        table.add_column(sa.Column("certificate", sa.String(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("check_made") as table:
        table.drop_column("certificate")
