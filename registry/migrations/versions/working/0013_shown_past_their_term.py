"""what is shown past its term is found by an index

Revision: 0013, after 0012.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    shown = sa.text("public_id IS NOT NULL")
    op.create_index(
        "ix_docket_shown_until",
        "docket",
        ["ends_on"],
        sqlite_where=shown,
        postgresql_where=shown,
    )


def downgrade() -> None:
    op.drop_index("ix_docket_shown_until", table_name="docket")
