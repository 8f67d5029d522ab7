"""Which category is meant: by its code, by words however they are spelled, and by what is found at the spot."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from shapely.geometry import Point
from sqlalchemy import (
    TextClause,
    column,
    select,
    text,
)

from app.categories.models import OTHER, Category, CategoryGroup, Referral
from app.errors import Invalid
from app.extensions import db
from app.geo.queries import ASSET_WITHIN_M
from app.language import spellings


def active_categories() -> list[Category]:
    """The categories citizens may choose, in the order of their groups."""
    return list(
        db.session.scalars(
            select(Category)
            .join(Category.group)
            .where(Category.active)
            .order_by(CategoryGroup.position, CategoryGroup.id, Category.position, Category.id)
        )
    )


def category_by_code(code: str) -> Category:
    """Raises Invalid at the field ``category`` when there is none, or none any more."""
    category = db.session.scalars(select(Category).where(Category.code == code, Category.active)).one_or_none()
    if category is None:
        raise Invalid({"category": [_("Διαλέξτε μία από τις κατηγορίες της λίστας.")]})
    return category


#: What was reported this near says what is likely here.
OFTEN_WITHIN_M = 300
#: Of trigrams shared by a typed word and a known one; one wrong letter in six still passes.
ALIKE = 0.38
#: The first words say what it is about.
LONGEST = 500
_FITTING = f"""
WITH typed AS (
    SELECT DISTINCT word FROM unnest(CAST(:spellings AS text[])) AS spelling,
        regexp_split_to_table(greek_key(spelling), '[^a-z0-9]+') AS word WHERE length(word) >= 2
),
known AS (
    SELECT c.id, c.position, word, weight FROM category c, LATERAL (
        SELECT regexp_split_to_table(greek_key(c.name_el || ' ' || c.name_en), '[^a-z0-9]+') AS word, 3 AS weight
        UNION ALL
        SELECT regexp_split_to_table(greek_key(array_to_string(c.keywords, ' ')), '[^a-z0-9]+'), 2
        UNION ALL
        SELECT regexp_split_to_table(greek_key(c.description_el || ' ' || c.description_en), '[^a-z0-9]+'), 1
    ) AS said
    WHERE c.active AND length(word) >= 2
),
fits AS (
    SELECT k.id, t.word, max(k.weight * CASE
        WHEN k.word = t.word THEN 1.5
        WHEN k.word LIKE t.word || '%' THEN 1.0
        WHEN length(t.word) >= 4 AND t.word LIKE k.word || '%' AND length(k.word) >= 4 THEN 0.8
        WHEN length(t.word) >= 4 AND similarity(k.word, t.word) >= {ALIKE} THEN 0.6 * similarity(k.word, t.word)
        ELSE 0 END) AS best
    FROM known k, typed t GROUP BY k.id, t.word
),
-- Where a word is one of a category's own, what only resembles it elsewhere is not meant.
meant AS (
    SELECT id, word, best FROM (SELECT *, max(best) OVER (PARTITION BY word) AS most FROM fits) AS rivals
    WHERE best > most / 2
),
-- A word that many categories know says little about any of them.
by_words AS (
    SELECT id, sum(best) AS score FROM (
        SELECT id, best / count(*) OVER (PARTITION BY word) AS best FROM meant WHERE best > 0
    ) AS telling GROUP BY id
)
"""
_SEARCH = text(
    _FITTING
    + """
SELECT c.id, row_number() OVER (ORDER BY w.score DESC, c.position, c.id) AS rank
FROM category c JOIN by_words w USING (id) WHERE w.score > 0
ORDER BY rank LIMIT :limit"""
)
_LIKELIEST = text(
    _FITTING
    + f""",
here AS (SELECT ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)::geography AS geog WHERE :lon IS NOT NULL),
standing AS (
    SELECT DISTINCT a.kind FROM asset a, here WHERE ST_DWithin(a.location, here.geog, {ASSET_WITHIN_M})
),
often AS (
    SELECT r.category_id AS id, count(*) AS times FROM report r, here
    WHERE ST_DWithin(r.location, here.geog, {OFTEN_WITHIN_M}) AND r.received_at > now() - interval '1 year'
    GROUP BY r.category_id
),
all_over AS (
    SELECT category_id AS id, count(*) AS times FROM
        (SELECT category_id FROM report ORDER BY received_at DESC, id DESC LIMIT 1000) AS latest
    GROUP BY category_id
)
SELECT c.id, row_number() OVER (ORDER BY 4 * coalesce(w.score, 0)
    + CASE WHEN c.asset_kind IN (SELECT kind FROM standing) THEN 3 ELSE 0 END
    + ln(1 + coalesce(o.times, 0)) + 0.2 * ln(1 + coalesce(t.times, 0)) DESC, c.position, c.id) AS rank
FROM category c
LEFT JOIN by_words w ON w.id = c.id LEFT JOIN often o ON o.id = c.id LEFT JOIN all_over t ON t.id = c.id
WHERE c.active AND c.code <> '{OTHER}'
ORDER BY rank LIMIT :limit"""
)


def active_referrals() -> list[Referral]:
    """What is somebody else's, in the order of the town."""
    return list(db.session.scalars(select(Referral).where(Referral.active).order_by(Referral.position, Referral.id)))


_REFERRALS = select(Referral).from_statement(
    text(
        r"""
SELECT f.* FROM referral f WHERE f.active AND EXISTS (
    SELECT FROM unnest(CAST(:spellings AS text[])) AS spelling,
        regexp_split_to_table(greek_key(spelling), '[^a-z0-9]+') AS typed,
        regexp_split_to_table(greek_key(array_to_string(f.keywords, ' ')), '[^a-z0-9]+') AS known
    WHERE length(typed) >= 4 AND length(known) >= 4 AND starts_with(known, typed))
ORDER BY f.position, f.id"""
    )
)


def referrals_like(typed: str) -> list[Referral]:
    """What was typed names somebody else's matter, by a whole word or its beginning; nothing is guessed here."""
    return list(db.session.scalars(_REFERRALS, {"spellings": spellings(typed.replace("\0", "")[:LONGEST])}))


def search_categories(typed: str, limit: int = 6) -> list[Category]:
    """The categories whose names and keywords sound like what was typed, best first; none when nothing does."""
    return _in_order(_SEARCH, {"spellings": spellings(typed.replace("\0", "")[:LONGEST]), "limit": limit})


def likeliest_categories(typed: str, spot: Point | None, limit: int = 3) -> list[Category]:
    """The likeliest categories from words and place: what stands within 30 m, what was reported around, and at all."""
    parameters = {
        "spellings": spellings(typed.replace("\0", "")[:LONGEST]),
        "lon": spot.x if spot else None,
        "lat": spot.y if spot else None,
        "limit": limit,
    }
    return _in_order(_LIKELIEST, parameters)


def _in_order(ranking: TextClause, parameters: dict[str, Any]) -> list[Category]:
    ranked = ranking.columns(column("id"), column("rank")).subquery()
    question = select(Category).join(ranked, ranked.c.id == Category.id).order_by(ranked.c.rank)
    return list(db.session.scalars(question, parameters))
