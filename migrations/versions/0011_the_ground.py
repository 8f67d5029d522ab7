"""the map's ground, streets, doors and crossings; what each tile layer is worth; the words of a report's place"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

LAYERS = ['water', 'land', 'building', 'path', 'street', 'rail']
TILES = ['ground', 'areas', 'assets']

# Whatever changes what a tile shows gives its layer a new version, whoever does it and by whatever road.
VERSIONED = {'ground_feature': 'ground', 'street': 'ground', 'door': 'ground', 'place': 'ground', 'area': 'areas', 'asset': 'assets'}


def geometry(kind: str, srid: int = 4326) -> Geometry:
    return Geometry(geometry_type=kind, srid=srid, dimension=2, spatial_index=False)


def upgrade() -> None:
    op.create_table(
        'ground_feature',
        sa.Column('id', sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column('osm_id', sa.Text(), nullable=False),
        sa.Column('layer', sa.Enum(*LAYERS, name='ground_layer', native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('name_el', sa.Text(), nullable=False),
        sa.Column('name_en', sa.Text(), nullable=False),
        sa.Column('min_zoom', sa.SmallInteger(), nullable=False),
        sa.Column('shape', geometry('GEOMETRY', 3857), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_ground_feature')),
        sa.UniqueConstraint('osm_id', 'layer', name='uq_ground_feature_osm'),
    )
    op.create_index('ix_ground_feature_shape', 'ground_feature', ['shape', 'min_zoom'], postgresql_using='gist')
    op.create_table(
        'street',
        sa.Column('id', sa.Integer(), sa.Identity(), nullable=False),
        sa.Column('source', sa.Text(), nullable=False),
        sa.Column('name_el', sa.Text(), nullable=False),
        sa.Column('name_en', sa.Text(), nullable=False),
        sa.Column('other_names', sa.Text(), server_default='', nullable=False),
        sa.Column('key', sa.Text(), sa.Computed("greek_key(name_el || ' ' || name_en || ' ' || other_names)", persisted=True), nullable=False),
        sa.Column('area_id', sa.Integer(), nullable=True),
        sa.Column('shape', geometry('MULTILINESTRING'), nullable=False),
        sa.Column('middle', geometry('POINT'), nullable=False),
        sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_street_area_id_area'), ondelete='SET NULL'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_street')),
        sa.UniqueConstraint('source', 'name_el', 'area_id', name='uq_street_name', postgresql_nulls_not_distinct=True),
    )
    op.create_index('ix_street_key', 'street', ['key'], postgresql_using='gin', postgresql_ops={'key': 'gin_trgm_ops'})
    op.create_index('ix_street_shape', 'street', ['shape'], postgresql_using='gist')
    op.create_index('ix_street_area_id', 'street', ['area_id'])
    op.create_table(
        'door',
        sa.Column('id', sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column('source', sa.Text(), nullable=False),
        sa.Column('code', sa.Text(), nullable=False),
        sa.Column('street_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.Text(), nullable=False),
        sa.Column('number_first', sa.Integer(), nullable=False),
        sa.Column('interpolated', sa.Boolean(), nullable=False),
        sa.Column('location', geometry('POINT'), nullable=False),
        sa.ForeignKeyConstraint(['street_id'], ['street.id'], name=op.f('fk_door_street_id_street'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_door')),
        sa.UniqueConstraint('source', 'code', name='uq_door_code'),
    )
    op.create_index('ix_door_street', 'door', ['street_id', 'number_first'])
    op.create_index('ix_door_location', 'door', ['location'], postgresql_using='gist')
    op.create_table(
        'crossing',
        sa.Column('id', sa.Integer(), sa.Identity(), nullable=False),
        sa.Column('street_id', sa.Integer(), nullable=False),
        sa.Column('other_id', sa.Integer(), nullable=False),
        sa.Column('location', geometry('POINT'), nullable=False),
        sa.CheckConstraint('street_id < other_id', name=op.f('ck_crossing_once')),
        sa.ForeignKeyConstraint(['street_id'], ['street.id'], name=op.f('fk_crossing_street_id_street'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['other_id'], ['street.id'], name=op.f('fk_crossing_other_id_street'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_crossing')),
    )
    op.create_index('ix_crossing_street', 'crossing', ['street_id', 'other_id'])
    op.create_index('ix_crossing_other', 'crossing', ['other_id'])
    op.create_index('ix_crossing_location', 'crossing', ['location'], postgresql_using='gist')
    layers = op.create_table(
        'map_layer',
        sa.Column('layer', sa.Enum(*TILES, name='map_layer_layer', native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column('version', sa.BigInteger(), server_default='1', nullable=False),
        sa.Column('attribution', sa.Text(), server_default='', nullable=False),
        sa.Column('approximate', sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column('data_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('layer', name=op.f('pk_map_layer')),
    )
    op.bulk_insert(layers, [{'layer': layer} for layer in TILES])
    op.execute("""
        CREATE FUNCTION map_layer_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE map_layer SET version = version + 1 WHERE layer = TG_ARGV[0];
            RETURN NULL;
        END $$""")
    for table, layer in VERSIONED.items():
        op.execute(f"CREATE TRIGGER {table}_changes_map AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
                   f" FOR EACH STATEMENT EXECUTE FUNCTION map_layer_changed('{layer}')")
    op.add_column('report', sa.Column('street_el', sa.Text(), server_default='', nullable=False))
    op.add_column('report', sa.Column('street_en', sa.Text(), server_default='', nullable=False))


def downgrade() -> None:
    op.drop_column('report', 'street_en')
    op.drop_column('report', 'street_el')
    for table in VERSIONED:
        op.execute(f"DROP TRIGGER {table}_changes_map ON {table}")
    op.execute("DROP FUNCTION map_layer_changed")
    for table in ('map_layer', 'crossing', 'door', 'street', 'ground_feature'):
        op.drop_table(table)
