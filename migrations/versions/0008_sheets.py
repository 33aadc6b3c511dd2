"""Sheets that are issued with number, code and file."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "sheet_series",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_sheet_series")),
    )
    op.create_table(
        "sheet",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("apel_id", sa.Uuid(), nullable=True),
        sa.Column("opd_code", sa.Text(), nullable=True),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("from_date", sa.Date(), nullable=True),
        sa.Column("to_date", sa.Date(), nullable=True),
        sa.Column("asked", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_by_name", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("subjects", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'issued') = (number IS NOT NULL AND sha256 IS NOT NULL)", name=op.f("ck_sheet_issued")
        ),
        sa.ForeignKeyConstraint(["apel_id"], ["apel.id"], name=op.f("fk_sheet_apel_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_sheet_decision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet")),
        sa.UniqueConstraint("code", name=op.f("uq_sheet_code")),
    )
    op.create_index(op.f("ix_sheet_apel_id"), "sheet", ["apel_id"], unique=False)
    op.create_index(op.f("ix_sheet_asked_by"), "sheet", ["asked_by"], unique=False)
    op.create_index("uq_sheet_year_sequence", "sheet", ["year", "sequence"], unique=True)
    op.create_table(
        "sheet_file",
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheet.id"], name=op.f("fk_sheet_file_sheet_id")),
        sa.PrimaryKeyConstraint("sheet_id", name=op.f("pk_sheet_file")),
    )
    # What was handed out can be proven only while nobody can exchange it.
    op.execute("REVOKE UPDATE, DELETE ON sheet_file FROM apel_app")


def downgrade() -> None:
    op.drop_table("sheet_file")
    op.drop_index("uq_sheet_year_sequence", table_name="sheet")
    op.drop_index(op.f("ix_sheet_asked_by"), table_name="sheet")
    op.drop_index(op.f("ix_sheet_apel_id"), table_name="sheet")
    op.drop_table("sheet")
    op.drop_table("sheet_series")
