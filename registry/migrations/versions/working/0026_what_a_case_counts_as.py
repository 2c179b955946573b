"""what a case counts as, beside its facts: how a danger was found, which quarter is reported on

Revision: 0026, after 0025.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from registry.core.db import json_column

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

COUNTED_BY = {"hazard": "origin", "hazard-report": "quarter", "provider": "field"}
"""What the tables of these kinds said when this was written."""
DOCKET = sa.table(
    "docket",
    sa.column("kind", sa.String),
    sa.column("facts", json_column()),
    sa.column("counted_as", sa.String),
)


def upgrade() -> None:
    op.add_column("docket", sa.Column("counted_as", sa.String(), nullable=True))
    for kind, fact in COUNTED_BY.items():
        told = DOCKET.c.facts[fact].as_string()
        op.execute(sa.update(DOCKET).where(DOCKET.c.kind == kind).values(counted_as=told))
    op.create_index(
        "ix_docket_counted",
        "docket",
        ["kind", "authority_id", "counted_as", "state", "closed_at", "id"],
    )
    op.create_index(
        "ix_docket_counted_as",
        "docket",
        ["kind", "counted_as", "subject_id"],
        sqlite_where=sa.text("counted_as IS NOT NULL"),
        postgresql_where=sa.text("counted_as IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_docket_counted_as", table_name="docket")
    op.drop_index("ix_docket_counted", table_name="docket")
    with op.batch_alter_table("docket") as batch:
        batch.drop_column("counted_as")
