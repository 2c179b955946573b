"""one list of leaders

Revision: 0025, after 0024.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from registry.core.clock import legal_day
from registry.core.db import UtcDateTime
from registry.core.names import fold

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

POST = "other-leader"
"""Of those of whom reports may speak: nobody said that they go underground."""

LEADER = sa.table(
    "leader",
    sa.column("id", sa.Integer),
    sa.column("authority_id", sa.Integer),
    sa.column("name", sa.String),
    sa.column("post", sa.String),
    sa.column("title", sa.String),
    sa.column("body", sa.String),
    sa.column("since", sa.Date),
    sa.column("until", sa.Date),
    sa.column("added_by", sa.Integer),
    sa.column("added_at", UtcDateTime),
    sa.column("ended_by", sa.Integer),
)
OLD = sa.table(
    "authority_leader",
    sa.column("id", sa.Integer),
    sa.column("authority_id", sa.Integer),
    sa.column("name", sa.String),
    sa.column("title", sa.String),
    sa.column("since", UtcDateTime),
    sa.column("added_by", sa.Integer),
    sa.column("ended", UtcDateTime),
    sa.column("ended_by", sa.Integer),
)
AUTHORITY = sa.table("authority", sa.column("id", sa.Integer), sa.column("name", sa.String))


def upgrade() -> None:
    with op.batch_alter_table("leader") as batch:
        batch.add_column(sa.Column("title", sa.String(), nullable=False, server_default=""))
        batch.add_column(sa.Column("ended_by", sa.Integer(), nullable=True))
        batch.alter_column("added_by", existing_type=sa.Integer(), nullable=True)
    with op.batch_alter_table("leader") as batch:
        batch.alter_column("title", server_default=None)
    connection = op.get_bind()
    names = {row.id: row.name for row in connection.execute(sa.select(AUTHORITY))}
    known = {
        (row.authority_id, fold(row.name)): row.id
        for row in connection.execute(sa.select(LEADER).where(LEADER.c.until.is_(None)))
    }
    for row in connection.execute(sa.select(OLD).order_by(OLD.c.id)).all():
        same = known.get((row.authority_id, fold(row.name)))
        if same is not None and row.ended is None:
            # The same person in both lists: how he is spoken of joins the row with his duty.
            titled = sa.update(LEADER).where(LEADER.c.id == same).values(title=row.title)
            connection.execute(titled)
            continue
        connection.execute(
            sa.insert(LEADER).values(
                authority_id=row.authority_id,
                name=row.name,
                post=POST,
                title=row.title,
                body=names.get(row.authority_id, ""),
                since=legal_day(row.since),
                until=_last_day(row.since, row.ended),
                added_by=row.added_by,
                added_at=row.since,
                ended_by=row.ended_by,
            )
        )
    op.drop_table("authority_leader")


def _last_day(since: datetime, ended: datetime | None) -> date | None:
    """From the instant of the end on he was not looked for; now from the next day on."""
    return max(legal_day(since), legal_day(ended) - timedelta(days=1)) if ended else None


def downgrade() -> None:
    op.create_table(
        "authority_leader",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=True),
        sa.Column("ended", UtcDateTime(), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["added_by"], ["account.id"], name=op.f("fk_authority_leader_added_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"],
            ["authority.id"],
            name=op.f("fk_authority_leader_authority_id_authority"),
        ),
        sa.ForeignKeyConstraint(
            ["ended_by"], ["account.id"], name=op.f("fk_authority_leader_ended_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority_leader")),
    )
    op.create_index(
        "ix_authority_leader_authority_id_ended", "authority_leader", ["authority_id", "ended"]
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(LEADER).where(LEADER.c.post == POST)).all():
        connection.execute(
            sa.insert(OLD).values(
                authority_id=row.authority_id,
                name=row.name,
                title=row.title,
                since=row.added_at,
                added_by=row.added_by,
                ended=row.added_at if row.until else None,
                ended_by=row.ended_by,
            )
        )
    connection.execute(sa.delete(LEADER).where(LEADER.c.post == POST))
    with op.batch_alter_table("leader") as batch:
        batch.alter_column("added_by", existing_type=sa.Integer(), nullable=False)
        batch.drop_column("ended_by")
        batch.drop_column("title")
