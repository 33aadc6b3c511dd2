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
        "desa_list",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_desa_list")),
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


def downgrade() -> None:
    op.drop_table("deposit_loss_closing")
    op.drop_index(op.f("ix_circular_receipt_asn_id"), table_name="circular_receipt")
    op.drop_table("circular_receipt")
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
    op.drop_table("circular_file")
    op.drop_table("desa_list")
    op.drop_index("uq_circular_number_version", table_name="circular", postgresql_where=sa.text("withdrawn_on IS NULL"))
    op.drop_index(op.f("ix_circular_supersedes_id"), table_name="circular")
    op.drop_index(op.f("ix_circular_published_on"), table_name="circular")
    op.drop_table("circular")
    op.drop_table("column_mapping")
