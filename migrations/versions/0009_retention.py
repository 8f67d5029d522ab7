"""how many days what is only needed for a while is kept, as data of the town"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

KINDS = ('actions', 'unsent', 'sent_drafts', 'senders', 'unconfirmed', 'ended', 'notices')


def upgrade() -> None:
    listed = ', '.join(f"'{kind}'" for kind in KINDS)
    op.create_table(
        'retention',
        sa.Column('kind', sa.String(length=32), nullable=False),
        sa.Column('days', sa.Integer(), nullable=False),
        sa.CheckConstraint(f'kind IN ({listed})', name=op.f('ck_retention_retention_kind')),
        sa.CheckConstraint('days > 0', name=op.f('ck_retention_days_positive')),
        sa.PrimaryKeyConstraint('kind', name=op.f('pk_retention')),
    )


def downgrade() -> None:
    op.drop_table('retention')
