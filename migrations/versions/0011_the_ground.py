"""the map's ground, streets, doors and crossings; what each tile layer is worth; the words of a report's place"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geography, Geometry
from sqlalchemy.dialects.postgresql import JSONB

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

LAYERS = ['water', 'land', 'building', 'path', 'street', 'rail']
TILES = ['ground', 'areas', 'assets']

# Whatever changes what a tile shows gives its layer a new version, whoever does it and by whatever road.
VERSIONED = {'ground_feature': 'ground', 'street': 'ground', 'door': 'ground', 'place': 'ground', 'area': 'areas', 'asset': 'assets'}


# As names are looked for: by their sound, without what every street is called and without the ends of ordinals.
STREET_KEY = r"""
CREATE FUNCTION street_key(words text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT btrim(regexp_replace(
        ' ' || regexp_replace(
            greek_key(regexp_replace(fold_greek(words),
                '([0-9])(ησ|η|οσ|ου|ο|ασ|α|hs|h|is|i|os|ou|o|as|a|st|nd|rd|th)(?![[:alpha:]])', '\1 ', 'g')),
            '[^a-z0-9]+', ' ', 'g') || ' ',
        ' (odos|odu|od|leovoros|leovoru|leov|stret|str|avenie|avenue|ave)(?= )', ' ', 'g'))
$$"""

# A spot as people say it: the door it lies before; else its street with the nearest crossing; and the settlement.
# Of the nearest in degrees the nearest in metres is taken. Null where no street is near.
STREET_AT = """
CREATE FUNCTION street_at(spot geometry) RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT jsonb_strip_nulls(said.street || jsonb_build_object('in_el', settled.name_el, 'in_en', settled.name_en))
    FROM (
        SELECT jsonb_build_object('name_el', s.name_el, 'name_en', s.name_en, 'number', near.number) AS street, 0 AS rank
        FROM (
            SELECT street_id, number, ST_Distance(location::geography, spot::geography) AS far_m
            FROM (SELECT * FROM door WHERE NOT interpolated AND location && ST_Expand(spot, 0.0005)
                ORDER BY location <-> spot, id LIMIT 8) d
            ORDER BY far_m, street_id, number LIMIT 1
        ) near JOIN street s ON s.id = near.street_id WHERE near.far_m <= 25
        UNION ALL
        SELECT jsonb_build_object('name_el', one.name_el, 'name_en', one.name_en, 'other_el', met.name_el,
            'other_en', met.name_en, 'far_m', met.far_m), 1
        FROM (
            SELECT * FROM (
                SELECT id, name_el, name_en, ST_Distance(shape::geography, spot::geography) AS far_m
                FROM (SELECT * FROM street WHERE shape && ST_Expand(spot, 0.001) ORDER BY shape <-> spot, id LIMIT 4) n
            ) near WHERE far_m <= 60 ORDER BY far_m, id LIMIT 1
        ) one LEFT JOIN LATERAL (
            SELECT o.name_el, o.name_en, round(ST_Distance(c.location::geography, spot::geography))::int AS far_m
            FROM crossing c JOIN street o ON o.id = CASE WHEN c.street_id = one.id THEN c.other_id ELSE c.street_id END
            WHERE (c.street_id = one.id OR c.other_id = one.id) AND c.location && ST_Expand(spot, 0.003)
            ORDER BY far_m, o.id LIMIT 1
        ) met ON met.far_m <= 150
        ORDER BY rank LIMIT 1
    ) said LEFT JOIN LATERAL (
        -- At a border the village of the own community, if one is near.
        SELECT n.name_el, n.name_en FROM (
            SELECT * FROM place WHERE kind IN ('city', 'town', 'village', 'hamlet')
            ORDER BY location <-> spot::geography, id LIMIT 6
        ) n LEFT JOIN LATERAL (
            SELECT outline FROM area WHERE kind = 'community' AND ST_Covers(outline, spot) ORDER BY code LIMIT 1
        ) home ON true
        ORDER BY coalesce(ST_Covers(home.outline, n.location::geometry), false) DESC,
            n.location <-> spot::geography, n.id LIMIT 1
    ) settled ON true
$$"""


# Street, number, the other street and the settlement as they sound; null without a street.
STREET_WORDS = (
    "greek_key((street ->> 'name_el') || ' ' || coalesce(street ->> 'number', '') || ' '"
    " || coalesce(street ->> 'other_el', '') || ' ' || coalesce(street ->> 'in_el', ''))"
)


def geometry(kind: str, srid: int = 4326) -> Geometry:
    return Geometry(geometry_type=kind, srid=srid, dimension=2, spatial_index=False)


def upgrade() -> None:
    op.get_bind().connection.driver_connection.execute(STREET_KEY)
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
        sa.Column('drawn', sa.Boolean(), nullable=False),
        sa.Column('name_el', sa.Text(), nullable=False),
        sa.Column('name_en', sa.Text(), nullable=False),
        sa.Column('other_names', sa.Text(), server_default='', nullable=False),
        sa.Column('key', sa.Text(), sa.Computed("street_key(name_el || ' ' || name_en || ' ' || other_names)", persisted=True), nullable=False),
        sa.Column('name_key', sa.Text(), sa.Computed("street_key(name_el)", persisted=True), nullable=False),
        sa.Column('area_id', sa.Integer(), nullable=True),
        sa.Column('shape', geometry('MULTILINESTRING'), nullable=False),
        sa.Column('middle', geometry('POINT'), nullable=False),
        sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_street_area_id_area'), ondelete='SET NULL'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_street')),
    )
    op.create_index('uq_street_name', 'street', ['name_key', sa.literal_column('coalesce(area_id, 0)')], unique=True)
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
    op.create_table(
        'asset_draft',
        sa.Column('id', sa.Integer(), sa.Identity(), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('code', sa.Text(), nullable=False),
        sa.Column('name_el', sa.Text(), nullable=False),
        sa.Column('name_en', sa.Text(), nullable=False),
        sa.Column('attributes', JSONB(), nullable=False),
        sa.Column('location', Geography(geometry_type='GEOMETRY', srid=4326, spatial_index=False), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_asset_draft')),
        sa.UniqueConstraint('kind', 'code', name='uq_asset_draft_code'),
    )
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
            -- By the clock, so that a town that is set up anew never says of another tile what it said before.
            UPDATE map_layer SET version = greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000)::bigint)
            WHERE layer = TG_ARGV[0];
            RETURN NULL;
        END $$""")
    for table, layer in VERSIONED.items():
        op.execute(f"CREATE TRIGGER {table}_changes_map AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
                   f" FOR EACH STATEMENT EXECUTE FUNCTION map_layer_changed('{layer}')")
    op.get_bind().connection.driver_connection.execute(STREET_AT)
    op.add_column('report', sa.Column('street', JSONB(), nullable=True))
    op.add_column('report', sa.Column('street_key', sa.Text(), sa.Computed(STREET_WORDS, persisted=True), nullable=True))
    op.create_index('ix_report_street', 'report', ['street_key'], postgresql_using='gin', postgresql_ops={'street_key': 'gin_trgm_ops'})


def downgrade() -> None:
    op.drop_index('ix_report_street', 'report')
    op.drop_column('report', 'street_key')
    op.drop_column('report', 'street')
    op.execute("DROP FUNCTION street_at")
    for table in VERSIONED:
        op.execute(f"DROP TRIGGER {table}_changes_map ON {table}")
    op.execute("DROP FUNCTION map_layer_changed")
    for table in ('map_layer', 'asset_draft', 'crossing', 'door', 'street', 'ground_feature'):
        op.drop_table(table)
    op.execute("DROP FUNCTION street_key")
