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


def downgrade() -> None:
    op.drop_table("livestream_step")
    op.drop_table("shift")
    op.drop_table("livestream_permit")
    op.drop_table("livestream_incident")
    op.drop_table("stream_sighting")
    op.drop_table("stream_settlement")
    op.drop_table("column_mapping")
