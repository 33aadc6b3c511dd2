"""Screens that are paired by a code."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "screen",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("secret_sha256", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("counts_only", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_screen_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screen")),
        sa.UniqueConstraint("client_id", name=op.f("uq_screen_client_id")),
        sa.UniqueConstraint("secret_sha256", name=op.f("uq_screen_secret_sha256")),
    )
    op.create_index("uq_screen_code", "screen", ["code"], unique=True, postgresql_where=sa.text("client_id IS NULL"))


def downgrade() -> None:
    op.drop_index("uq_screen_code", table_name="screen", postgresql_where=sa.text("client_id IS NULL"))
    op.drop_table("screen")
