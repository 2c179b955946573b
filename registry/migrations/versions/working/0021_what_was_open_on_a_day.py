"""what was open on a day

Revision: 0021, after 0020.
"""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_docket_span",
        "docket",
        ["authority_id", "opened_at", "closed_at", "owner_id", "kind"],
    )


def downgrade() -> None:
    op.drop_index("ix_docket_span", table_name="docket")
