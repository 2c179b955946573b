"""the inbox of tips

Revision: 0003, after 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sealed_file",
        sa.Column("file_id", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("frames", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_sealed_file")),
    )
    with op.batch_alter_table("sealed_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sealed_file_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "sealed_message",
        sa.Column(
            "place",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("tip_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("bucket", sa.Integer(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_sealed_message")),
        sa.UniqueConstraint("message_id", name=op.f("uq_sealed_message_message_id")),
    )
    with op.batch_alter_table("sealed_message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sealed_message_tip_id"), ["tip_id"], unique=False)

    op.create_table(
        "sealed_tip",
        sa.Column(
            "place",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("tip_id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("bucket", sa.Integer(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.Column("identity", sa.LargeBinary(), nullable=False),
        sa.Column("tip_key", sa.LargeBinary(), nullable=False),
        sa.Column("lookup", sa.LargeBinary(), nullable=False),
        sa.Column("mailbox_key", sa.LargeBinary(), nullable=False),
        sa.Column("claim_key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_sealed_tip")),
        sa.UniqueConstraint("tip_id", name=op.f("uq_sealed_tip_tip_id")),
    )
    op.create_table(
        "used_form",
        sa.Column("form", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("form", name=op.f("pk_used_form")),
    )
    op.create_table(
        "voucher_claim",
        sa.Column(
            "place",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("voucher", sa.String(), nullable=False),
        sa.Column("pin", sa.String(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_voucher_claim")),
    )
    with op.batch_alter_table("voucher_claim", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_voucher_claim_voucher"), ["voucher"], unique=False)

    op.create_table(
        "wrapped_key",
        sa.Column(
            "place",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("tip_id", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_wrapped_key")),
        sa.UniqueConstraint("tip_id", "key_id", name=op.f("uq_wrapped_key_tip_id_key_id")),
    )
    with op.batch_alter_table("wrapped_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wrapped_key_tip_id"), ["tip_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("wrapped_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_wrapped_key_tip_id"))

    op.drop_table("wrapped_key")
    with op.batch_alter_table("voucher_claim", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_voucher_claim_voucher"))

    op.drop_table("voucher_claim")
    op.drop_table("used_form")
    op.drop_table("sealed_tip")
    with op.batch_alter_table("sealed_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sealed_message_tip_id"))

    op.drop_table("sealed_message")
    with op.batch_alter_table("sealed_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sealed_file_owner_id"))

    op.drop_table("sealed_file")
