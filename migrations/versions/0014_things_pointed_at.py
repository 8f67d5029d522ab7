"""the things that a report's citizen pointed at; a thing is found by the number on it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

NUMBER = r"ltrim(regexp_replace(code, '\D', '', 'g'), '0')"


def upgrade() -> None:
    op.add_column('report', sa.Column('things', postgresql.JSONB(), server_default='[]', nullable=False))
    op.create_index('ix_asset_number', 'asset', [sa.text(NUMBER)])


def downgrade() -> None:
    op.drop_index('ix_asset_number', table_name='asset')
    op.drop_column('report', 'things')
