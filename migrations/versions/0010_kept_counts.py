"""counts of reports are kept: what changed beside what was summed up, by state and by patch of the map"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

#: The finest patches, of 60 pixels at this zoom: 27 m at the equator's scale, 20 m in Serres.
FINEST, COARSEST = 18, 8

# What is counted of a report, the same for every trigger: a report is in one state and one patch at a time.
FACTS = """
    status,
    suspicion IS NOT NULL AND is_open AS aside,
    flagged_at IS NOT NULL OR (suspicion IS NOT NULL AND is_open) AS to_look_at,
    objected_at IS NOT NULL AS objected,
    CASE WHEN is_open AND target_at IS NOT NULL THEN (target_at AT TIME ZONE 'Europe/Athens')::date
        ELSE 'infinity'::date END AS target_day,
    suspicion IS NULL AS visible,
    category_id,
    patch_x(spot) AS x,
    patch_y(spot) AS y,
    round(ST_X(spot) * 1e7)::bigint AS lon,
    round(ST_Y(spot) * 1e7)::bigint AS lat,
    id"""
OPEN = "status IN ('accepted', 'forwarded', 'in_progress', 'question', 'received', 'scheduled')"
KEY = 'status, aside, to_look_at, objected, target_day, visible, category_id, x, y'
COLUMNS = f'{KEY}, n, lon, lat, ids'


def facts(table: str) -> str:
    return f"SELECT {FACTS} FROM (SELECT *, location::geometry AS spot, {OPEN} AS is_open FROM {table}) r"


def upgrade() -> None:
    # Only ever added to and emptied by whoever sums up, so that nobody waits for anybody.
    op.create_table(
        'report_change',
        sa.Column('number', sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column('status', sa.String(length=32), nullable=False),
        sa.Column('aside', sa.Boolean(), nullable=False),
        sa.Column('to_look_at', sa.Boolean(), nullable=False),
        sa.Column('objected', sa.Boolean(), nullable=False),
        sa.Column('target_day', sa.Date(), nullable=False),
        sa.Column('visible', sa.Boolean(), nullable=False),
        sa.Column('category_id', sa.Integer(), nullable=False),
        sa.Column('x', sa.Integer(), nullable=False),
        sa.Column('y', sa.Integer(), nullable=False),
        sa.Column('n', sa.Integer(), nullable=False),
        sa.Column('lon', sa.BigInteger(), nullable=False),
        sa.Column('lat', sa.BigInteger(), nullable=False),
        sa.Column('ids', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('number', name=op.f('pk_report_change')),
    )
    op.create_table(
        'report_tally',
        sa.Column('status', sa.String(length=32), nullable=False),
        sa.Column('aside', sa.Boolean(), nullable=False),
        sa.Column('to_look_at', sa.Boolean(), nullable=False),
        sa.Column('objected', sa.Boolean(), nullable=False),
        sa.Column('target_day', sa.Date(), nullable=False),
        sa.Column('n', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            'status', 'aside', 'to_look_at', 'objected', 'target_day', name=op.f('pk_report_tally')
        ),
    )
    op.create_table(
        'report_cell',
        sa.Column('zoom', sa.SmallInteger(), nullable=False),
        sa.Column('category_id', sa.Integer(), nullable=False),
        sa.Column('x', sa.Integer(), nullable=False),
        sa.Column('y', sa.Integer(), nullable=False),
        sa.Column('open', sa.Boolean(), nullable=False),
        sa.Column('n', sa.Integer(), nullable=False),
        sa.Column('lon', sa.BigInteger(), nullable=False),
        sa.Column('lat', sa.BigInteger(), nullable=False),
        sa.Column('ids', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('zoom', 'category_id', 'x', 'y', 'open', name=op.f('pk_report_cell')),
    )
    op.create_index('ix_report_cell_rows', 'report_cell', ['zoom', 'category_id', 'y', 'x'])
    op.create_index('ix_report_cell_empty', 'report_cell', ['n'], postgresql_where=sa.text('n = 0'))
    op.create_index(
        'ix_report_open_target', 'report', ['target_at'], postgresql_where=sa.text(OPEN)
    )
    op.execute(f"""
        CREATE FUNCTION patch_x(spot geometry) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
            SELECT floor((ST_X(spot) + 180) / 360 * 256 / 60 * 2 ^ {FINEST})::int
        $$""")
    op.execute(f"""
        CREATE FUNCTION patch_y(spot geometry) RETURNS int LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
            SELECT floor((0.5 - ln(tan(pi() / 4 + radians(greatest(-85, least(85, ST_Y(spot)))) / 2)) / (2 * pi()))
                * 256 / 60 * 2 ^ {FINEST})::int
        $$""")
    op.execute(f"""
        CREATE FUNCTION report_note() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'INSERT' THEN
                INSERT INTO report_change ({COLUMNS})
                SELECT {KEY}, count(*), sum(lon), sum(lat), sum(id) FROM ({facts('new_rows')}) f GROUP BY {KEY};
            ELSIF TG_OP = 'DELETE' THEN
                INSERT INTO report_change ({COLUMNS})
                SELECT {KEY}, -count(*), -sum(lon), -sum(lat), -sum(id) FROM ({facts('old_rows')}) f GROUP BY {KEY};
            ELSE
                WITH before AS ({facts('old_rows')}), after AS ({facts('new_rows')}),
                moved AS (
                    SELECT b.*, -1 AS sign FROM before b
                    WHERE NOT EXISTS (SELECT FROM after a WHERE a.id = b.id AND a IS NOT DISTINCT FROM b)
                    UNION ALL
                    SELECT a.*, 1 FROM after a
                    WHERE NOT EXISTS (SELECT FROM before b WHERE b.id = a.id AND b IS NOT DISTINCT FROM a)
                )
                INSERT INTO report_change ({COLUMNS})
                SELECT {KEY}, sum(sign), sum(sign * lon), sum(sign * lat), sum(sign * id) FROM moved GROUP BY {KEY};
            END IF;
            RETURN NULL;
        END $$""")
    op.execute("""
        CREATE TRIGGER report_added AFTER INSERT ON report REFERENCING NEW TABLE AS new_rows
        FOR EACH STATEMENT EXECUTE FUNCTION report_note()""")
    op.execute("""
        CREATE TRIGGER report_moved AFTER UPDATE ON report REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
        FOR EACH STATEMENT EXECUTE FUNCTION report_note()""")
    op.execute("""
        CREATE TRIGGER report_gone AFTER DELETE ON report REFERENCING OLD TABLE AS old_rows
        FOR EACH STATEMENT EXECUTE FUNCTION report_note()""")
    op.execute(f"""
        CREATE FUNCTION report_sum_up() RETURNS bigint LANGUAGE sql AS $$
            WITH gone AS (DELETE FROM report_change RETURNING *),
            tally AS (
                INSERT INTO report_tally AS t (status, aside, to_look_at, objected, target_day, n)
                SELECT status, aside, to_look_at, objected, target_day, sum(n) FROM gone
                GROUP BY status, aside, to_look_at, objected, target_day HAVING sum(n) <> 0
                ON CONFLICT (status, aside, to_look_at, objected, target_day) DO UPDATE SET n = t.n + excluded.n
            ),
            cells AS (
                INSERT INTO report_cell AS c (zoom, category_id, x, y, open, n, lon, lat, ids)
                SELECT z, k.category_id, x >> ({FINEST} - z), y >> ({FINEST} - z), {OPEN}, sum(n), sum(lon), sum(lat),
                    sum(ids)
                FROM gone, generate_series({COARSEST}, {FINEST}) z, LATERAL (VALUES (0), (gone.category_id)) k (category_id)
                WHERE visible
                GROUP BY 1, 2, 3, 4, 5 HAVING (sum(n), sum(lon), sum(lat), sum(ids)) <> (0, 0, 0, 0)
                ON CONFLICT (zoom, category_id, x, y, open) DO UPDATE
                SET n = c.n + excluded.n, lon = c.lon + excluded.lon, lat = c.lat + excluded.lat, ids = c.ids + excluded.ids
            )
            SELECT count(*) FROM gone
        $$""")
    # From nothing: nobody changes a report meanwhile.
    op.execute(f"""
        CREATE FUNCTION report_recount() RETURNS bigint LANGUAGE plpgsql AS $$
        BEGIN
            LOCK TABLE report IN SHARE MODE;
            DELETE FROM report_change;
            DELETE FROM report_tally;
            DELETE FROM report_cell;
            INSERT INTO report_change ({COLUMNS})
            SELECT {KEY}, count(*), sum(lon), sum(lat), sum(id) FROM ({facts('report')}) f GROUP BY {KEY};
            RETURN report_sum_up();
        END $$""")
    op.execute("SELECT report_recount()")


def downgrade() -> None:
    for trigger in ('report_added', 'report_moved', 'report_gone'):
        op.execute(f"DROP TRIGGER {trigger} ON report")
    op.execute("DROP FUNCTION report_recount")
    op.execute("DROP FUNCTION report_sum_up")
    op.execute("DROP FUNCTION report_note")
    op.execute("DROP FUNCTION patch_x")
    op.execute("DROP FUNCTION patch_y")
    op.drop_index('ix_report_open_target', 'report')
    op.drop_table('report_cell')
    op.drop_table('report_tally')
    op.drop_table('report_change')
