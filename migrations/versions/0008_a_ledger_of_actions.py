"""who did what when, and what came of it, without a copy of what was said; how long contacts are kept"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'action',
        sa.Column('scope', sa.Text(), nullable=False),
        sa.Column('key', sa.Text(), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('fingerprint', sa.Text(), nullable=False),
        sa.Column('actor_id', sa.Integer(), nullable=True),
        sa.Column('device', sa.Text(), nullable=True),
        sa.Column('occurred_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('result_id', sa.BigInteger(), nullable=True),
        sa.Column('result_version', sa.Integer(), nullable=True),
        sa.Column('outcome', sa.Text(), server_default='', nullable=False),
        sa.ForeignKeyConstraint(['actor_id'], ['staff_user.id'], name=op.f('fk_action_actor_id_staff_user')),
        sa.PrimaryKeyConstraint('scope', 'key', name=op.f('pk_action')),
    )
    op.create_index('ix_action_claimed_at', 'action', ['claimed_at'])
    # Of the answers that were kept whole only what they were about comes along.
    op.execute(
        "INSERT INTO action (scope, key, kind, fingerprint, device, occurred_at, claimed_at, result_id, result_version,"
        " outcome) SELECT k.scope, k.key, split_part(k.scope, ':', 1), k.fingerprint, k.answer ->> 'device', k.claimed_at,"
        " k.claimed_at, r.id, r.version, coalesce(nullif(k.answer ->> 'done', 'true'), '')"
        " FROM action_key k LEFT JOIN report r ON r.reference = k.answer ->> 'reference'"
    )
    op.drop_table('action_key')
    # What was typed of a report that was sent stands in the report.
    op.execute("UPDATE report_draft SET typed = '{}', photos = '{}', bytes = 0 WHERE report_id IS NOT NULL")
    op.add_column('category', sa.Column('contact_months', sa.Integer(), server_default='12', nullable=False))
    op.create_check_constraint(op.f('ck_category_contact_months_positive'), 'category', 'contact_months > 0')


def downgrade() -> None:
    op.drop_column('category', 'contact_months')
    op.create_table(
        'action_key',
        sa.Column('scope', sa.Text(), nullable=False),
        sa.Column('key', sa.Text(), nullable=False),
        sa.Column('fingerprint', sa.Text(), nullable=False),
        sa.Column('answer', sa.dialects.postgresql.JSONB(), nullable=True),
        sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('scope', 'key', name=op.f('pk_action_key')),
    )
    op.drop_table('action')
