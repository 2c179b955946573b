"""when an authority was changed, by whom, and when it was published

Revision: 0009, after 0008.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from registry.core.db import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("authority", sa.Column("changed", UtcDateTime(), nullable=True))
    op.add_column("authority", sa.Column("changed_by", sa.Integer(), nullable=True))
    op.add_column("authority", sa.Column("published", UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("authority", "published")
    op.drop_column("authority", "changed_by")
    op.drop_column("authority", "changed")
