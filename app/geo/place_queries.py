"""Finding a spot by its name, and what stands around one: the way to a place without a map."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from shapely.geometry import Point
from sqlalchemy import Row, text

from app.extensions import db
from app.language import language, spellings

MOST_FOUND = 12
#: Places and assets this near may be what is meant.
PLACES_WITHIN_M = 400
ASSETS_WITHIN_M = 60


@dataclass(frozen=True)
class Spot:
    """A place or asset to choose: ``value`` is ``place:ID`` or ``asset:ID``; the point is WGS84."""

    value: str
    kind: str
    name: str
    lon: float
    lat: float
    distance_m: float | None
    #: The village or quarter it lies by, to tell two streets of one name apart.
    near: str
    population: int | None
    #: Its key, if it is a thing of the town (``thing_queries``).
    thing: str = ""

    def is_the_same_as(self, other: Spot) -> bool:
        """A place of the map that the town has in its own list, too."""
        return self.name == other.name and bool(self.thing) != bool(other.thing)


_COLUMNS = """
    value, kind, CASE WHEN :language = 'en' THEN name_en ELSE name_el END AS name,
    round(ST_X(point)::numeric, 6)::float AS lon, round(ST_Y(point)::numeric, 6)::float AS lat, distance_m, near,
    population, thing"""

_NAMED = f"""
WITH typed AS (
    SELECT translate(greek_key(spelling), '%_' || chr(92), '') AS key
    FROM unnest(CAST(:spellings AS text[])) AS spelling
),
found AS (
    SELECT 'place:' || p.id AS value, p.kind, p.name_el, p.name_en, p.location::geometry AS point, p.population,
        '' AS thing,
        max(CASE WHEN p.key LIKE t.key || '%' OR p.key LIKE '% ' || t.key || '%' THEN 2
            ELSE word_similarity(t.key, p.key) END) AS fits
    FROM place p, typed t
    WHERE t.key <> '' AND (p.key LIKE '%' || t.key || '%' OR t.key <% p.key)
    GROUP BY p.id
    UNION ALL
    SELECT 'asset:' || a.id, a.kind, a.name_el, a.name_en, ST_Centroid(a.location::geometry), NULL,
        a.kind || '/' || a.code, 1.5 + max(CASE WHEN greek_key(a.code) = t.key THEN 1 ELSE 0 END)
    FROM asset a, typed t
    WHERE length(t.key) >= 2 AND (greek_key(a.code) LIKE t.key || '%' OR a.code ILIKE :plain || '%')
    GROUP BY a.id
    UNION ALL
    -- By the number alone, as it stands on the pole: «0007», «7».
    SELECT 'asset:' || a.id, a.kind, a.name_el, a.name_en, ST_Centroid(a.location::geometry), NULL,
        a.kind || '/' || a.code, 2
    FROM asset a WHERE CAST(:number AS text) <> '' AND a.code NOT ILIKE :plain || '%'
        AND ltrim(regexp_replace(code, '\\D', '', 'g'), '0') = :number
)
SELECT fits, {_COLUMNS} FROM (
    SELECT f.*, NULL::float AS distance_m, coalesce(v.name, '') AS near FROM found f
    LEFT JOIN LATERAL (
        SELECT CASE WHEN :language = 'en' THEN v.name_en ELSE v.name_el END AS name FROM place v
        WHERE v.kind IN ('city', 'town', 'village') AND f.kind NOT IN ('city', 'town', 'village')
        ORDER BY v.location <-> f.point::geography LIMIT 1
    ) v ON true
    ORDER BY fits DESC, population DESC NULLS LAST, name_el LIMIT {MOST_FOUND}
) AS best"""


def named_like(typed: str) -> list[tuple[float, Spot]]:
    """Places and numbered assets whose name sounds like what was typed, with how well each fits (2: well), best first.

    Greeklish and misspellings too.
    """
    typed = typed.replace("\0", "").strip()[:100]
    if not typed:
        return []
    plain = typed.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    number = typed.lstrip("0") if typed.isascii() and typed.isdigit() else ""
    values = {"spellings": spellings(typed), "plain": plain, "number": number, "language": language()}
    return fitting(db.session.execute(text(_NAMED), values))


# A number is meant as it is; another word may be begun, inflected or misspelled.
_NOT_UNDERSTOOD = text(
    r"""
    SELECT coalesce((
        SELECT string_agg(said.word, ' ' ORDER BY said.at)
        FROM regexp_split_to_table(:typed, '[\s,;]+') WITH ORDINALITY AS said(word, at)
        WHERE street_key(said.word) NOT IN ('', 'ke', 'ki', 'ad', 'gonia', 'korner') AND NOT EXISTS (
            SELECT FROM regexp_split_to_table(found.name, '[\s,;]+') AS known(word)
            WHERE greek_key(known.word) = greek_key(said.word) OR CASE
                WHEN said.word ~ '^[0-9]+$'
                    THEN known.word ~ ('^' || said.word || '[^0-9]|[^0-9]0*' || ltrim(said.word, '0') || '$')
                WHEN said.word ~ '^[0-9]' THEN false
                ELSE starts_with(street_key(known.word), street_key(said.word))
                    OR similarity(street_key(known.word), street_key(said.word)) >= 0.35 END
        )), '')
    FROM unnest(CAST(:names AS text[])) WITH ORDINALITY AS found(name, at) ORDER BY found.at"""
)


def not_understood(typed: str, names: Sequence[str]) -> list[str]:
    """What of ``typed`` each name does not say: «Μεραρχίας 12» and «Μεραρχίας» → «12»."""
    return list(db.session.scalars(_NOT_UNDERSTOOD, {"typed": typed, "names": list(names)}))


#: Words of a sentence in which names are looked for.
_MOST_WORDS = 60
_LONGEST_WORD = 40
_MOST_NAMES = 4
# A name is said when each of its words is, perhaps with another ending: «στον Λευκώνα». It is looked up by those that
# are long enough for the index.
_SAID = text(
    f"""
WITH said AS (
    SELECT DISTINCT at, word FROM unnest(CAST(:at AS int[]), CAST(:words AS text[])) AS typed(at, spelling),
        street_key(spelling) AS word WHERE word <> ''
),
stems AS (SELECT DISTINCT left(word, greatest(4, length(word) - 1)) AS stem FROM said WHERE length(word) >= 4),
known AS (
    SELECT s.name_el, s.name_en FROM stems JOIN street s ON s.key LIKE '%' || stem || '%'
    UNION SELECT p.name_el, p.name_en FROM stems JOIN place p ON p.key LIKE '%' || stem || '%'
    LIMIT 2000
)
SELECT name, first, last FROM (
    SELECT DISTINCT ON (first, last) name, first, last, letters FROM known
    CROSS JOIN LATERAL (VALUES (name_el), (name_en)) AS named(name)
    CROSS JOIN LATERAL (
        SELECT bool_and(at IS NOT NULL) AS is_whole, min(at) AS first, max(at) AS last, sum(length(word)) AS letters
        FROM regexp_split_to_table(street_key(name), ' ') AS word LEFT JOIN LATERAL (
            SELECT at FROM said WHERE said.word = word.word OR (
                length(said.word) >= 4 AND length(word.word) >= 4 AND abs(length(said.word) - length(word.word)) <= 2
                AND starts_with(said.word, left(word.word, greatest(4, length(word.word) - 2))))
            ORDER BY said.word = word.word DESC, at LIMIT 1
        ) AS heard ON true
    ) AS heard
    WHERE is_whole AND last - first < 6 ORDER BY first, last, letters DESC, name
) AS whole
ORDER BY letters DESC, first LIMIT {_MOST_NAMES}"""
)


@dataclass(frozen=True)
class Said:
    """A name that a sentence says, and where in it: the places of its first and last word."""

    name: str
    first: int
    last: int

    def is_part_of(self, other: Said) -> bool:
        within = other.first <= self.first and self.last <= other.last
        return within and other.last - other.first > self.last - self.first


def names_said(words: Sequence[str]) -> list[Said]:
    """The names of streets and places that the words of a sentence say, the longest first; inflected, in greeklish.

    Of «πλατεία Ελευθερίας» it is the square, and not the street of that name as well.
    """
    short = [(at, word) for at, word in enumerate(words[:_MOST_WORDS]) if len(word) <= _LONGEST_WORD]
    typed = [(at, spelling) for at, word in short for spelling in spellings(word)]
    rows = db.session.execute(_SAID, {"at": [at for at, _word in typed], "words": [word for _at, word in typed]})
    names = [Said(*row) for row in rows]
    return [name for name in names if not any(name.is_part_of(other) for other in names)]


def fitting(rows: Iterable[Row[Any]]) -> list[tuple[float, Spot]]:
    """Rows of spots, each with how well it fits."""
    found = [dict(row._mapping) for row in rows]
    return [(float(row.pop("fits")), Spot(**row)) for row in found]


_AROUND = f"""
WITH here AS (SELECT ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)::geography AS g),
found AS (
    (SELECT 'asset:' || a.id AS value, a.kind, a.name_el, a.name_en,
        ST_ClosestPoint(a.location::geometry, here.g::geometry) AS point, NULL::int AS population,
        a.kind || '/' || a.code AS thing,
        ST_Distance(a.location, here.g) AS distance_m
     FROM asset a, here WHERE ST_DWithin(a.location, here.g, {ASSETS_WITHIN_M})
     ORDER BY ST_Distance(a.location, here.g), a.code LIMIT 5)
    UNION ALL
    (SELECT 'place:' || p.id, p.kind, p.name_el, p.name_en, p.location::geometry, p.population, '',
        ST_Distance(p.location, here.g)
     FROM place p, here WHERE ST_DWithin(p.location, here.g, {PLACES_WITHIN_M})
     ORDER BY ST_Distance(p.location, here.g), p.code LIMIT 5)
)
SELECT {_COLUMNS} FROM (SELECT *, '' AS near FROM found ORDER BY distance_m) AS near_first"""


def standing_around(spot: Point) -> list[Spot]:
    """The nearest assets (60 m) and places (400 m) to choose from, nearest first."""
    values = {"lon": spot.x, "lat": spot.y, "language": language()}
    found: list[Spot] = []
    for row in db.session.execute(text(_AROUND), values):
        one = Spot(**row._mapping)
        if not any(one.is_the_same_as(other) for other in found):
            found.append(one)
    return found


_ONE = f"""
SELECT {_COLUMNS} FROM (
    SELECT 'place:' || id AS value, kind, name_el, name_en, location::geometry AS point, population,
        NULL::float AS distance_m, '' AS near, '' AS thing
    FROM place WHERE :of = 'place' AND id = :id
    UNION ALL
    SELECT 'asset:' || id, kind, name_el, name_en, ST_Centroid(location::geometry), NULL, NULL, '', kind || '/' || code
    FROM asset WHERE :of = 'asset' AND id = :id
) AS one"""


def chosen_spot(value: str) -> Spot | None:
    """The place or asset that ``place:ID`` or ``asset:ID`` stands for."""
    of, _colon, number = value.partition(":")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    row = db.session.execute(text(_ONE), {"of": of, "id": int(number), "language": language()}).one_or_none()
    return Spot(**row._mapping) if row else None
