"""A report as its page and the public list show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.geo.shapes import spot_of
from app.reports import queries
from app.reports.lifecycle import OPEN, Status
from app.reports.models import PhotoMoment, Report, ReportHistory, ReportPhoto
from app.reports.presenting import answers, happened, photo_urls, visible_photos, where_words

#: The road in the order in which it is walked; other states stand beside it.
ROAD = (Status.RECEIVED, Status.ACCEPTED, Status.SCHEDULED, Status.IN_PROGRESS, Status.RESOLVED, Status.CLOSED)


@dataclass(frozen=True)
class Following:
    """Everything one report's page needs. ``key`` is the reporter's own, already checked."""

    report: Report
    key: str | None
    rows: Sequence[ReportHistory]
    photos: Sequence[ReportPhoto]

    @classmethod
    def of(cls, report: Report, key: str | None) -> Following:
        return cls(
            report=report,
            key=key,
            rows=queries.history(report.id, public=True),
            photos=queries.photos_of([report.id]).get(report.id, []),
        )

    def parts(self) -> dict[str, Any]:
        report = self.report
        spot = spot_of(report.location)
        shown = visible_photos(report, self.photos, all_of_them=self.key is not None)
        return {
            "report": report,
            "key": self.key,
            "own": self.key is not None,
            "released": report.released_at is not None,
            "where": where_words(report, whole=self.key is not None),
            "lon": spot.x,
            "lat": spot.y,
            "before": [photo_urls(row, self.key) for row in shown if row.moment is PhotoMoment.BEFORE],
            "after": [photo_urls(row, self.key) for row in shown if row.moment is PhotoMoment.AFTER],
            "timeline": [happened(row, public=True) | {"status": row.status} for row in self.rows],
            "step": ROAD.index(report.status) + 1 if report.status in ROAD else None,
            "road": ROAD,
            "is_open": report.status in OPEN,
            "answers": answers(report) if self.key is not None or report.released_at else [],
            "near": self.near(),
            "address": url_for("citizen.track", reference=report.reference, key=self.key, _external=True),
        }

    def near(self) -> list[dict[str, Any]]:
        """Open reports of the same kind around this one, for its reporter only."""
        if self.key is None:
            return []
        spot = spot_of(self.report.location)
        return queries.where_is(spot, self.report.category, but_not=self.report.id).open_near


def listed(report: Report, photos: Sequence[ReportPhoto]) -> dict[str, Any]:
    """A line of the public list."""
    spot = spot_of(report.location)
    shown = visible_photos(report, photos, all_of_them=False)
    return {
        "report": report,
        "where": where_words(report),
        "lon": round(spot.x, 6),
        "lat": round(spot.y, 6),
        "photo": photo_urls(shown[-1]) if shown else None,
    }
