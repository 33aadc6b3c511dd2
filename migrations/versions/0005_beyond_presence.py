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
        "circular",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("signatory", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("acknowledge_by", sa.Date(), nullable=True),
        sa.Column("scope", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawal_reason", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["supersedes_id"], ["circular.id"], name=op.f("fk_circular_supersedes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circular")),
    )
    op.create_index(op.f("ix_circular_published_on"), "circular", ["published_on"], unique=False)
    op.create_index(op.f("ix_circular_supersedes_id"), "circular", ["supersedes_id"], unique=False)
    op.create_index(
        "uq_circular_number_version",
        "circular",
        ["number", "version"],
        unique=True,
        postgresql_where=sa.text("withdrawn_on IS NULL"),
    )
    op.create_table(
        "column_mapping",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_column_mapping")),
    )
    op.create_table(
        "counter_message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("opd_code", sa.Text(), nullable=False),
        sa.Column("service_code", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled", sa.Boolean(), nullable=True),
        sa.Column("sent_by", sa.Uuid(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_message")),
    )
    op.create_index(
        op.f("ix_counter_message_opd_code_service_code_day_ticket"),
        "counter_message",
        ["opd_code", "service_code", "day", "ticket"],
        unique=False,
    )
    op.create_table(
        "desa_list",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_desa_list")),
    )
    op.create_table(
        "flex_order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("signatory", sa.Text(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("place_kind", sa.Text(), nullable=False),
        sa.Column("place_name", sa.Text(), nullable=False),
        sa.Column("place_note", sa.Text(), nullable=True),
        sa.Column("weekdays", sa.ARRAY(sa.SmallInteger()), nullable=True),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("evaluation_on", sa.Date(), nullable=True),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("from_date <= to_date", name=op.f("ck_flex_order_span")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flex_order")),
    )
    op.create_index(op.f("ix_flex_order_from_date_to_date"), "flex_order", ["from_date", "to_date"], unique=False)
    op.create_table(
        "parts_snapshot",
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("parts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("period", name=op.f("pk_parts_snapshot")),
    )
    op.create_table(
        "stream_settlement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stream_settlement")),
    )
    op.create_index(op.f("ix_stream_settlement_note_id"), "stream_settlement", ["note_id"], unique=False)
    op.create_table(
        "stream_sighting",
        sa.Column("run_uuid", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("page_url", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("run_uuid", "kind", "at", name=op.f("pk_stream_sighting")),
    )
    op.create_table(
        "training",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("organiser", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("from_date <= to_date", name=op.f("ck_training_span")),
        sa.CheckConstraint("hours BETWEEN 1 AND 1000", name=op.f("ck_training_hours")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training")),
    )
    op.create_index(op.f("ix_training_to_date"), "training", ["to_date"], unique=False)
    op.create_table(
        "behaviour_assessment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("rater", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ratings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_asn_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("rater IN ('superior', 'self')", name=op.f("ck_behaviour_assessment_named_rater")),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_behaviour_assessment_asn_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_behaviour_assessment")),
        sa.UniqueConstraint(
            "asn_id", "period", "rater", "version", name=op.f("uq_behaviour_assessment_asn_id_period_rater_version")
        ),
    )
    op.create_table(
        "behaviour_peer_rating",
        sa.Column("asn_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("peer", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ratings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_behaviour_peer_rating_asn_id")),
        sa.PrimaryKeyConstraint("asn_id", "period", "peer", "version", name=op.f("pk_behaviour_peer_rating")),
    )
    op.create_table(
        "behaviour_standing",
        sa.Column("asn_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=False),
        sa.Column("superior_tally", sa.ARRAY(sa.BigInteger()), nullable=True),
        sa.Column("self_tally", sa.ARRAY(sa.BigInteger()), nullable=True),
        sa.Column("peer_tally", sa.ARRAY(sa.BigInteger()), nullable=True),
        sa.Column("by_value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_behaviour_standing_asn_id")),
        sa.PrimaryKeyConstraint("asn_id", "period", name=op.f("pk_behaviour_standing")),
    )
    op.create_index(
        op.f("ix_behaviour_standing_to_date_from_date"), "behaviour_standing", ["to_date", "from_date"], unique=False
    )
    op.create_table(
        "circular_file",
        sa.Column("circular_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("kept_by", sa.Uuid(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["circular_id"], ["circular.id"], name=op.f("fk_circular_file_circular_id")),
        sa.PrimaryKeyConstraint("circular_id", name=op.f("pk_circular_file")),
    )
    op.create_table(
        "counter_promise",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("opd_code", sa.Text(), nullable=False),
        sa.Column("service_code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("wait_minutes", sa.Integer(), nullable=True),
        sa.Column("finish_minutes", sa.Integer(), nullable=True),
        sa.Column("finish_working_days", sa.Integer(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "finish_minutes IS NULL OR finish_working_days IS NULL", name=op.f("ck_counter_promise_one_finish")
        ),
        sa.ForeignKeyConstraint(["opd_code"], ["opd.code"], name=op.f("fk_counter_promise_opd_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_promise")),
        sa.UniqueConstraint(
            "opd_code", "service_code", "version", name=op.f("uq_counter_promise_opd_code_service_code_version")
        ),
    )
    op.create_table(
        "counter_ticket",
        sa.Column("opd_code", sa.Text(), nullable=False),
        sa.Column("service_code", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("wait_seconds", sa.Integer(), nullable=True),
        sa.Column("total_seconds", sa.Integer(), nullable=True),
        sa.Column("finished_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["opd_code"], ["opd.code"], name=op.f("fk_counter_ticket_opd_code")),
        sa.PrimaryKeyConstraint("opd_code", "service_code", "day", "ticket", name=op.f("pk_counter_ticket")),
    )
    op.create_index(op.f("ix_counter_ticket_day_opd_code"), "counter_ticket", ["day", "opd_code"], unique=False)
    op.create_table(
        "deposit_act",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("apel_id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("move", sa.Text(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(move = 'in') = (asn_id IS NOT NULL)", name=op.f("ck_deposit_act_whose")),
        sa.ForeignKeyConstraint(["apel_id"], ["apel.id"], name=op.f("fk_deposit_act_apel_id")),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_deposit_act_asn_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit_act")),
        sa.UniqueConstraint(
            "apel_id",
            "slot",
            "move",
            "asn_id",
            "at",
            name=op.f("uq_deposit_act_apel_id_slot_move_asn_id_at"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_deposit_act_asn_id_apel_id"), "deposit_act", ["asn_id", "apel_id"], unique=False)
    op.create_table(
        "deposit_exemption",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("apel_id", sa.Uuid(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["apel_id"], ["apel.id"], name=op.f("fk_deposit_exemption_apel_id")),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_deposit_exemption_asn_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit_exemption")),
    )
    op.create_index(op.f("ix_deposit_exemption_apel_id"), "deposit_exemption", ["apel_id"], unique=False)
    op.create_index(
        op.f("ix_deposit_exemption_asn_id_apel_id"), "deposit_exemption", ["asn_id", "apel_id"], unique=False
    )
    op.create_table(
        "deposit_loss",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("apel_id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["apel_id"], ["apel.id"], name=op.f("fk_deposit_loss_apel_id")),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_deposit_loss_asn_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit_loss")),
    )
    op.create_index(op.f("ix_deposit_loss_apel_id"), "deposit_loss", ["apel_id"], unique=False)
    op.create_index(op.f("ix_deposit_loss_asn_id"), "deposit_loss", ["asn_id"], unique=False)
    op.create_table(
        "desa",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("opd_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("since_version", sa.Integer(), nullable=False),
        sa.Column("gone_version", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["gone_version"], ["desa_list.version"], name=op.f("fk_desa_gone_version")),
        sa.ForeignKeyConstraint(["opd_code"], ["opd.code"], name=op.f("fk_desa_opd_code")),
        sa.ForeignKeyConstraint(["since_version"], ["desa_list.version"], name=op.f("fk_desa_since_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desa")),
    )
    op.create_index(op.f("ix_desa_opd_code"), "desa", ["opd_code"], unique=False)
    op.create_table(
        "flex_evaluation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["flex_order.id"], name=op.f("fk_flex_evaluation_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flex_evaluation")),
    )
    op.create_index(op.f("ix_flex_evaluation_order_id"), "flex_evaluation", ["order_id"], unique=False)
    op.create_table(
        "flex_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=True),
        sa.Column("to_date", sa.Date(), nullable=True),
        sa.Column("place_name", sa.Text(), nullable=True),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_flex_member_asn_id")),
        sa.ForeignKeyConstraint(["order_id"], ["flex_order.id"], name=op.f("fk_flex_member_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flex_member")),
    )
    op.create_index(op.f("ix_flex_member_asn_id"), "flex_member", ["asn_id"], unique=False)
    op.create_index(op.f("ix_flex_member_order_id"), "flex_member", ["order_id"], unique=False)
    op.create_table(
        "livestream_incident",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=False),
        sa.Column("opd_code", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.CheckConstraint("started_at < ended_at", name=op.f("ck_livestream_incident_span")),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_livestream_incident_asn_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_livestream_incident")),
    )
    op.create_index(op.f("ix_livestream_incident_asn_id"), "livestream_incident", ["asn_id"], unique=False)
    op.create_index(op.f("ix_livestream_incident_opd_code"), "livestream_incident", ["opd_code"], unique=False)
    op.create_index(op.f("ix_livestream_incident_started_at"), "livestream_incident", ["started_at"], unique=False)
    op.create_table(
        "livestream_permit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("letter_no", sa.Text(), nullable=False),
        sa.Column("letter_date", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opd_code", sa.Text(), nullable=True),
        sa.Column("asn_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("platform", sa.Text(), nullable=True),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by_name", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_name", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_name", sa.Text(), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_livestream_permit_span")),
        sa.ForeignKeyConstraint(["opd_code"], ["opd.code"], name=op.f("fk_livestream_permit_opd_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_livestream_permit")),
    )
    op.create_index(op.f("ix_livestream_permit_starts_at"), "livestream_permit", ["starts_at"], unique=False)
    op.create_index(
        "uq_livestream_permit_content",
        "livestream_permit",
        ["content"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
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
        "shift",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registered_by", sa.Uuid(), nullable=False),
        sa.Column("registered_by_name", sa.Text(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_name", sa.Text(), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("asn_id"), "="),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            where=sa.text("withdrawn_at IS NULL"),
            using="gist",
            name="shift_overlap",
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_shift_span")),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_shift_asn_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
    )
    op.create_index(op.f("ix_shift_asn_id"), "shift", ["asn_id"], unique=False)
    op.create_table(
        "training_attendance",
        sa.Column("training_id", sa.Uuid(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("attended", sa.Boolean(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.Column("said_by", sa.Uuid(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_training_attendance_asn_id")),
        sa.ForeignKeyConstraint(["training_id"], ["training.id"], name=op.f("fk_training_attendance_training_id")),
        sa.PrimaryKeyConstraint("training_id", "asn_id", "version", name=op.f("pk_training_attendance")),
    )
    op.create_index(op.f("ix_training_attendance_asn_id"), "training_attendance", ["asn_id"], unique=False)
    op.create_table(
        "circular_receipt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("circular_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("asn_id", sa.Uuid(), nullable=True),
        sa.Column("opd_code", sa.Text(), nullable=True),
        sa.Column("desa_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("signed_by", sa.Text(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("num_nonnulls(asn_id, opd_code, desa_id) = 1", name=op.f("ck_circular_receipt_party")),
        sa.ForeignKeyConstraint(["asn_id"], ["asn.id"], name=op.f("fk_circular_receipt_asn_id")),
        sa.ForeignKeyConstraint(["circular_id"], ["circular.id"], name=op.f("fk_circular_receipt_circular_id")),
        sa.ForeignKeyConstraint(["desa_id"], ["desa.id"], name=op.f("fk_circular_receipt_desa_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circular_receipt")),
        sa.UniqueConstraint(
            "circular_id",
            "act",
            "asn_id",
            "opd_code",
            "desa_id",
            name=op.f("uq_circular_receipt_circular_id_act_asn_id_opd_code_desa_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_circular_receipt_asn_id"), "circular_receipt", ["asn_id"], unique=False)
    op.create_table(
        "deposit_loss_closing",
        sa.Column("loss_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["loss_id"], ["deposit_loss.id"], name=op.f("fk_deposit_loss_closing_loss_id")),
        sa.PrimaryKeyConstraint("loss_id", name=op.f("pk_deposit_loss_closing")),
    )
    op.create_table(
        "flex_end",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["flex_member.id"], name=op.f("fk_flex_end_member_id")),
        sa.ForeignKeyConstraint(["order_id"], ["flex_order.id"], name=op.f("fk_flex_end_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flex_end")),
    )
    op.create_index(op.f("ix_flex_end_order_id_member_id"), "flex_end", ["order_id", "member_id"], unique=False)
    op.create_table(
        "livestream_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["livestream_incident.id"], name=op.f("fk_livestream_step_incident_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_livestream_step")),
        sa.UniqueConstraint("incident_id", "number", name=op.f("uq_livestream_step_incident_id_number")),
    )
    op.create_index(op.f("ix_livestream_step_by_id"), "livestream_step", ["by_id"], unique=False)
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
    op.add_column("absence", sa.Column("order_id", sa.Uuid(), nullable=True))
    op.create_index(
        op.f("ix_absence_order_id"),
        "absence",
        ["order_id"],
        unique=False,
        postgresql_where=sa.text("order_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_absence_order_id"), table_name="absence", postgresql_where=sa.text("order_id IS NOT NULL"))
    op.drop_column("absence", "order_id")
    op.drop_index(op.f("ix_performance_verification_achievement_id_seq"), table_name="performance_verification")
    op.drop_table("performance_verification")
    op.drop_index(op.f("ix_performance_target_from_date_to_date"), table_name="performance_target")
    op.drop_index(op.f("ix_performance_target_asn_id_from_date"), table_name="performance_target")
    op.drop_table("performance_target")
    op.drop_index(op.f("ix_livestream_step_by_id"), table_name="livestream_step")
    op.drop_table("livestream_step")
    op.drop_index(op.f("ix_flex_end_order_id_member_id"), table_name="flex_end")
    op.drop_table("flex_end")
    op.drop_table("deposit_loss_closing")
    op.drop_index(op.f("ix_circular_receipt_asn_id"), table_name="circular_receipt")
    op.drop_table("circular_receipt")
    op.drop_index(op.f("ix_training_attendance_asn_id"), table_name="training_attendance")
    op.drop_table("training_attendance")
    op.drop_index(op.f("ix_shift_asn_id"), table_name="shift")
    op.drop_table("shift")
    op.drop_table("performance_plan")
    op.drop_index(op.f("ix_performance_indicator_theme"), table_name="performance_indicator")
    op.drop_index(op.f("ix_performance_indicator_asn_id_year"), table_name="performance_indicator")
    op.drop_table("performance_indicator")
    op.drop_table("performance_evaluation")
    op.drop_index(op.f("ix_performance_achievement_asn_id"), table_name="performance_achievement")
    op.drop_table("performance_achievement")
    op.drop_index(
        "uq_livestream_permit_content", table_name="livestream_permit", postgresql_where=sa.text("withdrawn_at IS NULL")
    )
    op.drop_index(op.f("ix_livestream_permit_starts_at"), table_name="livestream_permit")
    op.drop_table("livestream_permit")
    op.drop_index(op.f("ix_livestream_incident_started_at"), table_name="livestream_incident")
    op.drop_index(op.f("ix_livestream_incident_opd_code"), table_name="livestream_incident")
    op.drop_index(op.f("ix_livestream_incident_asn_id"), table_name="livestream_incident")
    op.drop_table("livestream_incident")
    op.drop_index(op.f("ix_flex_member_order_id"), table_name="flex_member")
    op.drop_index(op.f("ix_flex_member_asn_id"), table_name="flex_member")
    op.drop_table("flex_member")
    op.drop_index(op.f("ix_flex_evaluation_order_id"), table_name="flex_evaluation")
    op.drop_table("flex_evaluation")
    op.drop_index(op.f("ix_desa_opd_code"), table_name="desa")
    op.drop_table("desa")
    op.drop_index(op.f("ix_deposit_loss_asn_id"), table_name="deposit_loss")
    op.drop_index(op.f("ix_deposit_loss_apel_id"), table_name="deposit_loss")
    op.drop_table("deposit_loss")
    op.drop_index(op.f("ix_deposit_exemption_asn_id_apel_id"), table_name="deposit_exemption")
    op.drop_index(op.f("ix_deposit_exemption_apel_id"), table_name="deposit_exemption")
    op.drop_table("deposit_exemption")
    op.drop_index(op.f("ix_deposit_act_asn_id_apel_id"), table_name="deposit_act")
    op.drop_table("deposit_act")
    op.drop_index(op.f("ix_counter_ticket_day_opd_code"), table_name="counter_ticket")
    op.drop_table("counter_ticket")
    op.drop_table("counter_promise")
    op.drop_table("circular_file")
    op.drop_index(op.f("ix_behaviour_standing_to_date_from_date"), table_name="behaviour_standing")
    op.drop_table("behaviour_standing")
    op.drop_table("behaviour_peer_rating")
    op.drop_table("behaviour_assessment")
    op.drop_index(op.f("ix_training_to_date"), table_name="training")
    op.drop_table("training")
    op.drop_table("stream_sighting")
    op.drop_index(op.f("ix_stream_settlement_note_id"), table_name="stream_settlement")
    op.drop_table("stream_settlement")
    op.drop_table("parts_snapshot")
    op.drop_index(op.f("ix_flex_order_from_date_to_date"), table_name="flex_order")
    op.drop_table("flex_order")
    op.drop_table("desa_list")
    op.drop_index(op.f("ix_counter_message_opd_code_service_code_day_ticket"), table_name="counter_message")
    op.drop_table("counter_message")
    op.drop_table("column_mapping")
    op.drop_index("uq_circular_number_version", table_name="circular", postgresql_where=sa.text("withdrawn_on IS NULL"))
    op.drop_index(op.f("ix_circular_supersedes_id"), table_name="circular")
    op.drop_index(op.f("ix_circular_published_on"), table_name="circular")
    op.drop_table("circular")
