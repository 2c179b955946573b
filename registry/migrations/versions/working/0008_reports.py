"""reports, their signatures and files, samples; accounts of organizations

Revision: 0008, after 0007.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from registry.core.db import UtcDateTime, json_column

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("account") as account:
        account.add_column(sa.Column("entity_id", sa.Integer(), nullable=True))
    _sheets()
    _files()
    _samples()


def _sheets() -> None:
    op.create_table(
        "report_sheet",
        sa.Column("docket_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("covers_since", sa.Date(), nullable=False),
        sa.Column("covers_until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["docket_id"], ["docket.id"], name=op.f("fk_report_sheet_docket_id_docket")
        ),
        sa.PrimaryKeyConstraint("docket_id", name=op.f("pk_report_sheet")),
        sa.UniqueConstraint(
            "organization_id",
            "folded",
            "version",
            name=op.f("uq_report_sheet_organization_id_folded_version"),
        ),
    )
    op.create_index("ix_report_sheet_site", "report_sheet", ["site_id", "issued_on"])
    op.create_index("ix_report_sheet_client", "report_sheet", ["client_id", "issued_on"])
    op.create_index("ix_report_sheet_issued", "report_sheet", ["organization_id", "issued_on"])
    op.create_table(
        "report_signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("docket_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("certificate_kind", sa.String(), nullable=False),
        sa.Column("certificate_masked", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("document_sha256", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["docket_id"], ["docket.id"], name=op.f("fk_report_signature_docket_id_docket")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_signature")),
        sa.UniqueConstraint(
            "docket_id",
            "role",
            "person_id",
            name=op.f("uq_report_signature_docket_id_role_person_id"),
        ),
    )
    op.create_index("ix_report_signature_person", "report_signature", ["person_id", "docket_id"])
    op.create_index(op.f("ix_report_signature_fingerprint"), "report_signature", ["fingerprint"])


def _files() -> None:
    op.create_table(
        "report_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("docket_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("public_sha256", sa.String(), nullable=True),
        sa.Column("public_size", sa.Integer(), nullable=False),
        sa.Column("text_sha256", sa.String(), nullable=True),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("out", UtcDateTime(), nullable=True),
        sa.Column("replaced", sa.Boolean(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["docket_id"], ["docket.id"], name=op.f("fk_report_file_docket_id_docket")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_file")),
    )
    op.create_index("ix_report_file_docket", "report_file", ["docket_id"])
    op.create_index("ix_report_file_state", "report_file", ["state", "id"])
    op.create_index("ix_report_file_sha256", "report_file", ["sha256"])
    op.create_index("ix_report_file_public", "report_file", ["public_sha256"])


def _samples() -> None:
    op.create_table(
        "sample_draw",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("filters", json_column(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("drawn_by", sa.Integer(), nullable=False),
        sa.Column("drawn_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_draw")),
    )
    op.create_index(op.f("ix_sample_draw_authority_id"), "sample_draw", ["authority_id"])
    op.create_table(
        "sample_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("docket_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("examined_by", sa.Integer(), nullable=True),
        sa.Column("examined_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["draw_id"], ["sample_draw.id"], name=op.f("fk_sample_item_draw_id_sample_draw")
        ),
        sa.ForeignKeyConstraint(
            ["docket_id"], ["docket.id"], name=op.f("fk_sample_item_docket_id_docket")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_item")),
        sa.UniqueConstraint("draw_id", "docket_id", name=op.f("uq_sample_item_draw_id_docket_id")),
    )
    op.create_index(op.f("ix_sample_item_docket_id"), "sample_item", ["docket_id"])


def downgrade() -> None:
    for name in ("sample_item", "sample_draw", "report_file", "report_signature", "report_sheet"):
        op.drop_table(name)
    with op.batch_alter_table("account") as account:
        account.drop_column("entity_id")
