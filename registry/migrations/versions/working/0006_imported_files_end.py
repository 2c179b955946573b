"""when the bytes of an imported file were erased

Revision: 0006, after 0005.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from registry.core.db import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("import_file", sa.Column("erased", UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("import_file", "erased")
