"""staff of service organizations

Revision: 0003, after 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from registry.core.db import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "provider_staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("certificate_kind", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("masked", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("fingerprint", sa.String(), nullable=True),
        sa.Column("certificate_since", sa.Date(), nullable=True),
        sa.Column("certificate_until", sa.Date(), nullable=True),
        sa.Column("certificate_revoked", sa.Date(), nullable=True),
        sa.Column("full_time", sa.Boolean(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["entity.id"],
            name=op.f("fk_provider_staff_organization_id_entity"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["entity.id"], name=op.f("fk_provider_staff_person_id_entity")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_staff")),
    )
    op.create_index(
        "ix_provider_staff_organization", "provider_staff", ["organization_id", "until"]
    )
    op.create_index("ix_provider_staff_person", "provider_staff", ["person_id"])
    op.create_index("ix_provider_staff_fingerprint", "provider_staff", ["fingerprint"])


def downgrade() -> None:
    op.drop_table("provider_staff")
