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
        "stale_workdays",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=True),
        sa.Column("from_year", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stale_workdays")),
    )
    op.create_table(
        "workday_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("rows", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("summary", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_by", sa.Uuid(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workday_import")),
    )
    op.create_table(
        "apel_reliance",
        sa.Column("apel_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["apel_id"], ["apel.id"], name=op.f("fk_apel_reliance_apel_id")),
        sa.PrimaryKeyConstraint("apel_id", "decision_id", name=op.f("pk_apel_reliance")),
    )
    op.create_table(
        "mark_move",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("mark_id", sa.Uuid(), nullable=False),
        sa.Column("apel_id", sa.Uuid(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=False),
        sa.Column("was", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("became", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["apel_id"], ["apel.id"], name=op.f("fk_mark_move_apel_id")),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_mark_move_asn_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mark_move")),
    )
    op.create_index(op.f("ix_mark_move_mark_id"), "mark_move", ["mark_id"], unique=False)
    op.create_table(
        "mark_objection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mark_id", sa.Uuid(), nullable=False),
        sa.Column("apel_id", sa.Uuid(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("against", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=True),
        sa.Column("document_no", sa.Text(), nullable=True),
        sa.Column("document_date", sa.Date(), nullable=True),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["apel_id"], ["apel.id"], name=op.f("fk_mark_objection_apel_id")),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_mark_objection_asn_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mark_objection")),
    )
    op.create_index(op.f("ix_mark_objection_asn_id"), "mark_objection", ["asn_id"], unique=False)
    op.create_index(op.f("ix_mark_objection_at"), "mark_objection", ["at"], unique=False)
    op.create_index(op.f("ix_mark_objection_mark_id"), "mark_objection", ["mark_id"], unique=False)
    op.create_table(
        "one_time_link",
        sa.Column("secret_sha256", sa.Text(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_one_time_link_asn_id")),
        sa.PrimaryKeyConstraint("secret_sha256", name=op.f("pk_one_time_link")),
    )
    op.create_index(op.f("ix_one_time_link_asn_id"), "one_time_link", ["asn_id"], unique=False)
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
        "settlement",
        sa.Column("apel_id", sa.Uuid(), nullable=False),
        sa.Column("final_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("held_seconds", sa.Integer(), nullable=False),
        sa.Column("gap", sa.Boolean(), nullable=False),
        sa.Column("gap_known", sa.Boolean(), nullable=False),
        sa.Column("no_apel", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["apel_id"], ["apel.id"], name=op.f("fk_settlement_apel_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name=op.f("fk_settlement_policy_id")),
        sa.PrimaryKeyConstraint("apel_id", name=op.f("pk_settlement")),
    )
    op.create_table(
        "tpp_rate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=15, scale=2), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("loaded_by", sa.Uuid(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_tpp_rate_asn_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tpp_rate")),
    )
    op.create_index(op.f("ix_tpp_rate_asn_id_from_date"), "tpp_rate", ["asn_id", "from_date"], unique=False)
    op.create_table(
        "tpp_sheet",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("opd_code", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("trial", sa.Boolean(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("objections_until", sa.Date(), nullable=True),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.Column("signed_by_name", sa.Text(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("frozen_by", sa.Uuid(), nullable=True),
        sa.Column("frozen_by_name", sa.Text(), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["corrects_id"], ["tpp_sheet.id"], name=op.f("fk_tpp_sheet_corrects_id")),
        sa.ForeignKeyConstraint(["opd_code"], ["opd.code"], name=op.f("fk_tpp_sheet_opd_code")),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name=op.f("fk_tpp_sheet_policy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tpp_sheet")),
    )
    op.create_index(op.f("ix_tpp_sheet_month"), "tpp_sheet", ["month"], unique=False)
    op.create_index(
        "uq_tpp_sheet_month",
        "tpp_sheet",
        ["opd_code", "month", "trial"],
        unique=True,
        postgresql_where=sa.text("corrects_id IS NULL"),
    )
    op.create_index(
        "uq_tpp_sheet_open_correction",
        "tpp_sheet",
        ["corrects_id"],
        unique=True,
        postgresql_where=sa.text("corrects_id IS NOT NULL AND state <> 'frozen'"),
    )
    op.create_table(
        "workday_ledger",
        sa.Column("asn_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("total_days", sa.Integer(), nullable=False),
        sa.Column("tier_code", sa.Text(), nullable=True),
        sa.Column("streak_tier_code", sa.Text(), nullable=True),
        sa.Column("streak_length", sa.Integer(), nullable=False),
        sa.Column("alert", sa.Integer(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_workday_ledger_asn_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name=op.f("fk_workday_ledger_policy_id")),
        sa.PrimaryKeyConstraint("asn_id", "year", name=op.f("pk_workday_ledger")),
    )
    op.create_index(op.f("ix_workday_ledger_year_alert"), "workday_ledger", ["year", "alert"], unique=False)
    op.create_index(op.f("ix_workday_ledger_year_tier_code"), "workday_ledger", ["year", "tier_code"], unique=False)
    op.create_table(
        "workday_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("clock_in", sa.Time(), nullable=True),
        sa.Column("clock_out", sa.Time(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("day_over", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_workday_record_asn_id")),
        sa.ForeignKeyConstraint(["import_id"], ["workday_import.id"], name=op.f("fk_workday_record_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workday_record")),
    )
    op.create_index(op.f("ix_workday_record_asn_id_day_seq"), "workday_record", ["asn_id", "day", "seq"], unique=False)
    op.create_index(op.f("ix_workday_record_day"), "workday_record", ["day"], unique=False)
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
        "mark_correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mark_id", sa.Uuid(), nullable=False),
        sa.Column("apel_id", sa.Uuid(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("objection_id", sa.Uuid(), nullable=True),
        sa.Column("was", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document_no", sa.Text(), nullable=False),
        sa.Column("document_date", sa.Date(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("by_asn_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["apel_id"], ["apel.id"], name=op.f("fk_mark_correction_apel_id")),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_mark_correction_asn_id")),
        sa.ForeignKeyConstraint(["objection_id"], ["mark_objection.id"], name=op.f("fk_mark_correction_objection_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mark_correction")),
    )
    op.create_index(op.f("ix_mark_correction_apel_id"), "mark_correction", ["apel_id"], unique=False)
    op.create_index(op.f("ix_mark_correction_at"), "mark_correction", ["at"], unique=False)
    op.create_index(op.f("ix_mark_correction_mark_id"), "mark_correction", ["mark_id"], unique=False)
    op.create_table(
        "objection_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("objection_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["objection_id"], ["mark_objection.id"], name=op.f("fk_objection_answer_objection_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_answer")),
    )
    op.create_index(op.f("ix_objection_answer_objection_id"), "objection_answer", ["objection_id"], unique=False)
    op.create_table(
        "tpp_line",
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=False),
        sa.Column("opd_code", sa.Text(), nullable=False),
        sa.Column("employment_type", sa.Text(), nullable=False),
        sa.Column("percent", sa.Numeric(precision=9, scale=4), nullable=True),
        sa.Column("rate", sa.Numeric(precision=15, scale=2), nullable=True),
        sa.Column("amount", sa.Numeric(precision=15, scale=2), nullable=True),
        sa.Column("calculation", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_tpp_line_asn_id")),
        sa.ForeignKeyConstraint(["sheet_id"], ["tpp_sheet.id"], name=op.f("fk_tpp_line_sheet_id")),
        sa.PrimaryKeyConstraint("sheet_id", "asn_id", name=op.f("pk_tpp_line")),
    )
    op.create_index(op.f("ix_tpp_line_asn_id"), "tpp_line", ["asn_id"], unique=False)
    op.create_table(
        "tpp_objection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_by_name", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_tpp_objection_asn_id")),
        sa.ForeignKeyConstraint(["sheet_id"], ["tpp_sheet.id"], name=op.f("fk_tpp_objection_sheet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tpp_objection")),
    )
    op.create_index(op.f("ix_tpp_objection_asn_id"), "tpp_objection", ["asn_id"], unique=False)
    op.create_index(op.f("ix_tpp_objection_sheet_id"), "tpp_objection", ["sheet_id"], unique=False)
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
        "correction_closing",
        sa.Column("correction_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["correction_id"], ["mark_correction.id"], name=op.f("fk_correction_closing_correction_id")
        ),
        sa.PrimaryKeyConstraint("correction_id", name=op.f("pk_correction_closing")),
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
    op.add_column("conclusion", sa.Column("no_apel", sa.Text(), nullable=True))
    op.add_column("mark", sa.Column("correction_id", sa.Uuid(), nullable=True))
    op.add_column("mark", sa.Column("uncorrected", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column("policy", sa.Column("trial_by", sa.Uuid(), nullable=True))
    op.add_column("policy", sa.Column("trial_by_name", sa.Text(), nullable=True))
    op.add_column("policy", sa.Column("trial_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("refresh_token", sa.Column("asn_id", sa.Uuid(), nullable=True))
    op.alter_column("refresh_token", "account_id", existing_type=sa.UUID(), nullable=True)
    op.create_index(op.f("ix_refresh_token_asn_id"), "refresh_token", ["asn_id"], unique=False)
    op.create_foreign_key(op.f("fk_refresh_token_asn_id"), "refresh_token", "asn", ["asn_id"], ["id"])


def downgrade() -> None:
    op.drop_constraint(op.f("fk_refresh_token_asn_id"), "refresh_token", type_="foreignkey")
    op.drop_index(op.f("ix_refresh_token_asn_id"), table_name="refresh_token")
    op.alter_column("refresh_token", "account_id", existing_type=sa.UUID(), nullable=False)
    op.drop_column("refresh_token", "asn_id")
    op.drop_column("policy", "trial_at")
    op.drop_column("policy", "trial_by_name")
    op.drop_column("policy", "trial_by")
    op.drop_column("mark", "uncorrected")
    op.drop_column("mark", "correction_id")
    op.drop_column("conclusion", "no_apel")
    op.drop_index(op.f("ix_decision_case_id"), table_name="decision")
    op.drop_index(op.f("ix_decision_asn_id"), table_name="decision")
    op.drop_table("decision")
    op.drop_table("correction_closing")
    op.drop_table("case_event")
    op.drop_index(op.f("ix_tpp_objection_sheet_id"), table_name="tpp_objection")
    op.drop_index(op.f("ix_tpp_objection_asn_id"), table_name="tpp_objection")
    op.drop_table("tpp_objection")
    op.drop_index(op.f("ix_tpp_line_asn_id"), table_name="tpp_line")
    op.drop_table("tpp_line")
    op.drop_index(op.f("ix_objection_answer_objection_id"), table_name="objection_answer")
    op.drop_table("objection_answer")
    op.drop_index(op.f("ix_mark_correction_mark_id"), table_name="mark_correction")
    op.drop_index(op.f("ix_mark_correction_at"), table_name="mark_correction")
    op.drop_index(op.f("ix_mark_correction_apel_id"), table_name="mark_correction")
    op.drop_table("mark_correction")
    op.drop_index(op.f("ix_discipline_case_recommendation_id"), table_name="discipline_case")
    op.drop_index(op.f("ix_discipline_case_asn_id"), table_name="discipline_case")
    op.drop_table("discipline_case")
    op.drop_index(op.f("ix_workday_record_day"), table_name="workday_record")
    op.drop_index(op.f("ix_workday_record_asn_id_day_seq"), table_name="workday_record")
    op.drop_table("workday_record")
    op.drop_index(op.f("ix_workday_ledger_year_tier_code"), table_name="workday_ledger")
    op.drop_index(op.f("ix_workday_ledger_year_alert"), table_name="workday_ledger")
    op.drop_table("workday_ledger")
    op.drop_index(
        "uq_tpp_sheet_open_correction",
        table_name="tpp_sheet",
        postgresql_where=sa.text("corrects_id IS NOT NULL AND state <> 'frozen'"),
    )
    op.drop_index("uq_tpp_sheet_month", table_name="tpp_sheet", postgresql_where=sa.text("corrects_id IS NULL"))
    op.drop_index(op.f("ix_tpp_sheet_month"), table_name="tpp_sheet")
    op.drop_table("tpp_sheet")
    op.drop_index(op.f("ix_tpp_rate_asn_id_from_date"), table_name="tpp_rate")
    op.drop_table("tpp_rate")
    op.drop_table("settlement")
    op.drop_index(op.f("ix_recommendation_kind_period"), table_name="recommendation")
    op.drop_index(op.f("ix_recommendation_asn_id"), table_name="recommendation")
    op.drop_table("recommendation")
    op.drop_index(op.f("ix_one_time_link_asn_id"), table_name="one_time_link")
    op.drop_table("one_time_link")
    op.drop_index(op.f("ix_mark_objection_mark_id"), table_name="mark_objection")
    op.drop_index(op.f("ix_mark_objection_at"), table_name="mark_objection")
    op.drop_index(op.f("ix_mark_objection_asn_id"), table_name="mark_objection")
    op.drop_table("mark_objection")
    op.drop_index(op.f("ix_mark_move_mark_id"), table_name="mark_move")
    op.drop_table("mark_move")
    op.drop_table("apel_reliance")
    op.drop_table("workday_import")
    op.drop_table("stale_workdays")
