"""What goes out of the areas API."""

from __future__ import annotations

from marshmallow import Schema, fields

from app.http import Input


class AreasQuery(Input):
    kind = fields.String(metadata={"enum": ["municipality", "unit", "community", "neighbour"]})
    parent = fields.String(metadata={"description": "code of the area these lie in"})
    format = fields.String(metadata={"enum": ["json", "geojson"]})


class AreaOut(Schema):
    kind = fields.String(required=True)
    code = fields.String(required=True)
    name_el = fields.String(required=True)
    name_en = fields.String(required=True)
    parent = fields.String(allow_none=True, required=True)
    approximate = fields.Boolean(required=True)
    contact_phone = fields.String(allow_none=True, required=True)
    contact_url = fields.String(allow_none=True, required=True)


class AreaPage(Schema):
    items = fields.List(fields.Nested(AreaOut), required=True)
