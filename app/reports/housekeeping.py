"""What nobody needs any more is forgotten at night."""

from __future__ import annotations

from datetime import timedelta

from app.extensions import job, jobs, now, unit_of_work
from app.media import service as media
from app.reports import queries

#: A form left open over a long weekend still finds its photos; the next night they go.
UNSENT_PHOTOS_FOR = timedelta(days=5)
AT_MOST = 1000


@job("reports.forget_unsent_photos")
def forget_unsent_photos(timestamp: int) -> None:
    """Photos of forms that were never sent belong to nobody; ``timestamp`` is Procrastinate's, in seconds."""
    with unit_of_work():
        for photo in queries.photos_without_report(before=now() - UNSENT_PHOTOS_FOR, limit=AT_MOST):
            media.discard(photo)


jobs.periodic(cron="37 1 * * *")(jobs.tasks["reports.forget_unsent_photos"])
