"""which life of its report an order belongs to, one place for one order in a crew's day, and when crews do not go out"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

# As the rules of this version say: nobody can begin, refuse or take back what is planned for these.
UNDER_WORK = "('received', 'accepted', 'question', 'scheduled', 'in_progress')"

MOVES = (
    *('submit', 'accept', 'reject', 'ask', 'answer', 'forward', 'take_back', 'merge', 'split', 'schedule', 'start'),
    *('pause', 'resume', 'step_done', 'could_not', 'unschedule', 'resolve', 'close', 'reopen', 'note', 'object', 'amend'),
)


def moves_are(*moves: str) -> None:
    op.drop_constraint(op.f('ck_report_history_report_move'), 'report_history', type_='check')
    listed = ', '.join(f"'{move}'" for move in moves)
    op.create_check_constraint(op.f('ck_report_history_report_move'), 'report_history', f'move IN ({listed})')


def upgrade() -> None:
    op.add_column('report', sa.Column('life', sa.Integer(), server_default='1', nullable=False))
    op.execute(
        "UPDATE report SET life = 1 + opened.times FROM ("
        "SELECT report_id, count(*) AS times FROM report_history WHERE move = 'reopen' GROUP BY 1"
        ") AS opened WHERE opened.report_id = report.id"
    )
    op.add_column('work_order', sa.Column('life', sa.Integer(), server_default='1', nullable=False))
    op.execute(
        "UPDATE work_order SET life = 1 + (SELECT count(*) FROM report_history h"
        " WHERE h.report_id = work_order.report_id AND h.move = 'reopen' AND h.at <= work_order.created_at)"
    )
    op.execute(
        "UPDATE work_order SET status = 'cancelled', ended_at = now(), version = work_order.version + 1,"
        " reason = 'Η αναφορά είχε ήδη κλείσει για το γραφείο.'"
        " FROM report WHERE report.id = work_order.report_id"
        " AND work_order.status IN ('planned', 'assigned', 'started', 'paused')"
        f" AND (report.status NOT IN {UNDER_WORK} OR report.life <> work_order.life)"
    )
    op.execute(
        'UPDATE work_order SET sequence = placed.place FROM (SELECT id, row_number() OVER'
        ' (PARTITION BY crew_id, planned_day ORDER BY sequence, id) AS place FROM work_order WHERE crew_id IS NOT NULL'
        ') AS placed WHERE placed.id = work_order.id'
    )
    op.drop_index('ix_work_order_crew_day', table_name='work_order')
    op.create_index('uq_work_order_place', 'work_order', ['crew_id', 'planned_day', 'sequence'], unique=True)
    op.create_table(
        'crew_day',
        sa.Column('crew_id', sa.Integer(), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('last_sequence', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['crew_id'], ['crew.id'], name=op.f('fk_crew_day_crew_id_crew')),
        sa.PrimaryKeyConstraint('crew_id', 'day', name=op.f('pk_crew_day')),
    )
    op.execute(
        'INSERT INTO crew_day SELECT crew_id, planned_day, max(sequence) FROM work_order'
        ' WHERE crew_id IS NOT NULL GROUP BY 1, 2'
    )
    op.add_column('crew', sa.Column('works_on_holidays', sa.Boolean(), server_default='false', nullable=False))
    op.create_table(
        'crew_absence',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('crew_id', sa.Integer(), nullable=False),
        sa.Column('first_day', sa.Date(), nullable=False),
        sa.Column('last_day', sa.Date(), nullable=False),
        sa.Column('why', sa.Text(), nullable=False),
        sa.CheckConstraint('first_day <= last_day', name=op.f('ck_crew_absence_days_in_order')),
        sa.ForeignKeyConstraint(['crew_id'], ['crew.id'], name=op.f('fk_crew_absence_crew_id_crew')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_crew_absence')),
    )
    op.create_index('ix_crew_absence_crew', 'crew_absence', ['crew_id', 'last_day'])
    op.add_column('report_history', sa.Column('undoes_id', sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f('fk_report_history_undoes_id_report_history'), 'report_history', 'report_history', ['undoes_id'], ['id']
    )
    op.create_index(
        'uq_report_history_undoes',
        'report_history',
        ['undoes_id'],
        unique=True,
        postgresql_where=sa.text('undoes_id IS NOT NULL'),
    )
    moves_are(*MOVES, 'undo')
    op.create_check_constraint(
        op.f('ck_report_history_undo_names_what'), 'report_history', "(move = 'undo') = (undoes_id IS NOT NULL)"
    )
    op.execute("UPDATE procrastinate_jobs SET task_name = 'history.written' WHERE task_name = 'notices.tell'")
    op.execute(
        'CREATE INDEX ix_procrastinate_jobs_lock ON procrastinate_jobs (lock)'
        " WHERE lock IS NOT NULL AND status IN ('todo', 'doing')"
    )
    # Their arguments were the link itself. Whoever waits for one asks again.
    op.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'notices.magic_link'")


def downgrade() -> None:
    op.execute('DROP INDEX ix_procrastinate_jobs_lock')
    op.execute("UPDATE procrastinate_jobs SET task_name = 'notices.tell', lock = NULL WHERE task_name = 'history.written'")
    op.drop_constraint(op.f('ck_report_history_undo_names_what'), 'report_history', type_='check')
    # What was taken back stays taken back, as a note that nobody reads.
    op.execute('ALTER TABLE report_history DISABLE TRIGGER report_history_append_only')
    op.execute("UPDATE report_history SET move = 'note' WHERE move = 'undo'")
    op.execute('ALTER TABLE report_history ENABLE TRIGGER report_history_append_only')
    moves_are(*MOVES)
    op.drop_index('uq_report_history_undoes', table_name='report_history')
    op.drop_column('report_history', 'undoes_id')
    op.drop_table('crew_absence')
    op.drop_column('crew', 'works_on_holidays')
    op.drop_table('crew_day')
    op.drop_index('uq_work_order_place', table_name='work_order')
    op.create_index('ix_work_order_crew_day', 'work_order', ['crew_id', 'planned_day', 'sequence'])
    op.drop_column('work_order', 'life')
    op.drop_column('report', 'life')
