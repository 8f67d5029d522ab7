"""a reporter withdraws a whole report"""

from __future__ import annotations

from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

MOVES = (
    *('submit', 'accept', 'reject', 'ask', 'answer', 'forward', 'take_back', 'merge', 'split', 'schedule', 'start'),
    *('pause', 'resume', 'step_done', 'could_not', 'unschedule', 'resolve', 'close', 'reopen', 'object', 'amend', 'note'),
    'undo',
)


def moves_are(*moves: str) -> None:
    op.drop_constraint(op.f('ck_report_history_report_move'), 'report_history', type_='check')
    listed = ', '.join(f"'{move}'" for move in moves)
    op.create_check_constraint(op.f('ck_report_history_report_move'), 'report_history', f'move IN ({listed})')


def upgrade() -> None:
    moves_are(*MOVES, 'withdraw')


def downgrade() -> None:
    op.execute("UPDATE report_history SET move = 'close' WHERE move = 'withdraw'")
    moves_are(*MOVES)
