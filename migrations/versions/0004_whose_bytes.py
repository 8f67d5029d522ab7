"""which address an unfinished photo comes from, so that one address cannot fill the disk"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('upload', sa.Column('sender', sa.Text(), server_default='', nullable=False))
    for name in ('device', 'sender'):
        op.create_index(f'ix_upload_unfinished_{name}', 'upload', [name], postgresql_where=sa.text('photo_id IS NULL'))


def downgrade() -> None:
    for name in ('sender', 'device'):
        op.drop_index(f'ix_upload_unfinished_{name}', table_name='upload')
    op.drop_column('upload', 'sender')
