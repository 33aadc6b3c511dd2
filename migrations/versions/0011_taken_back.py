"""An assignment of a participant that was taken back."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    taken_back = sa.Column("taken_back", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    op.add_column("identity_key", taken_back)


def downgrade() -> None:
    op.drop_column("identity_key", "taken_back")
