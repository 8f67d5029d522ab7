"""What goes out of the categories API."""

from __future__ import annotations

from marshmallow import Schema, fields


class Named(Schema):
    code = fields.String(required=True)
    name_el = fields.String(required=True)
    name_en = fields.String(required=True)


class CategoryOut(Named):
    description_el = fields.String(required=True)
    description_en = fields.String(required=True)
    group = fields.Nested(Named, required=True)
    keywords = fields.List(fields.String(), required=True)
    questions = fields.List(fields.Dict(), required=True)
    target_days = fields.Integer(required=True, metadata={"description": "Greek working days"})
    usual_days = fields.Integer(
        allow_none=True, required=True, metadata={"description": "working days that eight of ten of them took"}
    )
    stoppers = fields.List(
        fields.Dict(), required=True, metadata={"description": "asked first: a yes means that somebody else must act"}
    )
    photo_wanted = fields.Boolean(required=True)
    publish_policy = fields.String(required=True)
    asset_kind = fields.String(allow_none=True, required=True)
    icon = fields.String(required=True)


class CategoryPage(Schema):
    items = fields.List(fields.Nested(CategoryOut), required=True)
