"""a report without a kind is taken, and matters of others say whom to call; open reports of a kind have an index"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

OPEN = "status IN ('accepted', 'forwarded', 'in_progress', 'question', 'received', 'scheduled')"

# A town that has a catalogue already gets the kind for what fits none; one that has none is given it with its catalogue.
GROUP = """
    INSERT INTO category_group (code, name_el, name_en, position)
    SELECT 'other', 'Τίποτε από αυτά;', 'None of these?', max(position) + 1 FROM category_group HAVING count(*) > 0
    ON CONFLICT (code) DO NOTHING"""
KIND = """
    INSERT INTO category (code, group_id, name_el, name_en, description_el, description_en, keywords, questions,
        target_days, photo_wanted, publish_policy, icon, position, active)
    SELECT 'other', g.id, 'Κάτι άλλο', 'Something else',
        'Ό,τι δεν ταιριάζει πουθενά. Το γραφείο βρίσκει πού ανήκει.',
        'Whatever fits nowhere. The office finds out where it belongs.',
        ARRAY['διάφορα', 'miscellaneous'], '[]', 10, true, 'after_release', 'other',
        (SELECT max(position) + 1 FROM category), true
    FROM category_group g WHERE g.code = 'other' AND EXISTS (SELECT FROM category)
    ON CONFLICT (code) DO NOTHING"""


def upgrade() -> None:
    op.create_table(
        'referral',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('code', sa.Text(), nullable=False),
        sa.Column('name_el', sa.Text(), nullable=False),
        sa.Column('name_en', sa.Text(), nullable=False),
        sa.Column('keywords', ARRAY(sa.Text()), nullable=False),
        sa.Column('say_el', sa.Text(), nullable=False),
        sa.Column('say_en', sa.Text(), nullable=False),
        sa.Column('phone', sa.Text(), nullable=False),
        sa.Column('url', sa.Text(), nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('active', sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_referral')),
        sa.UniqueConstraint('code', name=op.f('uq_referral_code')),
    )
    op.create_index(
        'ix_report_open_category',
        'report',
        ['category_id', sa.text('received_at DESC'), sa.text('id DESC')],
        postgresql_where=sa.text(OPEN),
    )
    op.execute(GROUP)
    op.execute(KIND)


def downgrade() -> None:
    op.drop_index('ix_report_open_category', table_name='report')
    op.drop_table('referral')
