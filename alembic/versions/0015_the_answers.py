"""an answer to a summary knows which day's it was"""

import sqlalchemy as sa

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("journal_entries", sa.Column("answers_score_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("journal_entries", "answers_score_id")
