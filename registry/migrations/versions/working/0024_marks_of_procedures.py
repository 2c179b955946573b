"""what a case's codes and receipts show is marked when the case changes; statuses end

Revision: 0024, after 0023.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("party_filing") as batch:
        batch.add_column(sa.Column("status_erased", sa.Date(), nullable=True))
    op.create_index("ix_procedure_code_until", "procedure_code", ["ended_at", "until"])
    op.create_index("ix_party_filing_delivery", "party_filing", ["delivered_version"])
    # What had changed and was not carried outward yet was known by comparing; now it is marked.
    for table, more in (("procedure_code", " AND ended_at IS NULL"), ("party_filing", "")):
        op.execute(
            f"UPDATE {table} SET delivered_version = -1 WHERE delivered_version <> ("  # noqa: S608
            f"SELECT version FROM docket WHERE docket.id = {table}.docket_id){more}"
        )


def downgrade() -> None:
    op.drop_index("ix_party_filing_delivery", "party_filing")
    op.drop_index("ix_procedure_code_until", "procedure_code")
    with op.batch_alter_table("party_filing") as batch:
        batch.drop_column("status_erased")
