"""where the staff is signed in and with what; tokens with scopes and an end; limits that all processes share"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

ROLES = ('dispatcher', 'crew', 'head', 'admin')
KINDS = ('totp', 'passkey', 'recovery')
NOTICES = ('service', 'news', 'digest', 'confirmation', 'magic_link')
WHEN = sa.DateTime(timezone=True)


def one_of(kinds: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*kinds, name=name, native_enum=False, create_constraint=True, length=32)


def notices_are(*kinds: str) -> None:
    op.execute('ALTER TABLE notice DROP CONSTRAINT ck_notice_notice_kind')
    listed = ', '.join(f"'{kind}'" for kind in kinds)
    op.execute(f'ALTER TABLE notice ADD CONSTRAINT ck_notice_notice_kind CHECK (kind IN ({listed}))')


def upgrade() -> None:
    notices_are(*NOTICES, 'operator')
    op.create_table(
        'staff_session',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('user_id', sa.Integer(), nullable=False),
        sa.Column('digest', sa.Text(), nullable=False),
        sa.Column('role', one_of(ROLES, 'session_role'), nullable=False),
        sa.Column('device', sa.Text(), nullable=False),
        sa.Column('passed', sa.Boolean(), nullable=False),
        sa.Column('challenge', sa.Text(), nullable=True),
        sa.Column('started_at', WHEN, nullable=False),
        sa.Column('used_at', WHEN, nullable=False),
        sa.Column('ended_at', WHEN, nullable=True),
        sa.ForeignKeyConstraint(['user_id'], ['staff_user.id'], ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('digest'),
    )
    op.create_index('ix_staff_session_user_id', 'staff_session', ['user_id'])
    op.create_index('ix_staff_session_used_at', 'staff_session', ['used_at'])
    op.create_table(
        'second_factor',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('user_id', sa.Integer(), nullable=False),
        sa.Column('kind', one_of(KINDS, 'factor_kind'), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('secret', sa.Text(), nullable=False),
        sa.Column('credential', sa.Text(), nullable=True),
        sa.Column('counter', sa.BigInteger(), nullable=False),
        sa.Column('made_at', WHEN, nullable=False),
        sa.Column('used_at', WHEN, nullable=True),
        sa.ForeignKeyConstraint(['user_id'], ['staff_user.id'], ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('credential'),
    )
    op.create_index('ix_second_factor_user_id', 'second_factor', ['user_id'])
    # What was issued before may go on with all it may today, for a year.
    everything = sa.text("'{read,office,work}'")
    op.add_column('api_token', sa.Column('scopes', postgresql.ARRAY(sa.Text()), server_default=everything, nullable=False))
    op.add_column('api_token', sa.Column('expires_at', WHEN, server_default=sa.text("now() + '1 year'"), nullable=False))
    op.alter_column('api_token', 'scopes', server_default=None)
    op.alter_column('api_token', 'expires_at', server_default=None)
    op.drop_column('staff_user', 'session_key')
    # Not logged: after a crash everybody begins at nought again.
    op.create_table(
        'limit_count',
        sa.Column('key', sa.Text(), nullable=False),
        sa.Column('count', sa.Integer(), nullable=False),
        sa.Column('expires_at', WHEN, nullable=False),
        sa.PrimaryKeyConstraint('key'),
        prefixes=['UNLOGGED'],
    )
    op.create_index('ix_limit_count_expires_at', 'limit_count', ['expires_at'])


def downgrade() -> None:
    op.execute("DELETE FROM notice WHERE kind = 'operator'")
    notices_are(*NOTICES)
    op.drop_table('limit_count')
    everybody_out = sa.text("encode(uuid_send(gen_random_uuid()), 'hex')")
    op.add_column('staff_user', sa.Column('session_key', sa.Text(), server_default=everybody_out, nullable=False))
    op.alter_column('staff_user', 'session_key', server_default=None)
    for name in ('expires_at', 'scopes'):
        op.drop_column('api_token', name)
    op.drop_table('second_factor')
    op.drop_table('staff_session')
