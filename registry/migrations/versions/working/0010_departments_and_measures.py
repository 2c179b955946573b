"""departments and measures

Revision: 0010, after 0009.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from registry.core.db import UtcDateTime, json_column

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "department",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("measures", json_column(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("ended", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_department_authority_id_authority")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department")),
        sa.UniqueConstraint("agency_id", name=op.f("uq_department_agency_id")),
    )
    with op.batch_alter_table("department", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_department_authority_id"), ["authority_id"], unique=False
        )

    op.create_table(
        "measure_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("listing", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("received", UtcDateTime(), nullable=True),
        sa.Column("applied_on", sa.Date(), nullable=True),
        sa.Column("lift_since", UtcDateTime(), nullable=True),
        sa.Column("lift_by", sa.Date(), nullable=True),
        sa.Column("lifted_on", sa.Date(), nullable=True),
        sa.Column("reminded", UtcDateTime(), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["department.id"],
            name=op.f("fk_measure_notice_department_id_department"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure_notice")),
        sa.UniqueConstraint(
            "department_id",
            "listing",
            "measure",
            name=op.f("uq_measure_notice_department_id_listing_measure"),
        ),
        sa.UniqueConstraint("token", name=op.f("uq_measure_notice_token")),
    )
    with op.batch_alter_table("measure_notice", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_measure_notice_department_id"), ["department_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_measure_notice_listing"), ["listing"], unique=False)
        batch_op.create_index(batch_op.f("ix_measure_notice_measure"), ["measure"], unique=False)
        batch_op.create_index("ix_measure_notice_state_lift_by", ["state", "lift_by"], unique=False)

    op.create_table(
        "measure_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("feedback_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["notice_id"],
            ["measure_notice.id"],
            name=op.f("fk_measure_event_notice_id_measure_notice"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure_event")),
        sa.UniqueConstraint("feedback_id", name=op.f("uq_measure_event_feedback_id")),
    )
    with op.batch_alter_table("measure_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_measure_event_notice_id"), ["notice_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("measure_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_measure_event_notice_id"))

    op.drop_table("measure_event")
    with op.batch_alter_table("measure_notice", schema=None) as batch_op:
        batch_op.drop_index("ix_measure_notice_state_lift_by")
        batch_op.drop_index(batch_op.f("ix_measure_notice_measure"))
        batch_op.drop_index(batch_op.f("ix_measure_notice_listing"))
        batch_op.drop_index(batch_op.f("ix_measure_notice_department_id"))

    op.drop_table("measure_notice")
    with op.batch_alter_table("department", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_department_authority_id"))

    op.drop_table("department")
