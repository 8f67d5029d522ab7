"""whose the photos are that no report has, and how heavy drafts are, so that nobody fills the disk with them; the secrets
of apps are encrypted"""

from __future__ import annotations

import base64
import hmac

import sqlalchemy as sa
from alembic import op
from cryptography.fernet import Fernet
from flask import current_app

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

UNUSED, UNSENT = sa.text('used_at IS NULL'), sa.text('report_id IS NULL')


def second_factors(change: str) -> None:
    key = hmac.digest(current_app.config['SECRET_KEY'].encode(), b'second factor', 'sha256')
    lock = getattr(Fernet(base64.urlsafe_b64encode(key)), change)
    rows = op.get_bind().execute(sa.text("SELECT id, secret FROM second_factor WHERE kind = 'totp'")).all()
    for row in rows:
        changed = sa.text('UPDATE second_factor SET secret = :secret WHERE id = :id')
        op.get_bind().execute(changed, {'id': row.id, 'secret': lock(row.secret.encode()).decode()})


def upgrade() -> None:
    second_factors('encrypt')
    op.add_column('photo', sa.Column('device', sa.Text(), nullable=True))
    op.add_column('photo', sa.Column('sender', sa.Text(), server_default='', nullable=False))
    op.add_column('photo', sa.Column('used_at', sa.DateTime(timezone=True), nullable=True))
    op.execute('UPDATE photo SET used_at = received_at FROM report_photo r WHERE r.photo_id = photo.id')
    for name in ('device', 'sender'):
        op.create_index(f'ix_photo_unused_{name}', 'photo', [name], postgresql_where=UNUSED, postgresql_include=['bytes'])
    op.add_column('report_draft', sa.Column('sender', sa.Text(), server_default='', nullable=False))
    op.add_column('report_draft', sa.Column('bytes', sa.Integer(), server_default='0', nullable=False))
    op.execute('UPDATE report_draft SET bytes = octet_length(typed::text)')
    op.create_index('ix_report_draft_unsent_sender', 'report_draft', ['sender'], postgresql_where=UNSENT, postgresql_include=['bytes'])
    op.create_index('ix_report_draft_updated_at', 'report_draft', ['updated_at'])


def downgrade() -> None:
    second_factors('decrypt')
    op.drop_index('ix_report_draft_updated_at', table_name='report_draft')
    op.drop_index('ix_report_draft_unsent_sender', table_name='report_draft')
    for name in ('bytes', 'sender'):
        op.drop_column('report_draft', name)
    for name in ('sender', 'device'):
        op.drop_index(f'ix_photo_unused_{name}', table_name='photo')
    for name in ('used_at', 'sender', 'device'):
        op.drop_column('photo', name)
