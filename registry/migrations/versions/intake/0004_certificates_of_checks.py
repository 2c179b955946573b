"""certificates of checks

Revision: 0004, after 0003.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from registry.core.db import UtcDateTime, json_column

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "certificate",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("issued", UtcDateTime(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("sequence", big, nullable=False),
        sa.Column("matched", json_column(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
    )


def downgrade() -> None:
    op.drop_table("certificate")
