"""The areas API."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_babel import lazy_gettext as _l
from flask_smorest import Blueprint

from app.errors import Invalid
from app.geo import queries
from app.geo.models import AreaKind
from app.geo.schemas import AreaPage, AreasQuery
from app.http import json_answer

areas = Blueprint("areas", __name__, url_prefix="/areas", description="The municipality, its parts and its neighbours")


@areas.get("")
@areas.arguments(AreasQuery, location="query")
@areas.response(200, AreaPage)
def list_areas(args: dict[str, Any]) -> Response:
    """All areas; with ``?format=geojson`` their outlines, thinned for a map's ground."""
    kind = _kind(args.get("kind"))
    if args.get("format") == "geojson":
        answer = json_answer(
            queries.outlines_geojson([kind] if kind else list(AreaKind)), mimetype="application/geo+json"
        )
        answer.headers["Cache-Control"] = "public, max-age=3600"
        return answer
    areas_found = queries.areas(kind, parent_code=args.get("parent"))
    codes = {area.id: area.code for area in (areas_found if kind is None else queries.areas())}
    items = [
        {
            "kind": area.kind.value,
            "code": area.code,
            "name_el": area.name_el,
            "name_en": area.name_en,
            "parent": codes.get(area.parent_id) if area.parent_id else None,
            "approximate": area.approximate,
            "contact_phone": area.contact_phone,
            "contact_url": area.contact_url,
        }
        for area in areas_found
    ]
    return json_answer({"items": items})


def _kind(word: str | None) -> AreaKind | None:
    try:
        return AreaKind(word) if word else None
    except ValueError:
        raise Invalid({"kind": [_l("Δώστε: %(words)s.", words=", ".join(AreaKind))]}) from None
