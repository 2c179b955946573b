"""webhooks watches measures

Revision: 0006, after 0005.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from registry.core.db import CanonicalText, UtcDateTime, json_column

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "log_cursor",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_log_cursor")),
    )
    op.create_table(
        "measure_feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("received", UtcDateTime(), nullable=False),
        sa.Column("carried", UtcDateTime(), nullable=True),
        sa.Column("refused", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure_feedback")),
    )
    with op.batch_alter_table("measure_feedback", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_measure_feedback_carried"), ["carried"], unique=False)
        batch_op.create_index(batch_op.f("ix_measure_feedback_token"), ["token"], unique=False)

    op.create_table(
        "measure_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("listing", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("lift_since", UtcDateTime(), nullable=True),
        sa.Column("lift_by", sa.Date(), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("changed", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_measure_task_agency_id_agency")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure_task")),
        sa.UniqueConstraint("token", name=op.f("uq_measure_task_token")),
    )
    with op.batch_alter_table("measure_task", schema=None) as batch_op:
        batch_op.create_index("ix_measure_task_agency_state", ["agency_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_measure_task_listing"), ["listing"], unique=False)

    op.create_table(
        "watch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("asked", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("changed", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_watch_agency_id_agency")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch")),
        sa.UniqueConstraint("token", name=op.f("uq_watch_token")),
    )
    with op.batch_alter_table("watch", schema=None) as batch_op:
        batch_op.create_index("ix_watch_agency_id_id", ["agency_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_watch_code_hash"), ["code_hash"], unique=False)

    op.create_table(
        "webhook",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("events", json_column(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", UtcDateTime(), nullable=True),
        sa.Column("disabled", UtcDateTime(), nullable=True),
        sa.Column("rests_until", UtcDateTime(), nullable=True),
        sa.Column("claimed_until", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_webhook_agency_id_agency")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
        sa.UniqueConstraint("token", name=op.f("uq_webhook_token")),
    )
    with op.batch_alter_table("webhook", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webhook_agency_id"), ["agency_id"], unique=False)

    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("endpoint_id", sa.Integer(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("body", CanonicalText(), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("delivered", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["endpoint_id"],
            ["webhook.id"],
            name=op.f("fk_delivery_endpoint_id_webhook"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("message", name=op.f("uq_delivery_message")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivery_delivered"), ["delivered"], unique=False)
        batch_op.create_index("ix_delivery_waiting", ["endpoint_id", "open"], unique=False)

    op.create_table(
        "watch_match",
        sa.Column("watch_id", sa.Integer(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("told", json_column(), nullable=False),
        sa.ForeignKeyConstraint(
            ["watch_id"],
            ["watch.id"],
            name=op.f("fk_watch_match_watch_id_watch"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("watch_id", "record", name=op.f("pk_watch_match")),
    )
    with op.batch_alter_table("watch_match", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_watch_match_record"), ["record"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("watch_match", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_watch_match_record"))

    op.drop_table("watch_match")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index("ix_delivery_waiting")
        batch_op.drop_index(batch_op.f("ix_delivery_delivered"))

    op.drop_table("delivery")
    with op.batch_alter_table("webhook", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webhook_agency_id"))

    op.drop_table("webhook")
    with op.batch_alter_table("watch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_watch_code_hash"))
        batch_op.drop_index("ix_watch_agency_id_id")

    op.drop_table("watch")
    with op.batch_alter_table("measure_task", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_measure_task_listing"))
        batch_op.drop_index("ix_measure_task_agency_state")

    op.drop_table("measure_task")
    with op.batch_alter_table("measure_feedback", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_measure_feedback_token"))
        batch_op.drop_index(batch_op.f("ix_measure_feedback_carried"))

    op.drop_table("measure_feedback")
    op.drop_table("log_cursor")
