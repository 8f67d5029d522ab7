"""the citizen's phone"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


# How Greek words sound, in Latin letters, whichever alphabet and spelling they came in: accents, η ι υ ει οι, ο ω,
# αι ε, double letters make no difference, and neither does greeklish. web/src/core/greek.ts says the same; both are
# held to web/tests/core/greek-words.json.
GREEK_KEY = r"""
CREATE FUNCTION greek_key(words text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    t text := fold_greek(words);
BEGIN
    t := replace(replace(t, 'ξ', 'ks'), 'ψ', 'ps');
    t := regexp_replace(t, 'ου|ou|oy', 'u', 'g');
    t := regexp_replace(t, '[αa][υuy]', 'av', 'g');
    t := regexp_replace(t, '[εe][υuy]', 'ev', 'g');
    t := regexp_replace(t, 'αι|ai', 'e', 'g');
    t := regexp_replace(t, 'ει|οι|υι|ei|oi|yi', 'i', 'g');
    t := regexp_replace(t, 'μπ|mp|mb|ph', 'v', 'g');
    t := regexp_replace(t, 'ντ|nt|nd|dh', 'd', 'g');
    t := regexp_replace(t, 'γκ|γγ|gk|gg', 'g', 'g');
    t := regexp_replace(t, 'τζ|tz', 'ts', 'g');
    t := regexp_replace(t, 'ch|kh', 'x', 'g');
    t := regexp_replace(t, 'th', 'q', 'g');
    t := regexp_replace(t, '(?<=[a-zα-ω])8|8(?=[a-zα-ω])', 'q', 'g');
    t := regexp_replace(t, '(?<=[a-zα-ω])3|3(?=[a-zα-ω])', 'ks', 'g');
    t := translate(t, 'αβγδεζηθικλμνοπρστυφχωbfwyhcj', 'avgdeziqiklmnoprstivxovvoixki');
    RETURN regexp_replace(t, '([a-z])\1+', '\1', 'g');
END $$
"""


MOVES = ['submit', 'accept', 'reject', 'ask', 'answer', 'forward', 'take_back', 'merge', 'split', 'schedule', 'start', 'pause', 'resume', 'step_done', 'could_not', 'unschedule', 'resolve', 'close', 'reopen', 'note']


def words_are(table: str, name: str, column: str, allowed: list[str]) -> None:
    """Let the column hold these words and no others."""
    op.drop_constraint(op.f(f'ck_{table}_{name}'), table)
    listed = ', '.join(f"'{word}'" for word in allowed)
    op.create_check_constraint(op.f(f'ck_{table}_{name}'), table, f'{column} IN ({listed})')


def upgrade() -> None:
    op.get_bind().connection.driver_connection.execute(GREEK_KEY)
    op.create_table('citizen_device',
    sa.Column('device', sa.Text(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('device', 'email', name=op.f('pk_citizen_device'))
    )
    op.create_index('ix_citizen_device_email', 'citizen_device', [sa.literal_column('lower(email)')], unique=False)
    op.create_table('magic_link',
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_magic_link'))
    )
    op.create_index('ix_magic_link_email', 'magic_link', [sa.literal_column('lower(email)'), 'made_at'], unique=False)
    op.create_table('blocked',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('word', 'email', 'phone', 'device', name='blocked_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.Column('shown', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['staff_user.id'], name=op.f('fk_blocked_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_blocked')),
    sa.UniqueConstraint('kind', 'value', name='uq_blocked_kind_value')
    )
    op.create_table('upload',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('device', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('length', sa.Integer(), nullable=False),
    sa.Column('received', sa.Integer(), nullable=False),
    sa.Column('touched_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('photo_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint('length > 0', name=op.f('ck_upload_has_length')),
    sa.CheckConstraint('received BETWEEN 0 AND length', name=op.f('ck_upload_received_within_length')),
    sa.ForeignKeyConstraint(['photo_id'], ['photo.id'], name=op.f('fk_upload_photo_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_upload'))
    )
    op.create_index(op.f('ix_upload_photo_id'), 'upload', ['photo_id'], unique=False)
    op.create_index('ix_upload_touched', 'upload', ['touched_at'], unique=False)
    op.create_table('report_draft',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('device', sa.Text(), nullable=False),
    sa.Column('typed', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('photos', sa.ARRAY(sa.Uuid()), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('report_id', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['report_id'], ['report.id'], name=op.f('fk_report_draft_report_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_draft'))
    )
    op.create_index(op.f('ix_report_draft_device'), 'report_draft', ['device'], unique=False)
    op.create_index(op.f('ix_report_draft_report_id'), 'report_draft', ['report_id'], unique=False)
    op.create_table('report_flag',
    sa.Column('report_id', sa.BigInteger(), nullable=False),
    sa.Column('device', sa.Text(), nullable=False),
    sa.Column('reason', sa.Enum('personal', 'offensive', 'false', 'other', name='flag_reason', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('char_length(words) <= 1000', name=op.f('ck_report_flag_words_length')),
    sa.ForeignKeyConstraint(['report_id'], ['report.id'], name=op.f('fk_report_flag_report_id')),
    sa.PrimaryKeyConstraint('report_id', 'device', name=op.f('pk_report_flag'))
    )
    op.create_table('report_support',
    sa.Column('report_id', sa.BigInteger(), nullable=False),
    sa.Column('device', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['report_id'], ['report.id'], name=op.f('fk_report_support_report_id')),
    sa.PrimaryKeyConstraint('report_id', 'device', name=op.f('pk_report_support'))
    )
    op.create_table('reporter_words',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('report_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Enum('answer', 'objection', 'addition', name='words_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('char_length(words) <= 4000', name=op.f('ck_reporter_words_words_length')),
    sa.ForeignKeyConstraint(['report_id'], ['report.id'], name=op.f('fk_reporter_words_report_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reporter_words'))
    )
    op.create_index(op.f('ix_reporter_words_report_id'), 'reporter_words', ['report_id'], unique=False)
    op.add_column('category', sa.Column('stoppers', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False))
    op.add_column('category', sa.Column('usual_days', sa.Integer(), nullable=True))
    op.add_column('category', sa.Column('usual_of', sa.Integer(), server_default='0', nullable=False))
    op.add_column('place', sa.Column('key', sa.Text(), sa.Computed("greek_key(name_el || ' ' || name_en)", persisted=True), nullable=False))
    op.create_index('ix_place_key', 'place', ['key'], unique=False, postgresql_using='gin', postgresql_ops={'key': 'gin_trgm_ops'})
    op.add_column('report', sa.Column('supporters', sa.Integer(), server_default='0', nullable=False))
    op.add_column('report', sa.Column('objected_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('report', sa.Column('flagged_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('report', sa.Column('suspicion', sa.Enum('blocked_word', 'blocked_contact', 'many_from_one', 'not_by_hand', name='report_suspicion', native_enum=False, create_constraint=True, length=32), nullable=True))
    op.add_column('report', sa.Column('device', sa.Text(), nullable=True))
    op.add_column('report', sa.Column('sender', sa.Text(), nullable=True))
    op.create_index('ix_report_device', 'report', ['device', sa.literal_column('received_at DESC')], unique=False, postgresql_where=sa.text('device IS NOT NULL'))
    op.create_index('ix_report_sender', 'report', ['sender', sa.literal_column('received_at DESC')], unique=False, postgresql_where=sa.text('sender IS NOT NULL'))
    op.create_index('ix_report_silence', 'report', ['resolved_at'], unique=False, postgresql_where=sa.text("status = 'resolved'"))
    op.create_index('ix_report_supporters', 'report', ['status', sa.literal_column('supporters DESC'), sa.literal_column('received_at DESC'), sa.literal_column('id DESC')], unique=False)
    op.create_index('ix_report_to_look_at', 'report', [sa.literal_column('received_at DESC'), sa.literal_column('id DESC')], unique=False, postgresql_where=sa.text('suspicion IS NOT NULL OR flagged_at IS NOT NULL OR objected_at IS NOT NULL'))
    op.add_column('report_photo', sa.Column('added_at', sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f('ck_report_supporters_not_negative'), 'report', 'supporters >= 0')
    op.execute("UPDATE report_photo p SET added_at = CASE p.moment WHEN 'after' THEN r.updated_at ELSE r.received_at END"
               " FROM report r WHERE r.id = p.report_id")
    op.alter_column('report_photo', 'added_at', nullable=False)
    words_are('report_history', 'report_move', 'move', [*MOVES, 'object', 'amend'])
    words_are('report_photo', 'photo_moment', 'moment', ['before', 'after', 'later'])
    op.drop_index('ix_report_words', 'report')
    op.drop_column('report', 'folded_words')
    op.add_column('report', sa.Column('folded_words', sa.Text(), sa.Computed("greek_key(description || ' ' || address_words)", persisted=True), nullable=False))
    op.create_index('ix_report_words', 'report', ['folded_words'], postgresql_using='gin', postgresql_ops={'folded_words': 'gin_trgm_ops'})


def downgrade() -> None:
    op.drop_index('ix_report_words', 'report')
    op.drop_column('report', 'folded_words')
    op.add_column('report', sa.Column('folded_words', sa.Text(), sa.Computed("fold_greek(description || ' ' || address_words)", persisted=True), nullable=False))
    op.create_index('ix_report_words', 'report', ['folded_words'], postgresql_using='gin', postgresql_ops={'folded_words': 'gin_trgm_ops'})
    # What the older application has no word for; history is append-only, so its trigger stands aside for a moment.
    op.execute("ALTER TABLE report_history DISABLE TRIGGER report_history_append_only")
    op.execute("UPDATE report_history SET move = 'note' WHERE move IN ('object', 'amend')")
    op.execute("ALTER TABLE report_history ENABLE TRIGGER report_history_append_only")
    op.execute("UPDATE report_photo SET moment = 'before' WHERE moment = 'later'")
    words_are('report_history', 'report_move', 'move', MOVES)
    words_are('report_photo', 'photo_moment', 'moment', ['before', 'after'])
    op.drop_constraint(op.f('ck_report_supporters_not_negative'), 'report')
    op.drop_column('report_photo', 'added_at')
    op.drop_index('ix_report_to_look_at', table_name='report', postgresql_where=sa.text('suspicion IS NOT NULL OR flagged_at IS NOT NULL OR objected_at IS NOT NULL'))
    op.drop_index('ix_report_supporters', table_name='report')
    op.drop_index('ix_report_silence', table_name='report', postgresql_where=sa.text("status = 'resolved'"))
    op.drop_index('ix_report_sender', table_name='report', postgresql_where=sa.text('sender IS NOT NULL'))
    op.drop_index('ix_report_device', table_name='report', postgresql_where=sa.text('device IS NOT NULL'))
    op.drop_column('report', 'sender')
    op.drop_column('report', 'device')
    op.drop_column('report', 'suspicion')
    op.drop_column('report', 'flagged_at')
    op.drop_column('report', 'objected_at')
    op.drop_column('report', 'supporters')
    op.drop_index('ix_place_key', table_name='place', postgresql_using='gin', postgresql_ops={'key': 'gin_trgm_ops'})
    op.drop_column('place', 'key')
    op.drop_column('category', 'usual_of')
    op.drop_column('category', 'usual_days')
    op.drop_column('category', 'stoppers')
    op.drop_index(op.f('ix_reporter_words_report_id'), table_name='reporter_words')
    op.drop_table('reporter_words')
    op.drop_table('report_support')
    op.drop_table('report_flag')
    op.drop_index(op.f('ix_report_draft_report_id'), table_name='report_draft')
    op.drop_index(op.f('ix_report_draft_device'), table_name='report_draft')
    op.drop_table('report_draft')
    op.drop_index('ix_upload_touched', table_name='upload')
    op.drop_index(op.f('ix_upload_photo_id'), table_name='upload')
    op.drop_table('upload')
    op.drop_table('blocked')
    op.drop_index('ix_magic_link_email', table_name='magic_link')
    op.drop_table('magic_link')
    op.drop_index('ix_citizen_device_email', table_name='citizen_device')
    op.drop_table('citizen_device')
    op.execute("DROP FUNCTION greek_key")
