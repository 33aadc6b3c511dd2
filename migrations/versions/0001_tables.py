"""All tables."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.create_table(
        "apel",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("report_deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("zoom_meeting_ids", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("opd_codes", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("led_by", sa.Text(), nullable=True),
        sa.Column("rehearsal", sa.Boolean(), nullable=False),
        sa.Column("roster_frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_apel_span")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_apel")),
    )
    op.create_index(op.f("ix_apel_starts_at"), "apel", ["starts_at"], unique=False)
    op.create_index("ix_apel_zoom_meeting_ids", "apel", ["zoom_meeting_ids"], unique=False, postgresql_using="gin")
    op.create_table(
        "asn",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("nip", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded_name", sa.Text(), nullable=False),
        sa.Column("employment_type", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("nip ~ '^\\d{18}$'", name=op.f("ck_asn_nip")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asn")),
        sa.UniqueConstraint("nip", name=op.f("uq_asn_nip")),
    )
    op.create_index(op.f("ix_asn_folded_name"), "asn", ["folded_name"], unique=False)
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("principal_name", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("subjects", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index(op.f("ix_audit_entry_at"), "audit_entry", ["at"], unique=False)
    op.create_index("ix_audit_entry_subjects", "audit_entry", ["subjects"], unique=False, postgresql_using="gin")
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("corrected", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
    )
    op.create_table(
        "calendar_year",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_calendar_year")),
    )
    op.create_table(
        "client",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("secret_sha256", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client")),
        sa.UniqueConstraint("name", name=op.f("uq_client_name")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("key_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("body_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("principal_id", "route", "key_sha256", name=op.f("pk_idempotency_key")),
    )
    op.create_index(op.f("ix_idempotency_key_created_at"), "idempotency_key", ["created_at"], unique=False)
    op.create_table(
        "occurrence",
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_to", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("uuid", name=op.f("pk_occurrence")),
    )
    op.create_index(op.f("ix_occurrence_meeting_id"), "occurrence", ["meeting_id"], unique=False)
    op.create_table(
        "opd",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("parent_code", sa.Text(), nullable=True),
        sa.Column("protocol_order", sa.Integer(), nullable=False),
        sa.Column("reports", sa.Text(), nullable=False),
        sa.Column("zoom_email", sa.Text(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("connectivity", sa.Text(), server_default="good", nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("code ~ '^[A-Z0-9][A-Z0-9._-]{0,31}$'", name=op.f("ck_opd_code")),
        sa.ForeignKeyConstraint(
            ["parent_code"], ["opd.code"], name=op.f("fk_opd_parent_code"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_opd")),
    )
    op.create_index(op.f("ix_opd_parent_code"), "opd", ["parent_code"], unique=False)
    op.create_table(
        "policy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("activated_by", sa.Uuid(), nullable=True),
        sa.Column("activated_by_name", sa.Text(), nullable=True),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_policy_code_version")),
    )
    op.create_table(
        "registry_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("rows", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("summary", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_import")),
    )
    op.create_table(
        "stale",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("apel_id", sa.Uuid(), nullable=True),
        sa.Column("from_date", sa.Date(), nullable=True),
        sa.Column("to_date", sa.Date(), nullable=True),
        sa.Column("opd_code", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stale")),
    )
    op.create_index(op.f("ix_stale_apel_id"), "stale", ["apel_id"], unique=False)
    op.create_table(
        "zoom_inbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("body_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), server_default="new", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("processed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zoom_inbox")),
        sa.UniqueConstraint("body_sha256", name=op.f("uq_zoom_inbox_body_sha256")),
    )
    op.create_index(
        "ix_zoom_inbox_new", "zoom_inbox", ["received_at"], unique=False, postgresql_where=sa.text("state = 'new'")
    )
    op.create_index(op.f("ix_zoom_inbox_received_at"), "zoom_inbox", ["received_at"], unique=False)
    op.create_table(
        "zoom_quarantine",
        sa.Column("body_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("skew_seconds", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("body_sha256", name=op.f("pk_zoom_quarantine")),
    )
    op.create_table(
        "absence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=False),
        sa.Column("letter_no", sa.Text(), nullable=True),
        sa.Column("letter_date", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("asn_id"), "="),
            (sa.text("daterange(from_date, to_date, '[]')"), "&&"),
            where=sa.text("state = 'confirmed'"),
            using="gist",
            name="absence_overlap",
        ),
        sa.CheckConstraint("from_date <= to_date", name=op.f("ck_absence_span")),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_absence_asn_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index(op.f("ix_absence_asn_id"), "absence", ["asn_id"], unique=False)
    op.create_index(op.f("ix_absence_from_date_to_date"), "absence", ["from_date", "to_date"], unique=False)
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=True),
        sa.Column("failed_attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_account_asn_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("username", name=op.f("uq_account_username")),
    )
    op.create_table(
        "apel_act",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("apel_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["apel_id"], ["apel.id"], name=op.f("fk_apel_act_apel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_apel_act")),
    )
    op.create_index(op.f("ix_apel_act_apel_id"), "apel_act", ["apel_id"], unique=False)
    op.create_table(
        "assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=False),
        sa.Column("opd_code", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("superior_id", sa.Uuid(), nullable=True),
        sa.Column("work_pattern", sa.Text(), server_default="5", nullable=False),
        sa.Column("apel_duty", sa.Boolean(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("asn_id"), "="),
            (sa.text("daterange(from_date, to_date, '[]')"), "&&"),
            using="gist",
            name="assignment_overlap",
        ),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_assignment_asn_id")),
        sa.ForeignKeyConstraint(["opd_code"], ["opd.code"], name=op.f("fk_assignment_opd_code")),
        sa.ForeignKeyConstraint(["superior_id"], ["asn.id"], name=op.f("fk_assignment_superior_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    op.create_index(op.f("ix_assignment_opd_code"), "assignment", ["opd_code"], unique=False)
    op.create_table(
        "conclusion",
        sa.Column("apel_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["apel_id"], ["apel.id"], name=op.f("fk_conclusion_apel_id")),
        sa.PrimaryKeyConstraint("apel_id", name=op.f("pk_conclusion")),
    )
    op.create_table(
        "finding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("apel_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("opd_code", sa.Text(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["apel_id"], ["apel.id"], name=op.f("fk_finding_apel_id")),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_finding_asn_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
    )
    op.create_index(op.f("ix_finding_apel_id_opd_code"), "finding", ["apel_id", "opd_code"], unique=False)
    op.create_table(
        "finding_resolution",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column("apel_id", sa.Uuid(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["apel_id"], ["apel.id"], name=op.f("fk_finding_resolution_apel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_resolution")),
    )
    op.create_index(op.f("ix_finding_resolution_finding_id"), "finding_resolution", ["finding_id"], unique=False)
    op.create_table(
        "headship",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("opd_code", sa.Text(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_headship_asn_id")),
        sa.ForeignKeyConstraint(["opd_code"], ["opd.code"], name=op.f("fk_headship_opd_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_headship")),
    )
    op.create_index(op.f("ix_headship_opd_code"), "headship", ["opd_code"], unique=False)
    op.create_table(
        "identity_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("apel_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("opd_code", sa.Text(), nullable=True),
        sa.Column("asn_id", sa.Uuid(), nullable=True),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["apel_id"], ["apel.id"], name=op.f("fk_identity_key_apel_id")),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_identity_key_asn_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_key")),
    )
    op.create_index(op.f("ix_identity_key_kind_value"), "identity_key", ["kind", "value"], unique=False)
    op.create_table(
        "mark",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("apel_id", sa.Uuid(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=False),
        sa.Column("opd_code", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("mode", sa.Text(), nullable=True),
        sa.Column("pending", sa.Boolean(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("claim", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["apel_id"], ["apel.id"], name=op.f("fk_mark_apel_id")),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_mark_asn_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mark")),
    )
    op.create_index(op.f("ix_mark_apel_id_unit_code"), "mark", ["apel_id", "unit_code"], unique=False)
    op.create_index(op.f("ix_mark_asn_id"), "mark", ["asn_id"], unique=False)
    op.create_table(
        "participant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("apel_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("opd_code", sa.Text(), nullable=True),
        sa.Column("asn_id", sa.Uuid(), nullable=True),
        sa.Column("matched_by", sa.Text(), nullable=True),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("keys", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("intervals", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("connected", sa.Boolean(), nullable=False),
        sa.Column("network_gap", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["apel_id"], ["apel.id"], name=op.f("fk_participant_apel_id")),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_participant_asn_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant")),
    )
    op.create_index(op.f("ix_participant_apel_id"), "participant", ["apel_id"], unique=False)
    op.create_table(
        "report_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("apel_id", sa.Uuid(), nullable=False),
        sa.Column("opd_code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("strength", sa.Integer(), nullable=False),
        sa.Column("present_wfo", sa.Integer(), nullable=False),
        sa.Column("present_wfa", sa.Integer(), nullable=False),
        sa.Column("excused", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("excused_total", sa.Integer(), nullable=False),
        sa.Column("unexplained", sa.Integer(), nullable=False),
        sa.Column("not_required", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("others", sa.Integer(), nullable=False),
        sa.Column("entries_are", sa.Text(), nullable=True),
        sa.Column("claim_sha256", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("caller", sa.Text(), nullable=True),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "strength = present_wfo + present_wfa + excused_total + unexplained", name=op.f("ck_report_version_sum")
        ),
        sa.ForeignKeyConstraint(["apel_id"], ["apel.id"], name=op.f("fk_report_version_apel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_version")),
        sa.UniqueConstraint("apel_id", "opd_code", "version", name=op.f("uq_report_version_apel_id_opd_code_version")),
    )
    op.create_table(
        "roster_entry",
        sa.Column("apel_id", sa.Uuid(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=False),
        sa.Column("opd_code", sa.Text(), nullable=False),
        sa.Column("reporter_code", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("nip", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded_name", sa.Text(), nullable=False),
        sa.Column("employment_type", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("work_pattern", sa.Text(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("join_name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["apel_id"], ["apel.id"], name=op.f("fk_roster_entry_apel_id")),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_roster_entry_asn_id")),
        sa.PrimaryKeyConstraint("apel_id", "asn_id", name=op.f("pk_roster_entry")),
    )
    op.create_index(op.f("ix_roster_entry_apel_id_unit_code"), "roster_entry", ["apel_id", "unit_code"], unique=False)
    op.create_index(op.f("ix_roster_entry_asn_id"), "roster_entry", ["asn_id"], unique=False)
    op.create_table(
        "roster_head",
        sa.Column("apel_id", sa.Uuid(), nullable=False),
        sa.Column("opd_code", sa.Text(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["apel_id"], ["apel.id"], name=op.f("fk_roster_head_apel_id")),
        sa.PrimaryKeyConstraint("apel_id", "opd_code", name=op.f("pk_roster_head")),
    )
    op.create_table(
        "roster_unit",
        sa.Column("apel_id", sa.Uuid(), nullable=False),
        sa.Column("opd_code", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("protocol_order", sa.Integer(), nullable=False),
        sa.Column("connectivity", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("zoom_email", sa.Text(), nullable=True),
        sa.Column("strength", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["apel_id"], ["apel.id"], name=op.f("fk_roster_unit_apel_id")),
        sa.PrimaryKeyConstraint("apel_id", "opd_code", name=op.f("pk_roster_unit")),
    )
    op.create_table(
        "score",
        sa.Column("apel_id", sa.Uuid(), nullable=False),
        sa.Column("opd_code", sa.Text(), nullable=False),
        sa.Column("points", sa.Numeric(precision=7, scale=2), nullable=True),
        sa.Column("pending", sa.Boolean(), nullable=False),
        sa.Column("band", sa.Text(), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("strength", sa.Integer(), nullable=False),
        sa.Column("excused", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["apel_id"], ["apel.id"], name=op.f("fk_score_apel_id")),
        sa.PrimaryKeyConstraint("apel_id", "opd_code", name=op.f("pk_score")),
    )
    op.create_table(
        "score_run",
        sa.Column("apel_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["apel_id"], ["apel.id"], name=op.f("fk_score_run_apel_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name=op.f("fk_score_run_policy_id")),
        sa.PrimaryKeyConstraint("apel_id", name=op.f("pk_score_run")),
    )
    op.create_table(
        "sighting",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("occurrence_uuid", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("registrant_id", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("leave_kind", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["occurrence_uuid"], ["occurrence.uuid"], name=op.f("fk_sighting_occurrence_uuid")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sighting")),
        sa.UniqueConstraint(
            "occurrence_uuid", "device", "kind", "at", name=op.f("uq_sighting_occurrence_uuid_device_kind_at")
        ),
    )
    op.create_table(
        "tally",
        sa.Column("apel_id", sa.Uuid(), nullable=False),
        sa.Column("opd_code", sa.Text(), nullable=False),
        sa.Column("strength", sa.Integer(), nullable=False),
        sa.Column("present_wfo", sa.Integer(), nullable=False),
        sa.Column("present_wfa", sa.Integer(), nullable=False),
        sa.Column("excused", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("unexplained", sa.Integer(), nullable=False),
        sa.Column("not_required", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("not_reported", sa.Integer(), nullable=False),
        sa.Column("disputed", sa.Integer(), nullable=False),
        sa.Column("pending", sa.Boolean(), nullable=False),
        sa.Column("report_state", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late_minutes", sa.Integer(), nullable=True),
        sa.Column("versions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("counts_only", sa.Boolean(), nullable=False),
        sa.Column("room_seconds", sa.Integer(), nullable=False),
        sa.Column("connection", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["apel_id"], ["apel.id"], name=op.f("fk_tally_apel_id")),
        sa.PrimaryKeyConstraint("apel_id", "opd_code", name=op.f("pk_tally")),
    )
    op.create_table(
        "turn_act",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("apel_id", sa.Uuid(), nullable=False),
        sa.Column("opd_code", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("as_written", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(["apel_id"], ["apel.id"], name=op.f("fk_turn_act_apel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turn_act")),
    )
    op.create_index(op.f("ix_turn_act_apel_id"), "turn_act", ["apel_id"], unique=False)
    op.create_table(
        "account_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("opd_code", sa.Text(), nullable=True),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_grant_account_id")),
        sa.ForeignKeyConstraint(["opd_code"], ["opd.code"], name=op.f("fk_account_grant_opd_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_grant")),
    )
    op.create_index(op.f("ix_account_grant_account_id"), "account_grant", ["account_id"], unique=False)
    op.create_table(
        "refresh_token",
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_refresh_token_account_id")),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_refresh_token")),
    )
    op.create_index(op.f("ix_refresh_token_account_id"), "refresh_token", ["account_id"], unique=False)
    op.create_index(op.f("ix_refresh_token_family_id"), "refresh_token", ["family_id"], unique=False)
    op.create_table(
        "report_entry",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_report_entry_asn_id")),
        sa.ForeignKeyConstraint(["version_id"], ["report_version.id"], name=op.f("fk_report_entry_version_id")),
        sa.PrimaryKeyConstraint("version_id", "asn_id", name=op.f("pk_report_entry")),
    )
    op.create_index(op.f("ix_report_entry_asn_id"), "report_entry", ["asn_id"], unique=False)
    op.create_table(
        "report_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["version_id"], ["report_version.id"], name=op.f("fk_report_review_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_review")),
    )
    op.create_index(op.f("ix_report_review_version_id"), "report_review", ["version_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_report_review_version_id"), table_name="report_review")
    op.drop_table("report_review")
    op.drop_index(op.f("ix_report_entry_asn_id"), table_name="report_entry")
    op.drop_table("report_entry")
    op.drop_index(op.f("ix_refresh_token_family_id"), table_name="refresh_token")
    op.drop_index(op.f("ix_refresh_token_account_id"), table_name="refresh_token")
    op.drop_table("refresh_token")
    op.drop_index(op.f("ix_account_grant_account_id"), table_name="account_grant")
    op.drop_table("account_grant")
    op.drop_index(op.f("ix_turn_act_apel_id"), table_name="turn_act")
    op.drop_table("turn_act")
    op.drop_table("tally")
    op.drop_table("sighting")
    op.drop_table("score_run")
    op.drop_table("score")
    op.drop_table("roster_unit")
    op.drop_table("roster_head")
    op.drop_index(op.f("ix_roster_entry_asn_id"), table_name="roster_entry")
    op.drop_index(op.f("ix_roster_entry_apel_id_unit_code"), table_name="roster_entry")
    op.drop_table("roster_entry")
    op.drop_table("report_version")
    op.drop_index(op.f("ix_participant_apel_id"), table_name="participant")
    op.drop_table("participant")
    op.drop_index(op.f("ix_mark_asn_id"), table_name="mark")
    op.drop_index(op.f("ix_mark_apel_id_unit_code"), table_name="mark")
    op.drop_table("mark")
    op.drop_index(op.f("ix_identity_key_kind_value"), table_name="identity_key")
    op.drop_table("identity_key")
    op.drop_index(op.f("ix_headship_opd_code"), table_name="headship")
    op.drop_table("headship")
    op.drop_index(op.f("ix_finding_resolution_finding_id"), table_name="finding_resolution")
    op.drop_table("finding_resolution")
    op.drop_index(op.f("ix_finding_apel_id_opd_code"), table_name="finding")
    op.drop_table("finding")
    op.drop_table("conclusion")
    op.drop_index(op.f("ix_assignment_opd_code"), table_name="assignment")
    op.drop_table("assignment")
    op.drop_index(op.f("ix_apel_act_apel_id"), table_name="apel_act")
    op.drop_table("apel_act")
    op.drop_table("account")
    op.drop_index(op.f("ix_absence_from_date_to_date"), table_name="absence")
    op.drop_index(op.f("ix_absence_asn_id"), table_name="absence")
    op.drop_table("absence")
    op.drop_table("zoom_quarantine")
    op.drop_index(op.f("ix_zoom_inbox_received_at"), table_name="zoom_inbox")
    op.drop_index("ix_zoom_inbox_new", table_name="zoom_inbox", postgresql_where=sa.text("state = 'new'"))
    op.drop_table("zoom_inbox")
    op.drop_index(op.f("ix_stale_apel_id"), table_name="stale")
    op.drop_table("stale")
    op.drop_table("registry_import")
    op.drop_table("policy")
    op.drop_index(op.f("ix_opd_parent_code"), table_name="opd")
    op.drop_table("opd")
    op.drop_index(op.f("ix_occurrence_meeting_id"), table_name="occurrence")
    op.drop_table("occurrence")
    op.drop_index(op.f("ix_idempotency_key_created_at"), table_name="idempotency_key")
    op.drop_table("idempotency_key")
    op.drop_table("client")
    op.drop_table("calendar_year")
    op.drop_table("calendar_day")
    op.drop_index("ix_audit_entry_subjects", table_name="audit_entry", postgresql_using="gin")
    op.drop_index(op.f("ix_audit_entry_at"), table_name="audit_entry")
    op.drop_table("audit_entry")
    op.drop_index(op.f("ix_asn_folded_name"), table_name="asn")
    op.drop_table("asn")
    op.drop_index("ix_apel_zoom_meeting_ids", table_name="apel", postgresql_using="gin")
    op.drop_index(op.f("ix_apel_starts_at"), table_name="apel")
    op.drop_table("apel")
