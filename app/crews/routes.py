"""The crews API; for staff only."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from app.accounts.permissions import Act, require
from app.crews import queries
from app.crews.models import Crew
from app.geo.shapes import to_geojson
from app.http import json_answer

crews = Blueprint("crews", __name__, url_prefix="/crews", description="Crews and their trades")


class TradeOut(Schema):
    code = fields.String(required=True)
    name_el = fields.String(required=True)
    name_en = fields.String(required=True)


class CrewOut(TradeOut):
    trades = fields.List(fields.Nested(TradeOut), required=True)
    base = fields.Dict(required=True, metadata={"description": "GeoJSON Point"})
    shift_start = fields.Time(required=True)
    shift_end = fields.Time(required=True)
    shift_days = fields.List(fields.Integer(), required=True, metadata={"description": "ISO weekdays, Monday = 1"})
    works_on_holidays = fields.Boolean(required=True)
    vehicles = fields.List(fields.Dict(), required=True)


class CrewPage(Schema):
    items = fields.List(fields.Nested(CrewOut), required=True)


@crews.get("")
@crews.response(200, CrewPage)
def list_crews() -> Response:
    """All crews that can be sent."""
    require(Act.SEE_CREW_DAY)
    cars: dict[int | None, list[dict[str, Any]]] = {}
    for vehicle in queries.vehicles():
        cars.setdefault(vehicle.crew_id, []).append({"plate": vehicle.plate, "name": vehicle.name})
    return json_answer({"items": [_crew(crew) | {"vehicles": cars.get(crew.id, [])} for crew in queries.crews()]})


def _crew(crew: Crew) -> dict[str, Any]:
    return {
        "code": crew.code,
        "name_el": crew.name_el,
        "name_en": crew.name_en,
        "trades": [{"code": t.code, "name_el": t.name_el, "name_en": t.name_en} for t in crew.trades],
        "base": to_geojson(crew.base),
        "shift_start": crew.shift_start,
        "shift_end": crew.shift_end,
        "shift_days": crew.shift_days,
        "works_on_holidays": crew.works_on_holidays,
    }
