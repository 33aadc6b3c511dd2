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


def downgrade() -> None:
    op.drop_index(op.f("ix_training_attendance_asn_id"), table_name="training_attendance")
    op.drop_table("training_attendance")
    op.drop_index(op.f("ix_behaviour_standing_to_date_from_date"), table_name="behaviour_standing")
    op.drop_table("behaviour_standing")
    op.drop_table("behaviour_peer_rating")
    op.drop_table("behaviour_assessment")
    op.drop_index(op.f("ix_training_to_date"), table_name="training")
    op.drop_table("training")
    op.drop_table("column_mapping")
