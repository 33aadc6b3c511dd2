"""Jobs, and Zoom as a source one can trust."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


# Every table from here on belongs to the application's role as 0002 granted the first ones.
DEFAULTS = "ALTER DEFAULT PRIVILEGES IN SCHEMA public"


def upgrade() -> None:
    op.execute(f"{DEFAULTS} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO apel_app")
    op.execute(f"{DEFAULTS} GRANT USAGE ON SEQUENCES TO apel_app")
    op.create_table(
        "evidence_gap",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.Text(), nullable=True),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_gap")),
    )
    op.create_index(op.f("ix_evidence_gap_from_at"), "evidence_gap", ["from_at"], unique=False)
    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("progress", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("breaks", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("turned_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_job_kind_key")),
    )
    op.create_index("ix_job_due", "job", ["due_at"], unique=False, postgresql_where=sa.text("state = 'waiting'"))
    op.create_table(
        "zoom_watch",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("validated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("access", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zoom_watch")),
    )
    op.create_table(
        "participant_list",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("occurrence_uuid", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["occurrence_uuid"], ["occurrence.uuid"], name=op.f("fk_participant_list_occurrence_uuid")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant_list")),
    )
    op.create_index(op.f("ix_participant_list_occurrence_uuid"), "participant_list", ["occurrence_uuid"], unique=False)
    op.create_table(
        "spot_draw",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("apel_id", sa.Uuid(), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("pool", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["apel_id"], ["apel.id"], name=op.f("fk_spot_draw_apel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spot_draw")),
    )
    op.create_index(op.f("ix_spot_draw_apel_id"), "spot_draw", ["apel_id"], unique=False)
    op.create_index(
        "uq_spot_draw_automatic", "spot_draw", ["apel_id"], unique=True, postgresql_where=sa.text("automatic")
    )
    op.create_table(
        "zoom_meeting",
        sa.Column("apel_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.Text(), nullable=True),
        sa.Column("passcode", sa.Text(), nullable=True),
        sa.Column("join_url", sa.Text(), nullable=True),
        sa.Column("made_here", sa.Boolean(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("prepared_by", sa.Uuid(), nullable=False),
        sa.Column("prepared_by_name", sa.Text(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["apel_id"], ["apel.id"], name=op.f("fk_zoom_meeting_apel_id")),
        sa.PrimaryKeyConstraint("apel_id", name=op.f("pk_zoom_meeting")),
    )
    op.create_table(
        "zoom_registrant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("apel_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("opd_code", sa.Text(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=True),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("registrant_id", sa.Text(), nullable=True),
        sa.Column("join_url", sa.Text(), nullable=True),
        sa.Column("adds", sa.Integer(), server_default="0", nullable=False),
        sa.Column("adds_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["apel_id"], ["apel.id"], name=op.f("fk_zoom_registrant_apel_id")),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_zoom_registrant_asn_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zoom_registrant")),
        sa.UniqueConstraint("apel_id", "email", name=op.f("uq_zoom_registrant_apel_id_email")),
    )
    op.create_table(
        "zoom_report_read",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("occurrence_uuid", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("turned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("page_token", sa.Text(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("total_records", sa.Integer(), nullable=True),
        sa.Column("sound", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["occurrence_uuid"], ["occurrence.uuid"], name=op.f("fk_zoom_report_read_occurrence_uuid")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zoom_report_read")),
        sa.UniqueConstraint("occurrence_uuid", "number", name=op.f("uq_zoom_report_read_occurrence_uuid_number")),
    )
    op.create_table(
        "zoom_shown",
        sa.Column("apel_id", sa.Uuid(), nullable=False),
        sa.Column("lights", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["apel_id"], ["apel.id"], name=op.f("fk_zoom_shown_apel_id")),
        sa.PrimaryKeyConstraint("apel_id", name=op.f("pk_zoom_shown")),
    )
    op.create_table(
        "listed_stay",
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("second_name", sa.Text(), nullable=True),
        sa.Column("registrant_id", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("user_id", sa.Text(), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["participant_list.id"], name=op.f("fk_listed_stay_list_id")),
        sa.PrimaryKeyConstraint("list_id", "number", name=op.f("pk_listed_stay")),
    )
    op.create_table(
        "spot_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draw_id", sa.Uuid(), nullable=False),
        sa.Column("apel_id", sa.Uuid(), nullable=False),
        sa.Column("opd_code", sa.Text(), nullable=False),
        sa.Column("wfo", sa.Integer(), nullable=False),
        sa.Column("others", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["apel_id"], ["apel.id"], name=op.f("fk_spot_check_apel_id")),
        sa.ForeignKeyConstraint(["draw_id"], ["spot_draw.id"], name=op.f("fk_spot_check_draw_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spot_check")),
        sa.UniqueConstraint("apel_id", "opd_code", name=op.f("uq_spot_check_apel_id_opd_code")),
    )
    op.create_index(op.f("ix_spot_check_draw_id"), "spot_check", ["draw_id"], unique=False)
    op.create_table(
        "zoom_report_page",
        sa.Column("read_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["read_id"], ["zoom_report_read.id"], name=op.f("fk_zoom_report_page_read_id")),
        sa.PrimaryKeyConstraint("read_id", "number", name=op.f("pk_zoom_report_page")),
    )
    op.create_table(
        "spot_count",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("check_id", sa.Uuid(), nullable=False),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["check_id"], ["spot_check.id"], name=op.f("fk_spot_count_check_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spot_count")),
    )
    op.create_index(op.f("ix_spot_count_check_id"), "spot_count", ["check_id"], unique=False)
    op.add_column("conclusion", sa.Column("gap", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("identity_key", sa.Column("origin", sa.Text(), server_default="decision", nullable=False))
    op.add_column("identity_key", sa.Column("display_name", sa.Text(), nullable=True))
    op.add_column("identity_key", sa.Column("by_name", sa.Text(), nullable=True))
    op.add_column("identity_key", sa.Column("revoked_by_id", sa.Uuid(), nullable=True))
    op.add_column("identity_key", sa.Column("revoked_by_name", sa.Text(), nullable=True))
    op.add_column("identity_key", sa.Column("revoke_reason", sa.Text(), nullable=True))
    op.alter_column("identity_key", "participant_id", existing_type=sa.UUID(), nullable=True)
    op.add_column("occurrence", sa.Column("host_id", sa.Text(), nullable=True))
    op.add_column("participant", sa.Column("compared", postgresql.JSONB(astext_type=sa.Text()), nullable=True))


def downgrade() -> None:
    op.drop_column("participant", "compared")
    op.drop_column("occurrence", "host_id")
    op.alter_column("identity_key", "participant_id", existing_type=sa.UUID(), nullable=False)
    op.drop_column("identity_key", "revoke_reason")
    op.drop_column("identity_key", "revoked_by_name")
    op.drop_column("identity_key", "revoked_by_id")
    op.drop_column("identity_key", "by_name")
    op.drop_column("identity_key", "display_name")
    op.drop_column("identity_key", "origin")
    op.drop_column("conclusion", "gap")
    op.drop_index(op.f("ix_spot_count_check_id"), table_name="spot_count")
    op.drop_table("spot_count")
    op.drop_table("zoom_report_page")
    op.drop_index(op.f("ix_spot_check_draw_id"), table_name="spot_check")
    op.drop_table("spot_check")
    op.drop_table("listed_stay")
    op.drop_table("zoom_shown")
    op.drop_table("zoom_report_read")
    op.drop_table("zoom_registrant")
    op.drop_table("zoom_meeting")
    op.drop_index("uq_spot_draw_automatic", table_name="spot_draw", postgresql_where=sa.text("automatic"))
    op.drop_index(op.f("ix_spot_draw_apel_id"), table_name="spot_draw")
    op.drop_table("spot_draw")
    op.drop_index(op.f("ix_participant_list_occurrence_uuid"), table_name="participant_list")
    op.drop_table("participant_list")
    op.drop_table("zoom_watch")
    op.drop_index("ix_job_due", table_name="job", postgresql_where=sa.text("state = 'waiting'"))
    op.drop_table("job")
    op.drop_index(op.f("ix_evidence_gap_from_at"), table_name="evidence_gap")
    op.drop_table("evidence_gap")
    op.execute(f"{DEFAULTS} REVOKE USAGE ON SEQUENCES FROM apel_app")
    op.execute(f"{DEFAULTS} REVOKE SELECT, INSERT, UPDATE, DELETE ON TABLES FROM apel_app")
