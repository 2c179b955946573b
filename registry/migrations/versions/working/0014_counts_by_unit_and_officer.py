"""counts by unit and officer

Revision: 0014, after 0013.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    still = sa.text("closed_at IS NULL")
    op.create_index(
        "ix_docket_open",
        "docket",
        ["authority_id", "kind", "owner_id", "id"],
        sqlite_where=still,
        postgresql_where=still,
    )
    op.create_index("ix_docket_event_action", "docket_event", ["action", "recorded_at"])
    op.create_index("ix_docket_lapse_owner", "docket_lapse", ["owner_id", "noted_on"])


def downgrade() -> None:
    op.drop_index("ix_docket_lapse_owner", table_name="docket_lapse")
    op.drop_index("ix_docket_event_action", table_name="docket_event")
    op.drop_index("ix_docket_open", table_name="docket")
