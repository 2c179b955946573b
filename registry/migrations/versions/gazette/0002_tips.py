"""mailboxes and the chain of intake

Revision: 0002, after 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from registry.core.db import json_column

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "intake_chain",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("envelope_hash", sa.LargeBinary(), nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_intake_chain")),
        sa.UniqueConstraint("envelope_hash", name=op.f("uq_intake_chain_envelope_hash")),
    )
    with op.batch_alter_table("intake_chain", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_intake_chain_day"), ["day"], unique=False)

    op.create_table(
        "mailbox",
        sa.Column("lookup", sa.LargeBinary(), nullable=False),
        sa.Column("tip_id", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("tip_key", sa.LargeBinary(), nullable=False),
        sa.Column("mailbox_key", sa.LargeBinary(), nullable=False),
        sa.Column("claim_key", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("status_day", sa.Date(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("clocks", json_column(), nullable=False),
        sa.PrimaryKeyConstraint("lookup", name=op.f("pk_mailbox")),
        sa.UniqueConstraint("number", name=op.f("uq_mailbox_number")),
        sa.UniqueConstraint("tip_id", name=op.f("uq_mailbox_tip_id")),
    )
    op.create_table(
        "mailbox_item",
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("tip_id", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_mailbox_item")),
    )
    with op.batch_alter_table("mailbox_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mailbox_item_tip_id"), ["tip_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("mailbox_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mailbox_item_tip_id"))

    op.drop_table("mailbox_item")
    op.drop_table("mailbox")
    with op.batch_alter_table("intake_chain", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_intake_chain_day"))

    op.drop_table("intake_chain")
