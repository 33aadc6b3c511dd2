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
        sa.Column("weekdays", postgresql.ARRAY(sa.SmallInteger()), nullable=True),
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
    op.add_column("absence", sa.Column("order_id", sa.Uuid(), nullable=True))
    op.create_index(
        op.f("ix_absence_order_id"),
        "absence",
        ["order_id"],
        unique=False,
        postgresql_where=sa.text("order_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_absence_order_id"), table_name="absence")
    op.drop_column("absence", "order_id")
    for table in ("flex_end", "flex_member", "flex_evaluation", "flex_order"):
        op.drop_table(table)
    op.drop_table("column_mapping")
