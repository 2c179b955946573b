"""from which day a licence was suspended or in force again

Revision: 0019, after 0018.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "site_licence_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("licence_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("docket_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["licence_id"],
            ["site_licence.id"],
            name=op.f("fk_site_licence_change_licence_id_site_licence"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_licence_change")),
    )
    op.create_index("ix_site_licence_change_licence", "site_licence_change", ["licence_id", "id"])


def downgrade() -> None:
    op.drop_table("site_licence_change")
