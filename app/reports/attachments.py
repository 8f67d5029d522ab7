"""Photos of a report: before, after and later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _

from app.errors import Invalid
from app.extensions import db
from app.media.models import Photo
from app.reports import queries
from app.reports.models import PhotoMoment, Report, ReportPhoto

#: Photos a citizen may send with one report.
MAX_PHOTOS = 5


def attach(report: Report, photos: Sequence[Photo], moment: PhotoMoment, *, at: datetime) -> None:
    """Put photos to the report, in order. Raises Invalid for one that another report has already."""
    if queries.any_sent_before([photo.id for photo in photos]):
        raise Invalid(
            {"photo": [_("Μια φωτογραφία έχει ήδη σταλεί με άλλη αναφορά. Αφαιρέστε την και προσθέστε την ξανά.")]}
        )
    for position, photo in enumerate(photos):
        photo.used_at = at
        db.session.add(
            ReportPhoto(report_id=report.id, photo_id=photo.id, moment=moment, position=position, added_at=at)
        )
