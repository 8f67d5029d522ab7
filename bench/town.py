"""A town as full as after years: reports clustered in place and time, with words, history, photos and orders as rows.

``fill`` writes into the database of a served demo town, whose areas, categories, places and crews it uses. The draws
come from one seed, so that two runs have the same data. No photo has a file.
"""

from __future__ import annotations

import sys
import time

import psycopg

#: Where many reports are and where few: like the districts of a town, the n-th has a share of about 1/n.
HOT_SPOTS = 300
SPOTS = 30_000
YEARS = 5

_SPOTS = f"""
SELECT setseed(0.42);
DROP TABLE IF EXISTS bench_spot;
CREATE UNLOGGED TABLE bench_spot AS
WITH town AS (SELECT outline FROM area WHERE kind = 'municipality'),
centres AS (
    SELECT row_number() OVER (ORDER BY md5(code)) AS rank, location::geometry AS geom
    FROM (SELECT code, location FROM place UNION ALL
          SELECT code, ST_Centroid(location::geometry)::geography FROM asset) c ORDER BY md5(code) LIMIT {HOT_SPOTS}
),
-- Zipf by inverse: a share of 1/rank.
drawn AS (
    SELECT n, least({HOT_SPOTS}, greatest(1, floor(exp(random() * ln({HOT_SPOTS}))))) AS rank,
        sqrt(-2 * ln(1 - random())) * 180 AS metres, random() * 2 * pi() AS turn
    FROM generate_series(1, {SPOTS}) n
),
points AS (
    SELECT d.n, ST_Translate(c.geom, d.metres * cos(d.turn) / 83500, d.metres * sin(d.turn) / 111100) AS geom
    FROM drawn d JOIN centres c ON c.rank = 1 + (d.rank::int - 1) % (SELECT count(*)::int FROM centres)
)
SELECT row_number() OVER (ORDER BY p.n) AS no, p.geom, u.id AS unit_id, c.id AS community_id, l.id AS place_id,
    round(ST_Distance(l.location, p.geom::geography))::int AS distance_m,
    coalesce(round(degrees(ST_Azimuth(l.location, p.geom::geography)))::int % 360, 0) AS bearing
FROM points p JOIN town t ON ST_Covers(t.outline, p.geom)
LEFT JOIN LATERAL (
    SELECT id FROM area WHERE kind = 'unit' AND ST_Covers(outline, p.geom) ORDER BY code LIMIT 1) u ON true
LEFT JOIN LATERAL (
    SELECT id FROM area WHERE kind = 'community' AND ST_Covers(outline, p.geom) ORDER BY code LIMIT 1) c ON true
LEFT JOIN LATERAL (SELECT id, location FROM place ORDER BY location <-> p.geom::geography LIMIT 1) l ON true;
ALTER TABLE bench_spot ADD PRIMARY KEY (no);
ANALYZE bench_spot
"""

_REPORTS = f"""
WITH draws AS (
    SELECT g, random() AS a, random() AS b, random() AS c, random() AS d, random() AS e, random() AS f, random() AS h
    FROM generate_series(1, %(count)s) g
),
kinds AS (SELECT array_agg(id ORDER BY md5(code)) AS ids FROM category WHERE active),
spots AS (SELECT count(*) AS many FROM bench_spot),
aged AS (
    SELECT w.*, now() - w.age AS received_at,
        kinds.ids[1 + floor(least(w.c ^ 1.6, 0.999) * array_length(kinds.ids, 1))] AS kind,
        1 + floor(w.d * spots.many)::int AS spot,
        CASE
            WHEN w.b < 0.03 THEN 'received' WHEN w.b < 0.07 THEN 'accepted' WHEN w.b < 0.10 THEN 'scheduled'
            WHEN w.b < 0.12 THEN 'in_progress' WHEN w.b < 0.13 THEN 'question' WHEN w.b < 0.14 THEN 'forwarded'
            WHEN w.b < 0.19 THEN 'resolved' WHEN w.b < 0.25 THEN 'rejected' ELSE 'closed'
        END AS status
    FROM (
        -- What is open is young.
        SELECT d.*, interval '{YEARS} years' * (CASE WHEN d.b < 0.19 THEN 0.12 * d.a ^ 3 ELSE d.a ^ 1.2 END) AS age
        FROM draws d
    ) w, kinds, spots
),
written AS (
    INSERT INTO report (status, version, life, category_id, location, accuracy_m, address_words, near_place_id,
        near_distance_m, near_bearing, unit_id, community_id, description, answers, priority, source, language,
        tracking_token, received_at, updated_at, target_at, resolved_at, closed_at, released_at, supporters, device)
    SELECT status, 1 + (status <> 'received')::int, 1, kind,
        ST_Translate(s.geom, (e - 0.5) * 0.0001, (f - 0.5) * 0.0001)::geography, 12,
        CASE WHEN e < 0.7 THEN (ARRAY['Μεραρχίας','Αντίστασης','Βενιζέλου','Ερμού','Κύπρου','Νιγρίτης',
            'Εξοχών','Φιλίππου','Ραιδεστού','Τσαλοπούλου'])[1 + floor(f * 10)] || ' ' || 1 + floor(h * 90) ELSE '' END,
        s.place_id, s.distance_m, s.bearing, s.unit_id, s.community_id,
        (ARRAY['Έσπασε','Λείπει','Κρέμεται','Δεν ανάβει','Γέρνει','Μυρίζει','Στάζει','Βούλωσε'])[1 + floor(a * 8)]
            || ' ' || (ARRAY['εδώ και μέρες','από χθες το βράδυ','μπροστά στο σχολείο','δίπλα στη στάση',
            'στη γωνία με τον φούρνο','πίσω από την εκκλησία'])[1 + floor(c * 6)] || ', και '
            || (ARRAY['είναι επικίνδυνο για τα παιδιά','κανείς δεν περνά','το έχουμε πει και πέρυσι',
            'χρειάζεται να έρθει κάποιος','οι γείτονες παραπονιούνται','το βράδυ δεν φαίνεται'])[1 + floor(h * 6)],
        '{{}}'::jsonb, CASE WHEN f < 0.03 THEN 'urgent' WHEN f < 0.1 THEN 'high' ELSE 'normal' END,
        CASE WHEN h < 0.75 THEN 'web' WHEN h < 0.9 THEN 'phone' ELSE 'staff' END, 'el',
        md5(g::text || 'token'), received_at, received_at + interval '2 days',
        received_at + interval '9 days',
        CASE WHEN status IN ('resolved', 'closed') THEN received_at + interval '6 days' * e END,
        CASE WHEN status = 'closed' THEN received_at + interval '20 days' END,
        CASE WHEN a < 0.9 THEN received_at + interval '1 hour' END,
        CASE WHEN d < 0.8 THEN 0 ELSE floor(10 * (d - 0.8) * 5 * e)::int END, md5(floor(h * 20000)::text)
    FROM aged JOIN bench_spot s ON s.no = aged.spot
    RETURNING id, status, received_at
),
told AS (
    INSERT INTO report_history (report_id, at, move, status, public_words, internal_words, detail)
    SELECT id, received_at + step.after, step.move, step.status, '', '', '{{}}'::jsonb
    FROM written CROSS JOIN LATERAL (VALUES
        (interval '0', 'submit', 'received'),
        (interval '2 days', CASE written.status WHEN 'accepted' THEN 'accept' WHEN 'scheduled' THEN 'schedule'
            WHEN 'in_progress' THEN 'start' WHEN 'question' THEN 'ask' WHEN 'forwarded' THEN 'forward'
            WHEN 'resolved' THEN 'resolve' WHEN 'rejected' THEN 'reject' WHEN 'closed' THEN 'close' END, written.status)
    ) AS step (after, move, status) WHERE step.move IS NOT NULL
    ORDER BY id, step.after
)
SELECT count(*), min(id), max(id) FROM written
"""

_PHOTOS = """
WITH taken AS (
    INSERT INTO photo (id, sha256, received_name, mime, width, height, bytes, state, received_at, used_at)
    SELECT md5('photo' || id)::uuid, md5(id::text) || md5('x' || id), 'foto.jpg', 'image/jpeg', 1600, 1200, 400000,
        'ready', received_at, received_at
    FROM report WHERE id BETWEEN %(first)s AND %(last)s AND id %% 5 < 3
)
INSERT INTO report_photo (report_id, photo_id, moment, position, added_at)
SELECT id, md5('photo' || id)::uuid, 'before', 0, received_at
FROM report WHERE id BETWEEN %(first)s AND %(last)s AND id %% 5 < 3
"""

_ORDERS = """
INSERT INTO work_order (report_id, trade_id, crew_id, life, step, planned_day, sequence, estimate_min, status,
    instructions, outcome, reason, created_at, started_at, version)
SELECT r.id, t.trade_id, c.crew_id, 1, 1, current_date + (r.id %% %(days)s)::int, 100000 + r.id, 60,
    CASE r.status WHEN 'in_progress' THEN 'started' ELSE 'assigned' END, '', '', '', r.received_at + interval '2 days',
    CASE r.status WHEN 'in_progress' THEN r.received_at + interval '3 days' END, 1
FROM report r
JOIN LATERAL (
    SELECT trade_id FROM job_plan_step j WHERE j.category_id = r.category_id ORDER BY position LIMIT 1) t ON true
JOIN LATERAL (
    SELECT crew_id FROM crew_trade k WHERE k.trade_id = t.trade_id ORDER BY md5(r.id::text || crew_id) LIMIT 1
) c ON true
WHERE r.status IN ('scheduled', 'in_progress') AND r.id BETWEEN %(first)s AND %(last)s
"""

#: More than this is written without the indexes that can be made afterwards.
WITH_INDEXES = 300_000
BATCH = 250_000


def fill(url: str, count: int) -> None:
    """Write ``count`` reports with what belongs to them, and let PostgreSQL look at them."""
    began = time.monotonic()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")
        for statement in _SPOTS.split(";\n"):
            connection.execute(statement)
        later = _plain_indexes(connection) if count > WITH_INDEXES else []
        for name, _definition in later:
            connection.execute(f'DROP INDEX "{name}"')
        for start in range(0, count, BATCH):
            row = connection.execute(_REPORTS, {"count": min(BATCH, count - start)}).fetchone()
            assert row is not None
            written = {"first": row[1], "last": row[2]}
            connection.execute(_PHOTOS, written)
            # A crew's day stays a day, however many years of work there are.
            connection.execute(_ORDERS, written | {"days": max(60, 60 * count // 100_000)})
            print(f"  {start + row[0]:,} reports after {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
        for _name, definition in later:
            connection.execute(definition)
        connection.execute("DROP TABLE bench_spot")
        connection.execute("VACUUM ANALYZE")


def _plain_indexes(connection: psycopg.Connection[tuple[str, str]]) -> list[tuple[str, str]]:
    """Indexes of the large tables that hold no constraint, with what makes them again."""
    question = """
        SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
        WHERE NOT i.indisunique AND i.indrelid IN
            ('report'::regclass, 'report_history'::regclass, 'report_photo'::regclass, 'photo'::regclass)"""
    return connection.execute(question).fetchall()
