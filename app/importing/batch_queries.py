"""A batch of reports of another system written at once, with their history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from app.importing.filing_queries import FILED, SPOTS, driver, run_script

#: What one row of a batch brings, in the order of the COPY.
COLUMNS = (
    "no",
    "origin_id",
    "category_id",
    "asset_kind",
    "lon",
    "lat",
    "status",
    "move",
    "source",
    "language",
    "received_at",
    "target_at",
    "resolved_at",
    "closed_at",
    "moved_at",
    "released_at",
    "description",
    "address_words",
    "public_words",
    "detail",
)
_INCOMING = """
DROP TABLE IF EXISTS pg_temp.incoming;
CREATE TEMP TABLE incoming (
    no bigint PRIMARY KEY, origin_id text NOT NULL, category_id int NOT NULL, asset_kind text,
    lon double precision NOT NULL, lat double precision NOT NULL,
    status text NOT NULL, move text, source text NOT NULL, language text NOT NULL,
    received_at timestamptz NOT NULL, target_at timestamptz, resolved_at timestamptz, closed_at timestamptz,
    moved_at timestamptz, released_at timestamptz,
    description text NOT NULL, address_words text NOT NULL, public_words text NOT NULL, detail jsonb NOT NULL
) ON COMMIT DROP"""
_TWICE = """
DELETE FROM incoming WHERE no IN (
    SELECT no FROM (SELECT no, row_number() OVER (PARTITION BY origin_id ORDER BY no) AS nth FROM incoming) s
    WHERE nth > 1
)"""
_KNOWN = "DELETE FROM incoming i USING report r WHERE r.origin = %(origin)s AND r.origin_id = i.origin_id"
# The token is 256 random bits of PostgreSQL's strong generator, URL-safe as secrets.token_urlsafe writes them.
_WRITTEN = """
WITH written AS (
    INSERT INTO report (status, version, category_id, location, address_words, near_place_id, near_distance_m,
        near_bearing, unit_id, community_id, asset_id, street, description, answers, priority, source, language,
        tracking_token, received_at, updated_at, target_at, resolved_at, closed_at, released_at, origin, origin_id)
    SELECT i.status, CASE WHEN i.move IS NULL THEN 1 ELSE 2 END, i.category_id, s.geom::geography, i.address_words,
        f.near_place_id, f.near_distance_m, f.near_bearing, f.unit_id, f.community_id, f.asset_id, f.street,
        i.description, '{}'::jsonb, 'normal', i.source, i.language,
        translate(encode(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()), 'base64'), '+/=', '-_'),
        i.received_at, coalesce(i.moved_at, i.received_at), i.target_at, i.resolved_at, i.closed_at, i.released_at,
        %(origin)s, i.origin_id
    FROM incoming i JOIN filed f USING (no) JOIN spot s USING (no)
    ORDER BY i.no
    ON CONFLICT (origin, origin_id) WHERE origin IS NOT NULL DO NOTHING
    RETURNING id, origin_id
), told AS (
    INSERT INTO report_history (report_id, at, move, status, public_words, internal_words, detail)
    SELECT w.id, step.at, step.move, step.status, step.words, '', i.detail
    FROM written w JOIN incoming i USING (origin_id)
    CROSS JOIN LATERAL (VALUES
        (1, i.received_at, 'submit', 'received', ''), (2, i.moved_at, i.move, i.status, i.public_words)
    ) AS step (number, at, move, status, words)
    WHERE step.move IS NOT NULL
    ORDER BY w.id, step.number
)
SELECT count(*) FROM written"""


@dataclass(frozen=True)
class Written:
    """What became of a batch; ``outside`` holds the row numbers."""

    imported: int
    known_already: int
    outside: frozenset[int]


def write_batch(origin: str, rows: Iterable[tuple[Any, ...]]) -> Written:
    """Write reports and their history from rows in the order of ``COLUMNS``, in the session's transaction."""
    run_script(_INCOMING)
    with driver().cursor() as cursor:
        with cursor.copy(f"COPY incoming ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        run_script("ANALYZE incoming")
        duplicates = run_script(_TWICE) + cursor.execute(_KNOWN, {"origin": origin}).rowcount
        run_script(SPOTS)
        fresh = cursor.execute(
            "INSERT INTO spot SELECT no, ST_SetSRID(ST_MakePoint(lon, lat), 4326), asset_kind FROM incoming"
        ).rowcount
        run_script(FILED)
        outside = cursor.execute("SELECT no FROM spot WHERE NOT EXISTS (SELECT FROM filed WHERE filed.no = spot.no)")
        strangers = frozenset(no for (no,) in outside.fetchall())
        count = cursor.execute(_WRITTEN, {"origin": origin}).fetchone()
    imported = count[0] if count else 0
    # Another import of the same origin may have won some rows in between.
    return Written(imported, duplicates + fresh - len(strangers) - imported, strangers)
