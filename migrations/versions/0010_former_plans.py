"""The times of an apel as they were planned before they were changed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "former_plan",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("apel_id", sa.Uuid(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("report_deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["apel_id"], ["apel.id"], name=op.f("fk_former_plan_apel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_plan")),
    )
    op.create_index(op.f("ix_former_plan_apel_id"), "former_plan", ["apel_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_former_plan_apel_id"), table_name="former_plan")
    op.drop_table("former_plan")
