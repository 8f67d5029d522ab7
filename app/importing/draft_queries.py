"""Assets that a map knows of: taken in as drafts, looked at, and only then the town's. The caller commits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import text

from app.errors import Invalid
from app.extensions import db
from app.importing.filing_queries import run_script
from app.importing.ground_queries import take_in

#: Nearer than this to an asset of the town's own of the same kind, it is that one.
SAME_WITHIN_M = 5
_MAPPING = re.compile(r"([a-z][a-z0-9_]*)=([a-z_:]+)=([\w*-]+)")


@dataclass(frozen=True)
class Wanted:
    """What of a map becomes a draft of which kind: ``bench=amenity=bench``; the value «*» is any."""

    kind: str
    key: str
    value: str

    def fits(self, tags: dict[str, str]) -> bool:
        return self.key in tags and self.value in ("*", tags[self.key])


def wanted_from(listed: Sequence[str]) -> list[Wanted]:
    """Raises Invalid for what is no mapping."""
    wanted = []
    for one in listed:
        read = _MAPPING.fullmatch(one)
        if read is None:
            sentence = _("Δεν διαβάζεται το «%(asset)s». Γράψτε το ως bench=amenity=bench.", asset=one)
            raise Invalid({"asset": [sentence]}, sentence)
        wanted.append(Wanted(*read.groups()))
    return wanted


_REPLACED = f"""
DELETE FROM asset_draft d USING (SELECT DISTINCT kind FROM pg_temp.in_kind) k WHERE d.kind = k.kind;
DELETE FROM pg_temp.in_asset i USING asset a
WHERE a.kind = i.kind AND (a.code = i.code OR ST_DWithin(a.location, i.location::geography, {SAME_WITHIN_M}));
INSERT INTO asset_draft (kind, code, name_el, name_en, attributes, location)
SELECT DISTINCT ON (kind, code) kind, code, name_el, name_en, attributes, location::geography FROM pg_temp.in_asset i
WHERE EXISTS (SELECT FROM area a WHERE a.kind = 'municipality' AND ST_Intersects(a.outline, i.location))"""


def replace_drafts(wanted: Sequence[Wanted]) -> int:
    """The drafts of these kinds as they came in; what the town has already is left out. How many there are then."""
    take_in("in_kind", [(one.kind,) for one in wanted])
    run_script(_REPLACED)
    return sum(many for kind, many in waiting().items() if kind in {one.kind for one in wanted})


def waiting() -> dict[str, int]:
    """How many drafts there are of each kind."""
    rows = db.session.execute(text("SELECT kind, count(*) AS many FROM asset_draft GROUP BY kind ORDER BY kind"))
    return {row.kind: row.many for row in rows}


def as_geojson(kind: str | None) -> dict[str, Any]:
    """The drafts, to be looked at in any program for maps."""
    asked = """
        SELECT json_build_object('type', 'FeatureCollection', 'features', coalesce(json_agg(json_build_object(
            'type', 'Feature', 'geometry', ST_AsGeoJSON(location)::json,
            'properties', attributes || jsonb_build_object('kind', kind, 'code', code, 'name_el', name_el))
            ORDER BY kind, code), '[]'::json))
        FROM asset_draft WHERE CAST(:kind AS text) IS NULL OR kind = :kind"""
    collection: dict[str, Any] = db.session.execute(text(asked), {"kind": kind}).scalar_one()
    return collection


def accept(kind: str, codes: Sequence[str]) -> int:
    """Make drafts of a kind the town's; with ``codes`` these alone. An asset of the town's own is never changed."""
    accepted = """
        WITH taken AS (
            DELETE FROM asset_draft WHERE kind = :kind AND (:all OR code = ANY(:codes)) RETURNING *
        )
        INSERT INTO asset (kind, code, name_el, name_en, attributes, location)
        SELECT kind, code, name_el, name_en, attributes, location FROM taken ON CONFLICT (kind, code) DO NOTHING
        RETURNING id"""
    values = {"kind": kind, "all": not codes, "codes": list(codes)}
    return len(db.session.execute(text(accepted), values).all())
