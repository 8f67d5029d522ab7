"""What goes in and out of the reports API, by direction."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, fields, validate, validates_schema

from app.categories.schemas import Named
from app.errors import Invalid
from app.http import Input
from app.reports.lifecycle import Move, Status
from app.reports.models import PhotoMoment, Priority, WordsKind


class GeoPoint(Input):
    type = fields.String(required=True, metadata={"enum": ["Point"]})
    coordinates = fields.List(
        fields.Float(),
        required=True,
        metadata={"description": "[lon, lat] in WGS84 degrees", "minItems": 2, "maxItems": 3},
    )


class ContactIn(Input):
    name = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)


class ReportIn(Input):
    """A new report."""

    category = fields.String(required=True, metadata={"description": "code of a category"})
    location = fields.Raw(
        required=True,
        metadata={
            "description": 'GeoJSON Point, {"type": "Point", "coordinates": [lon, lat]} in WGS84 degrees',
            "type": "object",
            "properties": {
                "type": {"type": "string", "enum": ["Point"]},
                "coordinates": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 3},
            },
            "required": ["type", "coordinates"],
        },
    )
    accuracy_m = fields.Float(
        allow_none=True,
        allow_nan=False,
        validate=validate.Range(0, 1_000_000, error=_l("Η ακρίβεια είναι μέτρα, από 0 έως 1.000.000.")),
        metadata={"description": "radius of uncertainty, metres"},
    )
    description = fields.String(allow_none=True)
    address = fields.String(allow_none=True, metadata={"description": "address in the reporter's words"})
    answers = fields.Dict(keys=fields.String(), allow_none=True)
    stoppers = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        allow_none=True,
        metadata={"description": "yes or no to the category's questions that show whether it is for the municipality"},
    )
    things = fields.List(
        fields.String(),
        allow_none=True,
        metadata={"description": "the assets that are meant, each by its kind and code: street_light/Φ-0123"},
    )
    again = fields.String(
        allow_none=True, metadata={"description": "reference of a report that was put right and is broken again"}
    )
    contact = fields.Nested(ContactIn, allow_none=True)
    uploads = fields.List(
        fields.UUID(),
        allow_none=True,
        validate=validate.Length(max=5, error=_l("Στείλτε έως 5 φωτογραφίες.")),
        metadata={"description": "photos sent before in pieces, by the ids of their uploads", "maxItems": 5},
    )
    source = fields.String(
        allow_none=True,
        validate=validate.OneOf(["phone", "staff"], error=_l("Δώστε phone ή staff.")),
        metadata={"description": "only for staff: how the report came in"},
    )


class AreaPair(Schema):
    unit = fields.Nested(Named, allow_none=True, required=True)
    community = fields.Nested(Named, allow_none=True, required=True)


class AssetOut(Named):
    kind = fields.String(required=True)


class PhotoOut(Schema):
    id = fields.UUID(required=True)
    moment = fields.String(required=True, metadata={"enum": [moment.value for moment in PhotoMoment]})
    width = fields.Integer(required=True)
    height = fields.Integer(required=True)
    taken_at = fields.DateTime(allow_none=True, required=True)
    urls = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class SaidOut(Schema):
    kind = fields.String(required=True, metadata={"enum": [kind.value for kind in WordsKind]})
    words = fields.String(required=True)
    at = fields.DateTime(required=True)


class ReportOut(Schema):
    """A report as the public sees it; its reporter and the office also get members that are not required."""

    reference = fields.String(required=True)
    status = fields.String(required=True, metadata={"enum": [s.value for s in Status]})
    status_words = fields.String(required=True)
    category = fields.Nested(Named, required=True)
    location = fields.Nested(GeoPoint, required=True)
    accuracy_m = fields.Float(allow_none=True, required=True)
    where = fields.String(required=True)
    area = fields.Nested(AreaPair, required=True)
    asset = fields.Nested(AssetOut, allow_none=True, required=True)
    things = fields.List(fields.Nested(AssetOut), required=True, metadata={"description": "what was pointed at"})
    description = fields.String(allow_none=True, required=True)
    released = fields.Boolean(required=True)
    photos = fields.List(fields.Nested(PhotoOut), required=True)
    received_at = fields.DateTime(required=True)
    updated_at = fields.DateTime(required=True)
    target_at = fields.DateTime(allow_none=True, required=True)
    resolved_at = fields.DateTime(allow_none=True, required=True)
    closed_at = fields.DateTime(allow_none=True, required=True)
    supporters = fields.Integer(required=True, metadata={"description": "others who said that it concerns them too"})
    usual_days = fields.Integer(
        allow_none=True,
        required=True,
        metadata={"description": "working days within which eight of ten reports of this category were put right"},
    )
    version = fields.Integer(required=True)
    objected_at = fields.DateTime(allow_none=True)
    flagged_at = fields.DateTime(allow_none=True)
    suspicion = fields.String(allow_none=True)
    moves = fields.List(
        fields.String(metadata={"enum": [move.value for move in Move]}),
        metadata={"description": "what the office may decide about it now; schedule: send crews"},
    )
    address_words = fields.String()
    answers = fields.Dict()
    priority = fields.String()
    source = fields.String()
    contact = fields.Nested(ContactIn, allow_none=True)
    said = fields.List(fields.Nested(SaidOut), metadata={"description": "what the reporter said after the report"})


class SupportOut(Schema):
    supporters = fields.Integer(required=True)


class NearPlace(Schema):
    kind = fields.String(required=True)
    name_el = fields.String(required=True)
    name_en = fields.String(required=True)


class NearOut(Schema):
    reference = fields.String(required=True)
    category = fields.String(required=True, metadata={"description": "code of its category"})
    status = fields.String(required=True)
    distance_m = fields.Float(required=True)
    received_at = fields.DateTime(required=True)
    supporters = fields.Integer(required=True)
    place = fields.Nested(NearPlace, allow_none=True, required=True)
    place_distance_m = fields.Integer(allow_none=True, required=True)
    place_bearing = fields.Integer(allow_none=True, required=True, metadata={"description": "degrees, place to report"})
    photo_id = fields.UUID(allow_none=True, required=True)


class SubmittedOut(ReportOut):
    """The answer to a new report. The tracking link is secret and for the reporter only."""

    state = fields.String(required=True)
    nearby = fields.List(fields.Nested(NearOut), required=True)
    tracking_url = fields.String(required=True)


class MoveIn(Input):
    """A decision of the office."""

    move = fields.Enum(Move, by_value=True, required=True)
    words = fields.String(
        load_default="", metadata={"description": "public; compulsory for reject, ask, answer, reopen"}
    )
    internal = fields.String(load_default="", metadata={"description": "for the office only"})
    release = fields.Boolean(
        load_default=None, allow_none=True, metadata={"description": "let everybody see words and photos"}
    )
    forward_to = fields.String(load_default="")
    protocol_number = fields.String(load_default="")
    into = fields.String(load_default="", metadata={"description": "reference of the report that stays, for merge"})


class ReportEdit(Input):
    priority = fields.Enum(Priority, by_value=True)
    category = fields.String()
    released = fields.Boolean()
    trusted = fields.Boolean(
        validate=validate.Equal(True, error=_l("Δώστε true, ή απορρίψτε την αναφορά.")),
        metadata={"description": "true: nothing is wrong with a report that waits aside"},
    )

    @validates_schema
    def something(self, data: dict[str, Any], **kwargs: Any) -> None:
        if not data:
            raise Invalid({"body": [_l("Δώστε τουλάχιστον ένα από: priority, category, released, trusted.")]})


class HistoryOut(Schema):
    at = fields.DateTime(required=True)
    move = fields.String(required=True)
    move_words = fields.String(required=True)
    status = fields.String(required=True)
    words = fields.String(required=True)
    forwarded_to = fields.String()
    protocol_number = fields.String(allow_none=True)
    merged_into = fields.String()
    by = fields.String(allow_none=True)
    internal_words = fields.String()
    detail = fields.Dict()


class HistoryPage(Schema):
    items = fields.List(fields.Nested(HistoryOut), required=True)
