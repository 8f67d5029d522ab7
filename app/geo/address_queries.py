"""Finding a spot by street and number, or by two streets that meet; ``ST_`` as in queries.py."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import psycopg
from flask_babel import gettext as _
from shapely.geometry import Point
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.extensions import db
from app.geo.place_queries import MOST_FOUND, Spot, fitting
from app.language import language, spellings

_HOUSE = r"(?P<number>\d{1,4})(?:\s*[-–]\s*\d{1,4})?\s*(?P<letter>[^\W\d_]?)"
#: «Μεραρχίας 12», and what may stand behind it: «Μεραρχίας 12, Σέρρες».
_NUMBER = re.compile(
    rf"^(?P<street>.*?[^\W\d_].*?)[\s,]+(?:αρ\.?\s*|αριθμός\s+|αριθμος\s+|no\.?\s*)?{_HOUSE}(?:[\s,]+(?P<where>[^\W\d_].*))?$",
    re.IGNORECASE,
)
_NUMBER_FIRST = re.compile(rf"^{_HOUSE}[\s,]+(?P<street>[^\W\d_].*)$")
_CROSSING = re.compile(
    r"\s*[&/+]\s*|\s+[-–]\s+(?=[^\W\d_])|\s+(?:και|κι|με|γωνία|γωνια|and|corner|kai|ke|me|gonia)\s+", re.IGNORECASE
)
#: Begun, or half typed: «γωνία Μεραρχίας και Ερμού», «Μεραρχίας και».
_CORNER = re.compile(
    r"^(?:γωνία|γωνια|gonia|corner)\s+|\s+(?:γωνία|γωνια|gonia|corner|και|κι|με|and|kai|ke|me|&)$", re.IGNORECASE
)
_POSTCODE = re.compile(r"[\s,]+\d{3}\s?\d{2}(?=$|[\s,])")
#: Farther than this from the last known number a door would be a guess. In numbers.
_REACH = 12
#: Of names that hold the word as many are compared word by word.
MOST_COMPARED = 150
#: Whoever types more than a name is meant by its first words.
_MOST_WORDS = 8
#: Milliseconds after which a question that costs too much is given up.
_PATIENCE_MS = 2_500


@dataclass(frozen=True)
class Address:
    """What was typed: a street, perhaps with a number, or the one that it meets, and perhaps in which village."""

    street: str
    number: str = ""
    other: str = ""
    where: str = ""
    #: The number stood first, where names of days have theirs.
    number_first: bool = False


def readings(typed: str) -> list[Address]:
    """How an address may be meant, the likeliest first.

    «Μεραρχίας 12», «12 Μεραρχίας», «Μεραρχίας 12, Σέρρες», «Κεντρική Λευκώνας», «Μεραρχίας και Ερμού».
    """
    typed = " ".join(typed.replace("\0", "").split()[:_MOST_WORDS])[:100].strip(" ,")
    typed = _POSTCODE.sub("", _CORNER.sub("", typed)).strip(" ,")
    streets = [_without_number(part.strip(" ,")) for part in _CROSSING.split(typed)]
    streets = [part for part in streets if part]
    if len(streets) == 2:
        return [Address(streets[0], other=streets[1]), Address(typed)]
    if len(streets) == 1 and not _NUMBER.match(typed):
        typed = streets[0]
    found = [Address(typed)]
    if numbered := _NUMBER.match(typed):
        number = numbered["number"] + numbered["letter"].upper()
        found.insert(0, Address(numbered["street"].strip(" ,"), number, where=numbered["where"] or ""))
    elif numbered := _NUMBER_FIRST.match(typed):
        number = numbered["number"] + numbered["letter"].upper()
        found.append(Address(numbered["street"], number, number_first=True))
    plain = found[-1] if numbered is None else found[0]
    street, comma, where = typed.rpartition(",") if "," in typed else typed.rpartition(" ")
    if comma and where.strip() and plain.number == "":
        found.append(Address(street.strip(" ,"), where=where.strip()))
        if comma == " " and " " not in street:
            found.append(Address(street, other=where))  # «Μεραρχίας Βενιζέλου», as on the telephone
    return found


def _without_number(street: str) -> str:
    """A crossing has no number, though some say one."""
    return re.sub(r"(?<=[^\W\d_])[\s,]+\d{1,4}\s*[^\W\d_]?$", "", street)


def addresses_like(typed: str, near: Point | None = None) -> list[tuple[float, Spot]]:
    """Streets, doors and crossings that sound like what was typed, with how well they fit: 2 and more is well.

    Greeklish, inflected, abbreviated («Εμμ. Παππά») and misspelled, too. Of one name the nearest to ``near`` first.
    """
    meant = readings(typed)
    try:
        with db.session.begin_nested():
            db.session.execute(_PATIENT)
            found = _first_found(meant, near)
            db.session.execute(_PATIENT_AGAIN)
            return found
    except OperationalError as error:
        if not isinstance(error.orig, psycopg.errors.QueryCanceled):
            raise
        return []  # somebody types what fits half of the names; the next letter will tell


def _first_found(meant: list[Address], near: Point | None) -> list[tuple[float, Spot]]:
    # As it is written first: what is misspelled is looked for among all names, which takes ten times as long.
    for alike in (False, True):
        if alike and meant:
            db.session.execute(_RELAXED)
        for address in meant:
            found = (_crossings if address.other else _streets)(address, near, alike)
            if address.number_first:  # «18 Οκτωβρίου» is no door of «28ης Οκτωβρίου»
                found = [(fits, spot) for fits, spot in found if not spot.name[:1].isdigit()]
            if found:
                return found
    return []


_PATIENT = text(f"SELECT set_config('statement_timeout', '{_PATIENCE_MS}', true)")
_PATIENT_AGAIN = text("SELECT set_config('statement_timeout', '0', true)")
#: For this transaction: a word is looked at when it is so much like one of the name.
_RELAXED = text("SELECT set_config('pg_trgm.word_similarity_threshold', '0.45', true)")


def _matching(name: str, spelled: str) -> str:
    """CTEs for the streets whose every word is begun by, or much like, a word that was typed."""
    return f"""
{name}_typed AS (
    SELECT DISTINCT street_key(s) AS key FROM unnest(CAST(:{spelled} AS text[])) s WHERE street_key(s) <> ''
),
{name}_near AS (
    -- Of names that hold the one word typed the shortest are the likest; that costs a tenth of comparing them.
    SELECT s.id, s.key, s.name_el, s.name_en, s.area_id, s.middle,
        max(CASE WHEN t.key = w AND NOT :alike THEN 1.0 / length(s.key) ELSE word_similarity(t.key, s.key) END) AS alike
    FROM {name}_typed t CROSS JOIN LATERAL (
        -- By its longest word; the others are looked at below.
        SELECT w FROM regexp_split_to_table(t.key, ' ') w ORDER BY length(w) DESC LIMIT 1
    ) longest, street s
    WHERE length(w) > 1 AND (s.key LIKE '%' || w || '%' OR (:alike AND w <% s.key))
    GROUP BY s.id ORDER BY alike DESC, s.id LIMIT {MOST_COMPARED}
),
{name} AS (
    SELECT s.id, s.name_el, s.name_en, s.area_id, s.middle, max(fit.fits) AS fits
    FROM {name}_near s CROSS JOIN {name}_typed t
    CROSS JOIN LATERAL (
        SELECT CASE WHEN min(best) < 1 THEN avg(best)
                WHEN bool_and(same) AND count(*) = words THEN 2.5
                -- Of «Λευκώνας» the village comes before the road to it.
                ELSE 2 - 0.1 * greatest(0, words - count(*))
            END AS fits,
            min(best) AS worst
        FROM regexp_split_to_table(t.key, ' ') w CROSS JOIN LATERAL (
            SELECT max(CASE WHEN k LIKE w || '%' THEN 1 ELSE similarity(w, k) END) AS best, bool_or(k = w) AS same
            FROM regexp_split_to_table(s.key, ' ') k
        ) b CROSS JOIN array_length(regexp_split_to_array(s.name_el, ' '), 1) words
        GROUP BY words
    ) fit
    WHERE fit.worst >= 0.4 GROUP BY s.id, s.name_el, s.name_en, s.area_id, s.middle
)"""


_NEAR = "ST_SetSRID(ST_MakePoint(CAST(:lon AS float), CAST(:lat AS float)), 4326)"
_SHOWN = f"""
SELECT fits, value, kind, CASE WHEN :language = 'en' THEN shown.name_en ELSE shown.name_el END AS name,
    round(ST_X(point)::numeric, 6)::float AS lon, round(ST_Y(point)::numeric, 6)::float AS lat,
    NULL::float AS distance_m,
    coalesce(CASE WHEN :language = 'en' THEN v.name_en ELSE v.name_el END, '') AS near, NULL::int AS population
FROM shown LEFT JOIN LATERAL (
    SELECT v.name_el, v.name_en, v.key FROM place v WHERE v.kind IN ('city', 'town', 'village')
    ORDER BY v.location <-> point::geography LIMIT 1
) v ON true
WHERE cardinality(CAST(:wheres AS text[])) = 0
    OR v.key LIKE ANY (SELECT '%' || greek_key(w) || '%' FROM unnest(CAST(:wheres AS text[])) w)
ORDER BY round(fits::numeric, 1) DESC, kind = 'street',
    CASE WHEN CAST(:lon AS float) IS NULL THEN weight ELSE -(point <-> {_NEAR}) END DESC, shown.name_el, value
LIMIT {MOST_FOUND}"""

# The door itself; else reckoned between its neighbours on the same side; else the nearest of them; else the street.
_DOOR = f"""
    SELECT * FROM (
        (SELECT 'door:' || d.id AS value, d.number, d.location AS point, 0 AS rank,
            -- 12Β where there is only 12 is somewhere there.
            CASE WHEN d.interpolated OR (d.number <> :number AND :number ~ '[^0-9]') THEN 'about' ELSE 'door'
            END AS kind
        FROM door d WHERE d.street_id = s.id AND d.number_first = CAST(:first AS int)
        ORDER BY d.number = :number DESC, d.source = 'town' DESC, d.interpolated, length(d.number), d.id LIMIT 1)
        UNION ALL
        (SELECT 'street:' || s.id || ':' || CAST(:first AS int), :number,
            CASE WHEN above.id IS NULL THEN below.location WHEN below.id IS NULL THEN above.location
                ELSE ST_LineInterpolatePoint(ST_MakeLine(below.location, above.location),
                    (CAST(:first AS float) - below.number_first) / (above.number_first - below.number_first)) END, 1,
            'about'
        FROM (VALUES (1)) one
        LEFT JOIN LATERAL (
            SELECT * FROM door d WHERE d.street_id = s.id AND d.number_first < CAST(:first AS int)
                AND d.number_first > CAST(:first AS int) - {_REACH} AND d.number_first % 2 = CAST(:first AS int) % 2
            ORDER BY d.number_first DESC, d.id LIMIT 1) below ON true
        LEFT JOIN LATERAL (
            SELECT * FROM door d WHERE d.street_id = s.id AND d.number_first > CAST(:first AS int)
                AND d.number_first < CAST(:first AS int) + {_REACH} AND d.number_first % 2 = CAST(:first AS int) % 2
            ORDER BY d.number_first, d.id LIMIT 1) above ON true
        WHERE below.id IS NOT NULL OR above.id IS NOT NULL)
    ) ways ORDER BY rank LIMIT 1"""

_STREETS = text(
    f"""
WITH {_matching("s", "spellings")},
shown AS (
    SELECT s.fits, coalesce(d.value, 'street:' || s.id) AS value, coalesce(d.kind, 'street') AS kind,
        concat_ws(' ', s.name_el, d.number) AS name_el, concat_ws(' ', s.name_en, d.number) AS name_en,
        coalesce(d.point, s.middle) AS point, (SELECT count(*) FROM crossing c WHERE c.street_id = s.id) AS weight
    FROM (SELECT * FROM s ORDER BY fits DESC, id LIMIT 60) s LEFT JOIN LATERAL ({_DOOR}) d ON :number <> ''
)
{_SHOWN}"""
)
_CROSSINGS = text(
    f"""
WITH {_matching("a", "spellings")},{_matching("b", "others")},
shown AS (
    SELECT (a.fits + b.fits) / 2 + 0.5 AS fits, 'crossing:' || c.id AS value, 'crossing' AS kind,
        concat_ws(' ', a.name_el, CAST(:joint AS text), b.name_el) AS name_el,
        concat_ws(' ', a.name_en, CAST(:joint AS text), b.name_en) AS name_en,
        c.location AS point, 0 AS weight
    FROM (
        SELECT id, location, street_id AS this, other_id AS that FROM crossing
        UNION ALL SELECT id, location, other_id, street_id FROM crossing
    ) c JOIN a ON a.id = c.this JOIN b ON b.id = c.that
)
{_SHOWN}"""
)


def _asked(near: Point | None, where: str = "", **more: Any) -> dict[str, Any]:
    plain = re.sub(r"[%_\\]", "", where)
    spot = {"lon": near.x if near else None, "lat": near.y if near else None}
    return {"language": language(), "wheres": spellings(plain) if plain else [], **spot, **more}


def _streets(address: Address, near: Point | None, alike: bool) -> list[tuple[float, Spot]]:
    first = re.match(r"\d+", address.number)
    values = _asked(
        near,
        address.where,
        alike=alike,
        spellings=spellings(address.street),
        number=address.number,
        first=int(first.group()) if first else None,
    )
    return fitting(db.session.execute(_STREETS, values))


def _crossings(address: Address, near: Point | None, alike: bool) -> list[tuple[float, Spot]]:
    names = {"spellings": spellings(address.street), "others": spellings(address.other)}
    values = _asked(near, address.where, alike=alike, joint=_("και"), **names)
    return fitting(db.session.execute(_CROSSINGS, values))


_CHOSEN = text(
    f"""
WITH s AS (SELECT * FROM street WHERE :of = 'street' AND id = :id),
shown AS (
    SELECT 0 AS fits, coalesce(d.value, 'street:' || s.id) AS value, coalesce(d.kind, 'street') AS kind,
        concat_ws(' ', s.name_el, d.number) AS name_el, concat_ws(' ', s.name_en, d.number) AS name_en,
        coalesce(d.point, s.middle) AS point, 0 AS weight
    FROM s LEFT JOIN LATERAL ({_DOOR}) d ON :number <> ''
    UNION ALL
    SELECT 0, 'door:' || d.id, CASE WHEN d.interpolated THEN 'about' ELSE 'door' END, s.name_el || ' ' || d.number,
        s.name_en || ' ' || d.number, d.location, 0
    FROM door d JOIN street s ON s.id = d.street_id WHERE :of = 'door' AND d.id = :id
    UNION ALL
    SELECT 0, 'crossing:' || c.id, 'crossing', a.name_el, a.name_en, c.location, 0
    FROM crossing c JOIN street a ON a.id = c.street_id WHERE :of = 'crossing' AND c.id = :id
)
{_SHOWN}"""
)
_VALUE = re.compile(r"(street|door|crossing):([0-9]{1,9})(?::([0-9]{1,4}))?", re.ASCII)


def chosen_address(value: str) -> Spot | None:
    """The street, door or crossing that a value of ``addresses_like`` stands for."""
    read = _VALUE.fullmatch(value)
    if read is None:
        return None
    of, number, door = read.groups()
    values = _asked(None, of=of, id=int(number), number=door or "", first=int(door) if door else None)
    row = db.session.execute(_CHOSEN, values).one_or_none()
    return None if row is None else fitting([row])[0][1]
