"""Beyond presence: output, behaviour, service, conduct."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "column_mapping",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_column_mapping")),
    )
    op.create_table(
        "performance_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("indicators", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_performance_plan_asn_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_performance_plan")),
        sa.UniqueConstraint("asn_id", "year", "version", name=op.f("uq_performance_plan_asn_id_year_version")),
    )
    op.create_table(
        "performance_indicator",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("rhk", sa.Text(), nullable=False),
        sa.Column("supports", sa.Text(), nullable=True),
        sa.Column("theme", sa.Text(), nullable=True),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("aspect", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("better", sa.Text(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_performance_indicator_asn_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_performance_indicator")),
    )
    op.create_index(
        op.f("ix_performance_indicator_asn_id_year"), "performance_indicator", ["asn_id", "year"], unique=False
    )
    op.create_index(op.f("ix_performance_indicator_theme"), "performance_indicator", ["theme"], unique=False)
    op.create_table(
        "performance_target",
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=False),
        sa.Column("target", sa.Numeric(precision=16, scale=4), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("share", sa.Integer(), nullable=True),
        sa.Column("achievement_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(share IS NOT NULL) = (state = 'accepted')", name=op.f("ck_performance_target_share")),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_performance_target_asn_id")),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["performance_indicator.id"], name=op.f("fk_performance_target_indicator_id")
        ),
        sa.PrimaryKeyConstraint("indicator_id", "period", name=op.f("pk_performance_target")),
    )
    op.create_index(
        op.f("ix_performance_target_asn_id_from_date"), "performance_target", ["asn_id", "from_date"], unique=False
    )
    op.create_index(
        op.f("ix_performance_target_from_date_to_date"), "performance_target", ["from_date", "to_date"], unique=False
    )
    op.create_table(
        "performance_achievement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("actual", sa.Numeric(precision=16, scale=4), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_performance_achievement_asn_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_performance_achievement")),
        sa.UniqueConstraint(
            "indicator_id", "period", "version", name=op.f("uq_performance_achievement_indicator_id_period_version")
        ),
    )
    op.create_index(op.f("ix_performance_achievement_asn_id"), "performance_achievement", ["asn_id"], unique=False)
    op.create_table(
        "performance_verification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("achievement_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("examiner", sa.Text(), nullable=True),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["achievement_id"], ["performance_achievement.id"], name=op.f("fk_performance_verification_achievement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_performance_verification")),
    )
    op.create_index(
        op.f("ix_performance_verification_achievement_id_seq"),
        "performance_verification",
        ["achievement_id", "seq"],
        unique=False,
    )
    op.create_table(
        "performance_evaluation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("results", sa.Text(), nullable=False),
        sa.Column("behaviour", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("basis", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_performance_evaluation_asn_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_performance_evaluation")),
        sa.UniqueConstraint(
            "asn_id", "period", "version", name=op.f("uq_performance_evaluation_asn_id_period_version")
        ),
    )


def downgrade() -> None:
    op.drop_table("performance_evaluation")
    op.drop_table("performance_verification")
    op.drop_table("performance_achievement")
    op.drop_table("performance_target")
    op.drop_table("performance_indicator")
    op.drop_table("performance_plan")
    op.drop_table("column_mapping")
