"""the first town"""

from __future__ import annotations

import geoalchemy2
import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geography
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql
from procrastinate.schema import SchemaManager

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


# A permutation of the id times 97, so that every single wrong digit and every swap of neighbours gives a number that
# is no multiple of 97 (the idea of ISO 7064 MOD 97-10). Nine digits hold 10,309,277 reports; later ones have ten.
REFERENCE = """
CREATE FUNCTION report_reference(id bigint) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT left(d, -6) || '-' || left(right(d, 6), 3) || '-' || right(d, 3) FROM (
        SELECT lpad(n::text, greatest(9, length(n::text)), '0') AS d FROM (
            SELECT 97::bigint * ((id / 10309277) * 10309277 + 1 + mod(mod(id, 10309277) * 7368787, 10309277)) AS n
        ) AS number
    ) AS digits
$$
"""

# One letter for all its spellings: small, without accent or dialytika, and one sigma.
FOLD = """
CREATE FUNCTION fold_greek(words text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT translate(lower(words), 'άέήίόύώϊϋΐΰς', 'αεηιουωιυιυσ')
$$
"""

APPEND_ONLY = """
CREATE FUNCTION history_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'report_history is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER report_history_append_only BEFORE UPDATE OR DELETE ON report_history
    FOR EACH ROW EXECUTE FUNCTION history_is_append_only();
CREATE TRIGGER report_history_never_emptied BEFORE TRUNCATE ON report_history
    FOR EACH STATEMENT EXECUTE FUNCTION history_is_append_only();
"""

FORGET_THE_QUEUE = """
DO $$ DECLARE thing record; BEGIN
    FOR thing IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'procrastinate%' LOOP
        EXECUTE format('DROP TABLE %I CASCADE', thing.tablename);
    END LOOP;
    FOR thing IN SELECT oid::regprocedure AS name FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'procrastinate%' LOOP
        EXECUTE format('DROP FUNCTION %s CASCADE', thing.name);
    END LOOP;
    FOR thing IN SELECT typname FROM pg_type
        WHERE typnamespace = 'public'::regnamespace AND typname LIKE 'procrastinate%' AND typtype IN ('e', 'c') LOOP
        EXECUTE format('DROP TYPE IF EXISTS %I CASCADE', thing.typname);
    END LOOP;
END $$
"""


def run(script: str) -> None:
    """Several statements as they stand: no parameters, so colons and percent signs mean themselves."""
    op.get_bind().connection.driver_connection.execute(script)


def upgrade() -> None:
    for extension in ("postgis", "pg_trgm", "btree_gist"):
        op.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    run(SchemaManager.get_schema())
    run(REFERENCE)
    run(FOLD)
    op.create_table('action_key',
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('fingerprint', sa.Text(), nullable=False),
    sa.Column('answer', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('scope', 'key', name=op.f('pk_action_key'))
    )
    op.create_geospatial_table('area',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('municipality', 'unit', 'community', 'neighbour', name='area_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name_el', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('outline', Geometry(geometry_type='MULTIPOLYGON', srid=4326, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry', nullable=False), nullable=False),
    sa.Column('approximate', sa.Boolean(), nullable=False),
    sa.Column('contact_phone', sa.Text(), nullable=True),
    sa.Column('contact_url', sa.Text(), nullable=True),
    sa.CheckConstraint('ST_IsValid(outline) AND NOT ST_IsEmpty(outline)', name=op.f('ck_area_outline_valid')),
    sa.ForeignKeyConstraint(['parent_id'], ['area.id'], name=op.f('fk_area_parent_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_area')),
    sa.UniqueConstraint('kind', 'code', name='uq_area_kind_code')
    )
    op.create_geospatial_index('ix_area_outline', 'area', ['outline'], unique=False, postgresql_using='gist', postgresql_ops={})
    op.create_index(op.f('ix_area_parent_id'), 'area', ['parent_id'], unique=False)
    op.create_geospatial_table('asset',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name_el', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('attributes', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('location', Geography(srid=4326, dimension=2, spatial_index=False, from_text='ST_GeogFromText', name='geography', nullable=False), nullable=False),
    sa.CheckConstraint("GeometryType(location::geometry) IN ('POINT', 'LINESTRING', 'MULTILINESTRING')", name=op.f('ck_asset_point_or_line')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_asset')),
    sa.UniqueConstraint('kind', 'code', name='uq_asset_kind_code')
    )
    op.create_index('ix_asset_location', 'asset', ['kind', 'location'], unique=False, postgresql_using='gist')
    op.create_table('category_group',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name_el', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_category_group')),
    sa.UniqueConstraint('code', name=op.f('uq_category_group_code'))
    )
    op.create_geospatial_table('crew',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name_el', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('base', Geography(geometry_type='POINT', srid=4326, dimension=2, spatial_index=False, from_text='ST_GeogFromText', name='geography', nullable=False), nullable=False),
    sa.Column('shift_start', sa.Time(), nullable=False),
    sa.Column('shift_end', sa.Time(), nullable=False),
    sa.Column('shift_days', sa.ARRAY(sa.Integer()), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.CheckConstraint('shift_days <@ ARRAY[1,2,3,4,5,6,7]', name=op.f('ck_crew_shift_days_iso')),
    sa.CheckConstraint('shift_start < shift_end', name=op.f('ck_crew_shift_order')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crew')),
    sa.UniqueConstraint('code', name=op.f('uq_crew_code'))
    )
    op.create_table('import_run',
    sa.Column('origin', sa.Text(), nullable=False),
    sa.Column('file_digest', sa.Text(), nullable=False),
    sa.Column('rows_read', sa.Integer(), nullable=False),
    sa.Column('imported', sa.Integer(), nullable=False),
    sa.Column('known_already', sa.Integer(), nullable=False),
    sa.Column('outside', sa.Integer(), nullable=False),
    sa.Column('refused', sa.Integer(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('origin', 'file_digest', name=op.f('pk_import_run'))
    )
    op.create_geospatial_table('photo',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('received_name', sa.Text(), nullable=False),
    sa.Column('mime', sa.Text(), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('bytes', sa.Integer(), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('location', Geography(geometry_type='POINT', srid=4326, dimension=2, spatial_index=False, from_text='ST_GeogFromText', name='geography'), nullable=True),
    sa.Column('state', sa.Enum('received', 'ready', name='photo_state', native_enum=False, create_constraint=True, length=None), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("mime LIKE 'image/%%'", name=op.f('ck_photo_mime_is_image')),
    sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f('ck_photo_sha256_is_hex')),
    sa.CheckConstraint('bytes > 0', name=op.f('ck_photo_has_bytes')),
    sa.CheckConstraint('char_length(received_name) BETWEEN 1 AND 100', name=op.f('ck_photo_received_name_is_short')),
    sa.CheckConstraint('width > 0 AND height > 0', name=op.f('ck_photo_has_pixels')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_photo'))
    )
    op.create_geospatial_table('place',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('name_el', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('population', sa.Integer(), nullable=True),
    sa.Column('location', Geography(geometry_type='POINT', srid=4326, dimension=2, spatial_index=False, from_text='ST_GeogFromText', name='geography', nullable=False), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_place')),
    sa.UniqueConstraint('kind', 'code', name='uq_place_kind_code')
    )
    op.create_geospatial_index('ix_place_location', 'place', ['location'], unique=False, postgresql_using='gist', postgresql_ops={})
    op.create_table('staff_user',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('password_hash', sa.Text(), nullable=False),
    sa.Column('role', sa.Enum('dispatcher', 'crew', 'head', 'admin', name='staff_role', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('demo', sa.Boolean(), nullable=False),
    sa.Column('session_key', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_user'))
    )
    op.create_index('uq_staff_user_email', 'staff_user', [sa.literal_column('lower(email)')], unique=True)
    op.create_table('trade',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name_el', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_trade')),
    sa.UniqueConstraint('code', name=op.f('uq_trade_code'))
    )
    op.create_table('api_token',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('label', sa.Text(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('source', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("source IN ('open311', 'device')", name=op.f('ck_api_token_source')),
    sa.CheckConstraint('(user_id IS NULL) <> (source IS NULL)', name=op.f('ck_api_token_user_or_source')),
    sa.ForeignKeyConstraint(['user_id'], ['staff_user.id'], name=op.f('fk_api_token_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_token')),
    sa.UniqueConstraint('digest', name=op.f('uq_api_token_digest'))
    )
    op.create_index(op.f('ix_api_token_user_id'), 'api_token', ['user_id'], unique=False)
    op.create_table('category',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('name_el', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('description_el', sa.Text(), nullable=False),
    sa.Column('description_en', sa.Text(), nullable=False),
    sa.Column('keywords', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('questions', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('target_days', sa.Integer(), nullable=False),
    sa.Column('photo_wanted', sa.Boolean(), nullable=False),
    sa.Column('publish_policy', sa.Enum('at_once', 'after_release', name='publish_policy', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('asset_kind', sa.Text(), nullable=True),
    sa.Column('icon', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.CheckConstraint('target_days > 0', name=op.f('ck_category_target_days_positive')),
    sa.ForeignKeyConstraint(['group_id'], ['category_group.id'], name=op.f('fk_category_group_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_category')),
    sa.UniqueConstraint('code', name=op.f('uq_category_code'))
    )
    op.create_index(op.f('ix_category_group_id'), 'category', ['group_id'], unique=False)
    op.create_table('crew_area',
    sa.Column('crew_id', sa.Integer(), nullable=False),
    sa.Column('area_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_crew_area_area_id')),
    sa.ForeignKeyConstraint(['crew_id'], ['crew.id'], name=op.f('fk_crew_area_crew_id')),
    sa.PrimaryKeyConstraint('crew_id', 'area_id', name=op.f('pk_crew_area'))
    )
    op.create_index(op.f('ix_crew_area_area_id'), 'crew_area', ['area_id'], unique=False)
    op.create_table('crew_member',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('crew_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['crew_id'], ['crew.id'], name=op.f('fk_crew_member_crew_id')),
    sa.ForeignKeyConstraint(['user_id'], ['staff_user.id'], name=op.f('fk_crew_member_user_id')),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_crew_member'))
    )
    op.create_index(op.f('ix_crew_member_crew_id'), 'crew_member', ['crew_id'], unique=False)
    op.create_table('crew_trade',
    sa.Column('crew_id', sa.Integer(), nullable=False),
    sa.Column('trade_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['crew_id'], ['crew.id'], name=op.f('fk_crew_trade_crew_id')),
    sa.ForeignKeyConstraint(['trade_id'], ['trade.id'], name=op.f('fk_crew_trade_trade_id')),
    sa.PrimaryKeyConstraint('crew_id', 'trade_id', name=op.f('pk_crew_trade'))
    )
    op.create_index(op.f('ix_crew_trade_trade_id'), 'crew_trade', ['trade_id'], unique=False)
    op.create_table('vehicle',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('plate', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('seats', sa.Integer(), nullable=False),
    sa.Column('crew_id', sa.Integer(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.CheckConstraint('seats > 0', name=op.f('ck_vehicle_seats_positive')),
    sa.ForeignKeyConstraint(['crew_id'], ['crew.id'], name=op.f('fk_vehicle_crew_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vehicle')),
    sa.UniqueConstraint('plate', name=op.f('uq_vehicle_plate'))
    )
    op.create_index(op.f('ix_vehicle_crew_id'), 'vehicle', ['crew_id'], unique=False)
    op.create_table('job_plan_step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('category_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('trade_id', sa.Integer(), nullable=False),
    sa.Column('estimate_min', sa.Integer(), nullable=False),
    sa.Column('words_el', sa.Text(), nullable=False),
    sa.Column('words_en', sa.Text(), nullable=False),
    sa.CheckConstraint('estimate_min > 0', name=op.f('ck_job_plan_step_estimate_positive')),
    sa.ForeignKeyConstraint(['category_id'], ['category.id'], name=op.f('fk_job_plan_step_category_id')),
    sa.ForeignKeyConstraint(['trade_id'], ['trade.id'], name=op.f('fk_job_plan_step_trade_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job_plan_step')),
    sa.UniqueConstraint('category_id', 'position', name='uq_job_plan_step_position')
    )
    op.create_geospatial_table('report',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('reference', sa.Text(), sa.Computed('report_reference(id)', persisted=True), nullable=False),
    sa.Column('status', sa.Enum('received', 'accepted', 'scheduled', 'in_progress', 'resolved', 'closed', 'question', 'forwarded', 'rejected', 'merged', name='report_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('category_id', sa.Integer(), nullable=False),
    sa.Column('location', Geography(geometry_type='POINT', srid=4326, dimension=2, spatial_index=False, from_text='ST_GeogFromText', name='geography', nullable=False), nullable=False),
    sa.Column('accuracy_m', sa.Double(), nullable=True),
    sa.Column('address_words', sa.Text(), nullable=False),
    sa.Column('near_place_id', sa.Integer(), nullable=True),
    sa.Column('near_distance_m', sa.Integer(), nullable=True),
    sa.Column('near_bearing', sa.Integer(), nullable=True),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('community_id', sa.Integer(), nullable=True),
    sa.Column('asset_id', sa.Integer(), nullable=True),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('folded_words', sa.Text(), sa.Computed("fold_greek(description || ' ' || address_words)", persisted=True), nullable=False),
    sa.Column('answers', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('priority', sa.Enum('low', 'normal', 'high', 'urgent', name='report_priority', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('source', sa.Enum('web', 'phone', 'open311', 'device', 'staff', 'import', name='report_source', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('tracking_token', sa.Text(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('target_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('released_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('merged_into_id', sa.BigInteger(), nullable=True),
    sa.Column('origin', sa.Text(), nullable=True),
    sa.Column('origin_id', sa.Text(), nullable=True),
    sa.CheckConstraint("(status = 'merged') = (merged_into_id IS NOT NULL)", name=op.f('ck_report_merged_names_its_target')),
    sa.CheckConstraint("language IN ('el', 'en')", name=op.f('ck_report_language_known')),
    sa.CheckConstraint("status <> 'closed' OR closed_at IS NOT NULL", name=op.f('ck_report_closed_says_when')),
    sa.CheckConstraint('(origin IS NULL) = (origin_id IS NULL)', name=op.f('ck_report_origin_whole')),
    sa.CheckConstraint('accuracy_m >= 0', name=op.f('ck_report_accuracy_not_negative')),
    sa.CheckConstraint('char_length(description) <= 4000', name=op.f('ck_report_description_length')),
    sa.CheckConstraint('merged_into_id <> id', name=op.f('ck_report_not_merged_into_itself')),
    sa.CheckConstraint('near_bearing BETWEEN 0 AND 359', name=op.f('ck_report_bearing_in_degrees')),
    sa.CheckConstraint('version >= 1', name=op.f('ck_report_version_counts')),
    sa.ForeignKeyConstraint(['asset_id'], ['asset.id'], name=op.f('fk_report_asset_id')),
    sa.ForeignKeyConstraint(['category_id'], ['category.id'], name=op.f('fk_report_category_id')),
    sa.ForeignKeyConstraint(['community_id'], ['area.id'], name=op.f('fk_report_community_id')),
    sa.ForeignKeyConstraint(['merged_into_id'], ['report.id'], name=op.f('fk_report_merged_into_id')),
    sa.ForeignKeyConstraint(['near_place_id'], ['place.id'], name=op.f('fk_report_near_place_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['area.id'], name=op.f('fk_report_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report')),
    sa.UniqueConstraint('reference', name=op.f('uq_report_reference'))
    )
    op.create_index(op.f('ix_report_asset_id'), 'report', ['asset_id'], unique=False)
    op.create_index('ix_report_box', 'report', [sa.literal_column('(location::geometry)')], unique=False, postgresql_using='gist')
    op.create_index('ix_report_category_newest', 'report', ['category_id', sa.literal_column('received_at DESC'), sa.literal_column('id DESC')], unique=False)
    op.create_index('ix_report_community_newest', 'report', ['community_id', sa.literal_column('received_at DESC'), sa.literal_column('id DESC')], unique=False)
    op.create_geospatial_index('ix_report_location', 'report', ['location'], unique=False, postgresql_using='gist', postgresql_ops={})
    op.create_index(op.f('ix_report_merged_into_id'), 'report', ['merged_into_id'], unique=False)
    op.create_index('ix_report_near_place', 'report', ['near_place_id'], unique=False)
    op.create_index('ix_report_newest', 'report', [sa.literal_column('received_at DESC'), sa.literal_column('id DESC')], unique=False)
    op.create_index('ix_report_open_location', 'report', ['category_id', 'location'], unique=False, postgresql_using='gist', postgresql_where=sa.text("status IN ('accepted', 'forwarded', 'in_progress', 'question', 'received', 'scheduled')"))
    op.create_index('ix_report_status_newest', 'report', ['status', sa.literal_column('received_at DESC'), sa.literal_column('id DESC')], unique=False)
    op.create_index('ix_report_unit_newest', 'report', ['unit_id', sa.literal_column('received_at DESC'), sa.literal_column('id DESC')], unique=False)
    op.create_index('ix_report_words', 'report', ['folded_words'], unique=False, postgresql_using='gin', postgresql_ops={'folded_words': 'gin_trgm_ops'})
    op.create_index('uq_report_origin', 'report', ['origin', 'origin_id'], unique=True, postgresql_where=sa.text('origin IS NOT NULL'))
    op.create_table('report_contact',
    sa.Column('report_id', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.Text(), nullable=True),
    sa.Column('email', sa.Text(), nullable=True),
    sa.Column('phone', sa.Text(), nullable=True),
    sa.CheckConstraint('coalesce(name, email, phone) IS NOT NULL', name=op.f('ck_report_contact_not_empty')),
    sa.ForeignKeyConstraint(['report_id'], ['report.id'], name=op.f('fk_report_contact_report_id')),
    sa.PrimaryKeyConstraint('report_id', name=op.f('pk_report_contact'))
    )
    op.create_index('ix_report_contact_email', 'report_contact', [sa.literal_column('lower(email)')], unique=False)
    op.create_table('report_history',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('report_id', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('move', sa.Enum('submit', 'accept', 'reject', 'ask', 'answer', 'forward', 'take_back', 'merge', 'split', 'schedule', 'start', 'pause', 'resume', 'step_done', 'could_not', 'unschedule', 'resolve', 'close', 'reopen', 'note', name='report_move', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('status', sa.Enum('received', 'accepted', 'scheduled', 'in_progress', 'resolved', 'closed', 'question', 'forwarded', 'rejected', 'merged', name='history_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('public_words', sa.Text(), nullable=False),
    sa.Column('internal_words', sa.Text(), nullable=False),
    sa.Column('detail', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['staff_user.id'], name=op.f('fk_report_history_actor_id')),
    sa.ForeignKeyConstraint(['report_id'], ['report.id'], name=op.f('fk_report_history_report_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_history'))
    )
    op.create_index('ix_report_history_report', 'report_history', ['report_id', 'id'], unique=False)
    op.create_table('report_photo',
    sa.Column('report_id', sa.BigInteger(), nullable=False),
    sa.Column('photo_id', sa.Uuid(), nullable=False),
    sa.Column('moment', sa.Enum('before', 'after', name='photo_moment', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['photo_id'], ['photo.id'], name=op.f('fk_report_photo_photo_id')),
    sa.ForeignKeyConstraint(['report_id'], ['report.id'], name=op.f('fk_report_photo_report_id')),
    sa.PrimaryKeyConstraint('report_id', 'photo_id', name=op.f('pk_report_photo')),
    sa.UniqueConstraint('photo_id', name=op.f('uq_report_photo_photo_id'))
    )
    op.create_table('work_order',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('report_id', sa.BigInteger(), nullable=False),
    sa.Column('trade_id', sa.Integer(), nullable=False),
    sa.Column('crew_id', sa.Integer(), nullable=True),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('planned_day', sa.Date(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('estimate_min', sa.Integer(), nullable=False),
    sa.Column('status', sa.Enum('planned', 'assigned', 'started', 'paused', 'done', 'could_not', 'cancelled', name='work_order_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('instructions', sa.Text(), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('after_photo_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(status = 'planned') = (crew_id IS NULL) OR status = 'cancelled'", name=op.f('ck_work_order_planned_has_no_crew')),
    sa.CheckConstraint("status <> 'could_not' OR reason <> ''", name=op.f('ck_work_order_could_not_says_why')),
    sa.CheckConstraint("status <> 'done' OR after_photo_id IS NOT NULL", name=op.f('ck_work_order_done_has_after_photo')),
    sa.CheckConstraint('estimate_min > 0', name=op.f('ck_work_order_estimate_positive')),
    sa.ForeignKeyConstraint(['after_photo_id'], ['photo.id'], name=op.f('fk_work_order_after_photo_id')),
    sa.ForeignKeyConstraint(['crew_id'], ['crew.id'], name=op.f('fk_work_order_crew_id')),
    sa.ForeignKeyConstraint(['report_id'], ['report.id'], name=op.f('fk_work_order_report_id')),
    sa.ForeignKeyConstraint(['trade_id'], ['trade.id'], name=op.f('fk_work_order_trade_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_work_order'))
    )
    op.create_index('ix_work_order_crew_day', 'work_order', ['crew_id', 'planned_day', 'sequence'], unique=False)
    op.create_index('ix_work_order_crew_ended', 'work_order', ['crew_id', 'ended_at'], unique=False)
    op.create_index('ix_work_order_crew_newest', 'work_order', ['crew_id', sa.literal_column('id DESC')], unique=False)
    op.create_index('ix_work_order_report', 'work_order', ['report_id', 'step'], unique=False)
    op.create_table('letter',
    sa.Column('history_id', sa.BigInteger(), nullable=False),
    sa.Column('recipient', sa.Text(), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['history_id'], ['report_history.id'], name=op.f('fk_letter_history_id')),
    sa.PrimaryKeyConstraint('history_id', name=op.f('pk_letter'))
    )
    op.create_index('ix_letter_recipient', 'letter', ['recipient', 'sent_at'], unique=False)
    run(APPEND_ONLY)


def downgrade() -> None:
    op.drop_index('ix_letter_recipient', table_name='letter')
    op.drop_table('letter')
    op.drop_index('ix_work_order_report', table_name='work_order')
    op.drop_index('ix_work_order_crew_newest', table_name='work_order')
    op.drop_index('ix_work_order_crew_ended', table_name='work_order')
    op.drop_index('ix_work_order_crew_day', table_name='work_order')
    op.drop_table('work_order')
    op.drop_table('report_photo')
    op.drop_index('ix_report_history_report', table_name='report_history')
    op.drop_table('report_history')
    op.drop_index('ix_report_contact_email', table_name='report_contact')
    op.drop_table('report_contact')
    op.drop_index('uq_report_origin', table_name='report', postgresql_where=sa.text('origin IS NOT NULL'))
    op.drop_index('ix_report_words', table_name='report', postgresql_using='gin', postgresql_ops={'folded_words': 'gin_trgm_ops'})
    op.drop_index('ix_report_unit_newest', table_name='report')
    op.drop_index('ix_report_status_newest', table_name='report')
    op.drop_index('ix_report_open_location', table_name='report', postgresql_using='gist', postgresql_where=sa.text("status IN ('accepted', 'forwarded', 'in_progress', 'question', 'received', 'scheduled')"))
    op.drop_index('ix_report_newest', table_name='report')
    op.drop_index('ix_report_near_place', table_name='report')
    op.drop_index(op.f('ix_report_merged_into_id'), table_name='report')
    op.drop_geospatial_index('ix_report_location', table_name='report', postgresql_using='gist', column_name='location')
    op.drop_index('ix_report_community_newest', table_name='report')
    op.drop_index('ix_report_category_newest', table_name='report')
    op.drop_index('ix_report_box', table_name='report', postgresql_using='gist')
    op.drop_index(op.f('ix_report_asset_id'), table_name='report')
    op.drop_geospatial_table('report')
    op.drop_table('job_plan_step')
    op.drop_index(op.f('ix_vehicle_crew_id'), table_name='vehicle')
    op.drop_table('vehicle')
    op.drop_index(op.f('ix_crew_trade_trade_id'), table_name='crew_trade')
    op.drop_table('crew_trade')
    op.drop_index(op.f('ix_crew_member_crew_id'), table_name='crew_member')
    op.drop_table('crew_member')
    op.drop_index(op.f('ix_crew_area_area_id'), table_name='crew_area')
    op.drop_table('crew_area')
    op.drop_index(op.f('ix_category_group_id'), table_name='category')
    op.drop_table('category')
    op.drop_index(op.f('ix_api_token_user_id'), table_name='api_token')
    op.drop_table('api_token')
    op.drop_table('trade')
    op.drop_index('uq_staff_user_email', table_name='staff_user')
    op.drop_table('staff_user')
    op.drop_geospatial_index('ix_place_location', table_name='place', postgresql_using='gist', column_name='location')
    op.drop_geospatial_table('place')
    op.drop_geospatial_table('photo')
    op.drop_table('import_run')
    op.drop_geospatial_table('crew')
    op.drop_table('category_group')
    op.drop_index('ix_asset_location', table_name='asset', postgresql_using='gist')
    op.drop_geospatial_table('asset')
    op.drop_index(op.f('ix_area_parent_id'), table_name='area')
    op.drop_geospatial_index('ix_area_outline', table_name='area', postgresql_using='gist', column_name='outline')
    op.drop_geospatial_table('area')
    op.drop_table('action_key')
    op.execute("DROP FUNCTION history_is_append_only")
    op.execute("DROP FUNCTION report_reference")
    op.execute("DROP FUNCTION fold_greek")
    run(FORGET_THE_QUEUE)
