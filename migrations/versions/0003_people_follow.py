"""people follow what they care for"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geography
from sqlalchemy.dialects import postgresql

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('push_endpoint',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('p256dh', sa.Text(), nullable=False),
    sa.Column('auth', sa.Text(), nullable=False),
    sa.Column('device', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('gone_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("language IN ('el', 'en')", name=op.f('ck_push_endpoint_language_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_push_endpoint')),
    sa.UniqueConstraint('url', name=op.f('uq_push_endpoint_url'))
    )
    op.create_index(op.f('ix_push_endpoint_device'), 'push_endpoint', ['device'], unique=False)
    op.create_geospatial_table('subscription',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('topic', sa.Enum('report', 'category', 'area', 'circle', name='subscription_topic', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('report_id', sa.BigInteger(), nullable=True),
    sa.Column('category_id', sa.Integer(), nullable=True),
    sa.Column('area_id', sa.Integer(), nullable=True),
    sa.Column('centre', Geography(geometry_type='POINT', srid=4326, dimension=2, spatial_index=False, from_text='ST_GeogFromText', name='geography'), nullable=True),
    sa.Column('radius_m', sa.Integer(), nullable=True),
    sa.Column('near_place_id', sa.Integer(), nullable=True),
    sa.Column('wish', sa.Text(), nullable=False),
    sa.Column('channel', sa.Enum('mail', 'push', name='subscription_channel', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('email', sa.Text(), nullable=True),
    sa.Column('push_endpoint_id', sa.BigInteger(), nullable=True),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('frequency', sa.Enum('at_once', 'daily', name='subscription_frequency', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('token', sa.Text(), nullable=False),
    sa.Column('device', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('told_until', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("CASE channel WHEN 'mail' THEN email IS NOT NULL AND push_endpoint_id IS NULL ELSE email IS NULL AND push_endpoint_id IS NOT NULL AND frequency = 'at_once' END", name=op.f('ck_subscription_channel_whole')),
    sa.CheckConstraint("CASE topic WHEN 'report' THEN report_id IS NOT NULL AND num_nonnulls(category_id, area_id, centre) = 0 WHEN 'category' THEN category_id IS NOT NULL AND num_nonnulls(report_id, centre) = 0 WHEN 'area' THEN area_id IS NOT NULL AND num_nonnulls(report_id, category_id, centre) = 0 ELSE centre IS NOT NULL AND num_nonnulls(report_id, category_id, area_id) = 0 END", name=op.f('ck_subscription_topic_whole')),
    sa.CheckConstraint("language IN ('el', 'en')", name=op.f('ck_subscription_language_known')),
    sa.CheckConstraint('(centre IS NULL) = (radius_m IS NULL)', name=op.f('ck_subscription_circle_whole')),
    sa.CheckConstraint('email = lower(email)', name=op.f('ck_subscription_email_in_small_letters')),
    sa.CheckConstraint('radius_m BETWEEN 100 AND 5000', name=op.f('ck_subscription_radius_within_reach')),
    sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_subscription_area_id')),
    sa.ForeignKeyConstraint(['category_id'], ['category.id'], name=op.f('fk_subscription_category_id')),
    sa.ForeignKeyConstraint(['near_place_id'], ['place.id'], name=op.f('fk_subscription_near_place_id')),
    sa.ForeignKeyConstraint(['push_endpoint_id'], ['push_endpoint.id'], name=op.f('fk_subscription_push_endpoint_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['report_id'], ['report.id'], name=op.f('fk_subscription_report_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subscription')),
    sa.UniqueConstraint('token', name=op.f('uq_subscription_token')),
    sa.UniqueConstraint('wish', 'email', name='uq_subscription_wish_email'),
    sa.UniqueConstraint('wish', 'push_endpoint_id', name='uq_subscription_wish_push')
    )
    op.create_index('ix_subscription_area', 'subscription', ['area_id'], unique=False, postgresql_where=sa.text('area_id IS NOT NULL'))
    op.create_index('ix_subscription_category', 'subscription', ['category_id'], unique=False, postgresql_where=sa.text('category_id IS NOT NULL'))
    op.create_geospatial_index('ix_subscription_centre', 'subscription', ['centre'], unique=False, postgresql_using='gist', postgresql_ops={})
    op.create_index('ix_subscription_daily', 'subscription', ['told_until'], unique=False, postgresql_where=sa.text('told_until IS NOT NULL'))
    op.create_index(op.f('ix_subscription_device'), 'subscription', ['device'], unique=False)
    op.create_index('ix_subscription_email', 'subscription', ['email'], unique=False, postgresql_where=sa.text('email IS NOT NULL'))
    op.create_index('ix_subscription_push', 'subscription', ['push_endpoint_id'], unique=False, postgresql_where=sa.text('push_endpoint_id IS NOT NULL'))
    op.create_index('ix_subscription_report', 'subscription', ['report_id'], unique=False, postgresql_where=sa.text('report_id IS NOT NULL'))
    op.create_table('notice',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('kind', sa.Enum('service', 'news', 'digest', 'confirmation', 'magic_link', name='notice_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('channel', sa.Enum('mail', 'push', name='notice_channel', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('recipient', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('about', sa.Text(), nullable=False),
    sa.Column('history_id', sa.BigInteger(), nullable=True),
    sa.Column('subscription_id', sa.BigInteger(), nullable=True),
    sa.Column('detail', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('state', sa.Enum('waiting', 'sent', 'failed', 'dismissed', name='notice_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('last_error', sa.Text(), server_default='', nullable=False),
    sa.Column('queued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f('ck_notice_sent_says_when')),
    sa.CheckConstraint("language IN ('el', 'en')", name=op.f('ck_notice_language_known')),
    sa.CheckConstraint('attempts >= 0', name=op.f('ck_notice_attempts_count')),
    sa.ForeignKeyConstraint(['history_id'], ['report_history.id'], name=op.f('fk_notice_history_id')),
    sa.ForeignKeyConstraint(['subscription_id'], ['subscription.id'], name=op.f('fk_notice_subscription_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
    sa.UniqueConstraint('about', 'channel', 'recipient', name='uq_notice_told_once')
    )
    op.create_index('ix_notice_failed', 'notice', ['id'], unique=False, postgresql_where=sa.text("state = 'failed'"))
    op.create_index('ix_notice_history', 'notice', ['history_id'], unique=False, postgresql_where=sa.text('history_id IS NOT NULL'))
    op.create_index('ix_notice_queued', 'notice', ['queued_at'], unique=False)
    op.create_index('ix_notice_recipient', 'notice', ['recipient', sa.literal_column('queued_at DESC')], unique=False)
    op.create_index('ix_notice_subscription', 'notice', ['subscription_id'], unique=False, postgresql_where=sa.text('subscription_id IS NOT NULL'))
    # What was told is not told again.
    op.execute("INSERT INTO notice (kind, channel, recipient, language, about, history_id, state, attempts, queued_at, sent_at)"
               " SELECT 'service', 'mail', lower(l.recipient), r.language, 'history:' || h.id, h.id, 'sent', 1, l.sent_at, l.sent_at"
               " FROM letter l JOIN report_history h ON h.id = l.history_id JOIN report r ON r.id = h.report_id")
    op.drop_index('ix_letter_recipient', table_name='letter')
    op.drop_table('letter')


def downgrade() -> None:
    op.create_table('letter',
    sa.Column('history_id', sa.BigInteger(), nullable=False),
    sa.Column('recipient', sa.Text(), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['history_id'], ['report_history.id'], name=op.f('fk_letter_history_id')),
    sa.PrimaryKeyConstraint('history_id', name=op.f('pk_letter'))
    )
    op.create_index('ix_letter_recipient', 'letter', ['recipient', 'sent_at'], unique=False)
    op.execute("INSERT INTO letter (history_id, recipient, sent_at)"
               " SELECT DISTINCT ON (history_id) history_id, recipient, sent_at FROM notice"
               " WHERE state = 'sent' AND channel = 'mail' AND history_id IS NOT NULL ORDER BY history_id, id")
    op.drop_index('ix_notice_subscription', table_name='notice', postgresql_where=sa.text('subscription_id IS NOT NULL'))
    op.drop_index('ix_notice_recipient', table_name='notice')
    op.drop_index('ix_notice_queued', table_name='notice')
    op.drop_index('ix_notice_history', table_name='notice', postgresql_where=sa.text('history_id IS NOT NULL'))
    op.drop_index('ix_notice_failed', table_name='notice', postgresql_where=sa.text("state = 'failed'"))
    op.drop_table('notice')
    op.drop_index('ix_subscription_report', table_name='subscription', postgresql_where=sa.text('report_id IS NOT NULL'))
    op.drop_index('ix_subscription_push', table_name='subscription', postgresql_where=sa.text('push_endpoint_id IS NOT NULL'))
    op.drop_index('ix_subscription_email', table_name='subscription', postgresql_where=sa.text('email IS NOT NULL'))
    op.drop_index(op.f('ix_subscription_device'), table_name='subscription')
    op.drop_index('ix_subscription_daily', table_name='subscription', postgresql_where=sa.text('told_until IS NOT NULL'))
    op.drop_geospatial_index('ix_subscription_centre', table_name='subscription', postgresql_using='gist', column_name='centre')
    op.drop_index('ix_subscription_category', table_name='subscription', postgresql_where=sa.text('category_id IS NOT NULL'))
    op.drop_index('ix_subscription_area', table_name='subscription', postgresql_where=sa.text('area_id IS NOT NULL'))
    op.drop_geospatial_table('subscription')
    op.drop_index(op.f('ix_push_endpoint_device'), table_name='push_endpoint')
    op.drop_table('push_endpoint')
