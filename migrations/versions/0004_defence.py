"""Reward and punishment that can be defended: workdays, corrections, cases, pay."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "apel_reliance",
        sa.Column("apel_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["apel_id"], ["apel.id"], name=op.f("fk_apel_reliance_apel_id")),
        sa.PrimaryKeyConstraint("apel_id", "decision_id", name=op.f("pk_apel_reliance")),
    )
    op.create_table(
        "recommendation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=True),
        sa.Column("opd_code", sa.Text(), nullable=True),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("basis", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("history", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("(asn_id IS NULL) <> (opd_code IS NULL)", name=op.f("ck_recommendation_one_subject")),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_recommendation_asn_id")),
        sa.ForeignKeyConstraint(["opd_code"], ["opd.code"], name=op.f("fk_recommendation_opd_code")),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name=op.f("fk_recommendation_policy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation")),
    )
    op.create_index(op.f("ix_recommendation_asn_id"), "recommendation", ["asn_id"], unique=False)
    op.create_index(op.f("ix_recommendation_kind_period"), "recommendation", ["kind", "period"], unique=False)
    op.create_table(
        "discipline_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recommendation_id", sa.Uuid(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=False),
        sa.Column("opd_code", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("law", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("basis", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("opened_by_name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_discipline_case_asn_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name=op.f("fk_discipline_case_policy_id")),
        sa.ForeignKeyConstraint(
            ["recommendation_id"], ["recommendation.id"], name=op.f("fk_discipline_case_recommendation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discipline_case")),
    )
    op.create_index(op.f("ix_discipline_case_asn_id"), "discipline_case", ["asn_id"], unique=False)
    op.create_index(
        op.f("ix_discipline_case_recommendation_id"), "discipline_case", ["recommendation_id"], unique=False
    )
    op.create_table(
        "case_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["discipline_case.id"], name=op.f("fk_case_event_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_event")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_case_event_case_id_number")),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("recommendation_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("asn_id", sa.Uuid(), nullable=True),
        sa.Column("opd_code", sa.Text(), nullable=True),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("variant", sa.Text(), nullable=True),
        sa.Column("letter_no", sa.Text(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("signatory", sa.Text(), nullable=False),
        sa.Column("file_ref", sa.Text(), nullable=True),
        sa.Column("recorded", sa.Boolean(), nullable=False),
        sa.Column("frozen", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_decision_asn_id")),
        sa.ForeignKeyConstraint(["case_id"], ["discipline_case.id"], name=op.f("fk_decision_case_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name=op.f("fk_decision_policy_id")),
        sa.ForeignKeyConstraint(
            ["recommendation_id"], ["recommendation.id"], name=op.f("fk_decision_recommendation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index(op.f("ix_decision_asn_id"), "decision", ["asn_id"], unique=False)
    op.create_index(op.f("ix_decision_case_id"), "decision", ["case_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_decision_case_id"), table_name="decision")
    op.drop_index(op.f("ix_decision_asn_id"), table_name="decision")
    op.drop_table("decision")
    op.drop_table("case_event")
    op.drop_index(op.f("ix_discipline_case_recommendation_id"), table_name="discipline_case")
    op.drop_index(op.f("ix_discipline_case_asn_id"), table_name="discipline_case")
    op.drop_table("discipline_case")
    op.drop_index(op.f("ix_recommendation_kind_period"), table_name="recommendation")
    op.drop_index(op.f("ix_recommendation_asn_id"), table_name="recommendation")
    op.drop_table("recommendation")
    op.drop_table("apel_reliance")
