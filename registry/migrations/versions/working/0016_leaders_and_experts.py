"""leaders underground, experts and their interests

Revision: 0016, after 0015.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from registry.core.db import UtcDateTime, json_column

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "leader",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_leader_authority_id_authority")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leader")),
    )
    op.create_index("ix_leader_authority", "leader", ["authority_id", "until"])
    op.create_table(
        "leader_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("shift", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column("hazard_id", sa.Integer(), nullable=True),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hazard_id"], ["docket.id"], name=op.f("fk_leader_visit_hazard_id_docket")
        ),
        sa.ForeignKeyConstraint(
            ["leader_id"], ["leader.id"], name=op.f("fk_leader_visit_leader_id_leader")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leader_visit")),
    )
    op.create_index("ix_leader_visit_leader", "leader_visit", ["leader_id", "visited_on"])
    _experts()


def _experts() -> None:
    op.create_table(
        "expert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("fields", json_column(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_expert_authority_id_authority")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["entity.id"], name=op.f("fk_expert_person_id_entity")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert")),
        sa.UniqueConstraint(
            "authority_id", "person_id", name=op.f("uq_expert_authority_id_person_id")
        ),
    )
    op.create_index(op.f("ix_expert_person_id"), "expert", ["person_id"])
    op.create_table(
        "expert_interest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["entity.id"], name=op.f("fk_expert_interest_entity_id_entity")
        ),
        sa.ForeignKeyConstraint(
            ["expert_id"], ["expert.id"], name=op.f("fk_expert_interest_expert_id_expert")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_interest")),
    )
    op.create_index(op.f("ix_expert_interest_entity_id"), "expert_interest", ["entity_id"])
    op.create_index("ix_expert_interest_expert", "expert_interest", ["expert_id"])


def downgrade() -> None:
    op.drop_table("expert_interest")
    op.drop_table("expert")
    op.drop_table("leader_visit")
    op.drop_table("leader")
