"""codes on served papers, and what parties filed

Revision: 0020, after 0019.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from registry.core.db import UtcDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "procedure_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("docket_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column("window_id", sa.String(), nullable=False),
        sa.Column("lookup", sa.LargeBinary(), nullable=False),
        sa.Column("code_key", sa.LargeBinary(), nullable=False),
        sa.Column("issued_by", sa.Integer(), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("identity_check", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_why", sa.String(), nullable=False),
        sa.Column("delivered_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_code")),
        sa.UniqueConstraint("lookup", name=op.f("uq_procedure_code_lookup")),
        sa.UniqueConstraint("window_id", name=op.f("uq_procedure_code_window_id")),
    )
    op.create_table(
        "party_filing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("filing_id", sa.String(), nullable=False),
        sa.Column("docket_id", sa.Integer(), nullable=False),
        sa.Column("code_id", sa.Integer(), nullable=False),
        sa.Column("procedure", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.Column("lookup", sa.LargeBinary(), nullable=False),
        sa.Column("reply_key", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("delivered_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party_filing")),
        sa.UniqueConstraint("filing_id", name=op.f("uq_party_filing_filing_id")),
    )
    op.create_index("ix_procedure_code_docket", "procedure_code", ["docket_id"])
    op.create_index(
        "ix_procedure_code_delivery", "procedure_code", ["delivered_version", "docket_id"]
    )
    op.create_index("ix_party_filing_docket", "party_filing", ["docket_id", "state"])
    op.create_index("ix_party_filing_state", "party_filing", ["state", "due"])


def downgrade() -> None:
    op.drop_index("ix_party_filing_state", "party_filing")
    op.drop_index("ix_party_filing_docket", "party_filing")
    op.drop_index("ix_procedure_code_delivery", "procedure_code")
    op.drop_index("ix_procedure_code_docket", "procedure_code")
    op.drop_table("party_filing")
    op.drop_table("procedure_code")
