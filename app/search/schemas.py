"""What goes in and out of the search API."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, fields, validate

from app.calendar import ATHENS
from app.http import Input
from app.reports.schemas import ReportOut


class ReportPage(Schema):
    items = fields.List(fields.Nested(ReportOut), required=True)
    next = fields.String(allow_none=True, required=True, metadata={"description": "send as ?after= for the next page"})


class DayOrMoment(fields.AwareDateTime):
    """A moment with its zone, or a whole day by the town's clock: its first moment, or with ``last`` its last."""

    default_error_messages = {
        "invalid": _l("Δώστε ημερομηνία, όπως 2026-05-01, ή στιγμή με ζώνη, όπως 2026-05-01T10:30:00+03:00.")
    }

    def __init__(self, *, last: bool = False, **more: Any) -> None:
        super().__init__(**more)
        self.last = last

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> datetime:
        if isinstance(value, str) and len(value) == len("2026-05-01"):
            try:
                day = date.fromisoformat(value)
            except ValueError:
                raise self.make_error("invalid") from None
            return datetime.combine(day, time.max if self.last else time.min, ATHENS)
        moment: datetime = super()._deserialize(value, attr, data, **more)
        return moment


class ReportsQuery(Input):
    """Filters are ANDed; lists are separated by commas. ``state`` is ``open`` or ``closed``."""

    status = fields.String()
    state = fields.String(validate=validate.OneOf(["open", "closed"], error=_l("Δώστε open ή closed.")))
    category = fields.String()
    area = fields.String(metadata={"description": "code of a municipal unit or community"})
    bbox = fields.String(metadata={"description": "west,south,east,north in WGS84 degrees"})
    since = DayOrMoment(format="iso", metadata={"description": "received at or after: a day, or a moment with zone"})
    until = DayOrMoment(
        format="iso", last=True, metadata={"description": "received at or before: a day, or a moment with zone"}
    )
    q = fields.String(metadata={"description": "a reference, or words of released descriptions"})
    after = fields.String(metadata={"description": "cursor: the ``next`` of the page before"})
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200, error=_l("Δώστε αριθμό από 1 έως 200.")))
    format = fields.String(validate=validate.OneOf(["json", "geojson"], error=_l("Δώστε json ή geojson.")))


class ClustersQuery(ReportsQuery):
    """What a map shows: the filters of the list, its box, and its zoom."""

    class Meta(ReportsQuery.Meta):
        exclude = ("after", "limit", "format")

    bbox = fields.String(required=True, metadata={"description": "west,south,east,north in WGS84 degrees"})
    zoom = fields.Float(
        required=True,
        allow_nan=False,
        validate=validate.Range(0, 24, error=_l("Το zoom είναι αριθμός από 0 έως 24.")),
        metadata={"description": "of a web map with tiles of 256 pixels"},
    )


class ClusterPoint(Schema):
    type = fields.String(required=True, metadata={"enum": ["Point"]})
    coordinates = fields.List(fields.Float(), required=True)


class ClusterProperties(Schema):
    """``label`` and what follows are there for a single report only."""

    count = fields.Integer(required=True)
    open = fields.Integer(required=True, metadata={"description": "how many of them are not done yet"})
    reference = fields.String()
    status = fields.String()
    category = fields.String(metadata={"description": "code of its category"})
    label = fields.String()


class ClusterOut(Schema):
    type = fields.String(required=True, metadata={"enum": ["Feature"]})
    bbox = fields.List(fields.Float(), required=True)
    geometry = fields.Nested(ClusterPoint, required=True)
    properties = fields.Nested(ClusterProperties, required=True)


class ClusterCollection(Schema):
    type = fields.String(required=True, metadata={"enum": ["FeatureCollection"]})
    count = fields.Integer(required=True, metadata={"description": "all reports that the marks stand for"})
    features = fields.List(fields.Nested(ClusterOut), required=True)
