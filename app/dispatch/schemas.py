"""What goes in and out of the work-orders API."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, fields, validate

from app.categories.schemas import Named
from app.dispatch.lifecycle import OrderMove, OrderStatus
from app.http import Input
from app.reports.schemas import PhotoOut


class StepIn(Input):
    crew = fields.String(load_default=None, allow_none=True)
    trade = fields.String(load_default=None, allow_none=True)
    estimate_min = fields.Integer(load_default=None, allow_none=True, metadata={"description": "minutes on the spot"})


class DispatchIn(StepIn):
    """One crew (``crew``, perhaps ``trade``), or ``steps`` for work of several trades in order."""

    steps = fields.List(
        fields.Nested(StepIn),
        load_default=list,
        validate=validate.Length(max=10, error=_l("Έως 10 βήματα.")),
    )
    planned_day = fields.Date(load_default=None, allow_none=True, metadata={"description": "day in Europe/Athens"})
    instructions = fields.String(load_default="", metadata={"description": "for the crew"})
    words = fields.String(load_default="", metadata={"description": "for the public timeline"})


class OrderMoveIn(Input):
    """``finish`` needs a photo, sent as multipart with ``move``, ``words`` and one ``photo`` part."""

    move = fields.Enum(OrderMove, by_value=True, required=True)
    words = fields.String(load_default="", metadata={"description": "public words about what was done"})
    reason = fields.String(load_default="", metadata={"description": "compulsory for could_not"})
    crew = fields.String(load_default="", metadata={"description": "for assign"})
    planned_day = fields.Date(load_default=None, allow_none=True, metadata={"description": "for assign"})
    upload = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "for finish: an after-photo sent before in pieces, by the id of its upload"},
    )
    follows = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "instead of If-Match: the Idempotency-Key of the action this one was queued behind"},
    )
    occurred_at = fields.AwareDateTime(
        load_default=None,
        allow_none=True,
        metadata={"description": "when it happened by the device's clock; at most 14 days ago"},
    )


class OrderReportOut(Schema):
    reference = fields.String(required=True)
    status = fields.String(required=True)
    category = fields.Nested(Named, required=True)
    location = fields.Dict(required=True)
    where = fields.String(required=True)
    description = fields.String(required=True)
    photos = fields.List(fields.Nested(PhotoOut), required=True)


class OrderOut(Schema):
    id = fields.Integer(required=True)
    status = fields.String(required=True, metadata={"enum": [s.value for s in OrderStatus]})
    status_words = fields.String(required=True)
    trade = fields.Nested(Named, required=True)
    crew = fields.Nested(Named, allow_none=True, required=True)
    step = fields.Integer(required=True)
    waits = fields.Boolean(required=True, metadata={"description": "an earlier step is not done yet"})
    moves = fields.List(
        fields.String(metadata={"enum": [move.value for move in OrderMove]}),
        required=True,
        metadata={"description": "what whoever asks may do with it now"},
    )
    planned_day = fields.Date(required=True)
    sequence = fields.Integer(required=True)
    estimate_min = fields.Integer(required=True)
    instructions = fields.String(required=True)
    outcome = fields.String(required=True)
    reason = fields.String(required=True)
    created_at = fields.DateTime(required=True)
    started_at = fields.DateTime(allow_none=True, required=True)
    ended_at = fields.DateTime(allow_none=True, required=True)
    version = fields.Integer(required=True)
    report = fields.Nested(OrderReportOut, required=True)


class OrderPage(Schema):
    items = fields.List(fields.Nested(OrderOut), required=True)
    next = fields.Integer(
        allow_none=True, required=True, metadata={"description": "send as ?before= for the next page"}
    )


class OrdersQuery(Input):
    crew = fields.String(metadata={"description": "code; a crew's own members always see only their own"})
    status = fields.String(metadata={"description": "comma list"})
    day = fields.Date(metadata={"description": "planned day"})
    before = fields.Integer()
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200, error=_l("Δώστε αριθμό από 1 έως 200.")))


class RankedCrewOut(Named):
    has_trade = fields.Boolean(required=True)
    covers = fields.Boolean(required=True)
    open_orders = fields.Integer(required=True)
    open_minutes = fields.Integer(required=True)
    distance_m = fields.Float(required=True)
    next_shift = fields.Date(
        allow_none=True, required=True, metadata={"description": "first day from today on that it goes out"}
    )
    trades = fields.List(fields.Nested(Named), required=True)
    why = fields.List(fields.String(), required=True)


class RankedCrewPage(Schema):
    trade = fields.Nested(Named, allow_none=True, required=True)
    items = fields.List(fields.Nested(RankedCrewOut), required=True)
