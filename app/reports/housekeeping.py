"""What nobody needs any more is forgotten at night; what nobody objects to is closed in time."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, delete, func, select, update

from app.calendar import ATHENS, local_day
from app.categories.models import Category
from app.extensions import db, job, jobs, now, unit_of_work
from app.media import service as media
from app.reports import queries, transitions
from app.reports.lifecycle import Move, Status
from app.reports.models import Draft, Report, ReportContact

#: What is unfinished, drafts without script and photos without a report; drafts on a phone are the phone's own.
UNSENT_FOR = timedelta(hours=48)
#: Drafts that became a report: their address still leads to it.
SENT_DRAFTS_FOR = timedelta(days=30)
#: Addresses serve limits of an hour; a week lets the office look at a wave of spam.
SENDERS_FOR = timedelta(days=7)
#: Silence after a repair means yes, after this many days by the calendar of Serres.
SILENCE_DAYS = 14
AT_MOST = 1000


def silence_ends(resolved_at: datetime) -> datetime:
    """The end of the last day on which the reporter can still object before the report closes by itself."""
    last = local_day(resolved_at) + timedelta(days=SILENCE_DAYS)
    return datetime.combine(last, time(23, 59, 59), ATHENS)


@job("reports.forget_unsent_photos")
def forget_unsent_photos(timestamp: int) -> None:
    """Drafts and photos that were never sent belong to nobody; ``timestamp`` is Procrastinate's, in seconds."""
    old = now() - UNSENT_FOR
    with unit_of_work():
        unsent = Draft.report_id.is_(None) & (Draft.updated_at < old)
        db.session.execute(delete(Draft).where(unsent | (Draft.updated_at < now() - SENT_DRAFTS_FOR)))
    while _discard_unsent(old) == AT_MOST:
        pass


def _discard_unsent(before: datetime) -> int:
    with unit_of_work():
        photos = queries.photos_without_report(before=before, limit=AT_MOST)
        for photo in photos:
            media.discard(photo)
    return len(photos)


@job("reports.forget_senders")
def forget_senders(timestamp: int) -> None:
    """Where reports came from is needed for a week; ``timestamp`` is Procrastinate's, in seconds."""
    with unit_of_work():
        old = Report.sender.is_not(None) & (Report.received_at < now() - SENDERS_FOR)
        db.session.execute(update(Report).where(old).values(sender=None))


def contacts_overdue(at: datetime) -> Select[Any]:
    """The report ids whose reporter's contact is not needed any more, oldest first."""
    ended = func.coalesce(Report.closed_at, Report.updated_at)
    due = ended + func.make_interval(0, Category.contact_months) < at
    over = Report.status.in_([Status.CLOSED, Status.REJECTED, Status.MERGED])
    joined = select(ReportContact.report_id).join(Report, Report.id == ReportContact.report_id).join(Report.category)
    return joined.where(over, due).order_by(ended)


@job("reports.forget_contacts")
def forget_contacts(timestamp: int) -> None:
    """How to reach reporters of what has long ended; ``timestamp`` is Procrastinate's, in seconds."""
    while forget_some_contacts(now()) == AT_MOST:
        pass


def forget_some_contacts(at: datetime) -> int:
    with unit_of_work():
        due = contacts_overdue(at).limit(AT_MOST)
        gone = delete(ReportContact).where(ReportContact.report_id.in_(due)).returning(ReportContact.report_id)
        return len(db.session.scalars(gone).all())


def close_silent(at: datetime) -> int:
    """Close what was put right and nobody objected to in time; returns how many."""
    waiting = (
        select(Report)
        .where(
            Report.status == Status.RESOLVED,
            Report.objected_at.is_(None),
            Report.resolved_at < at - timedelta(days=SILENCE_DAYS),
        )
        .order_by(Report.resolved_at)
        .limit(AT_MOST)
        .with_for_update(of=Report, skip_locked=True)
    )
    closed = 0
    for report in db.session.scalars(waiting).all():
        if report.resolved_at is not None and silence_ends(report.resolved_at) < at:
            transitions.move(report, Move.CLOSE, by=None, at=at, detail={"silence": True})
            closed += 1
    return closed


@job("reports.close_silent")
def close_silent_hourly(timestamp: int) -> None:
    """Run ``close_silent`` until nothing is left; ``timestamp`` is Procrastinate's, in seconds."""
    while True:
        with unit_of_work():
            if close_silent(now()) < AT_MOST:
                return


jobs.periodic(cron="37 1 * * *")(jobs.tasks["reports.forget_unsent_photos"])
jobs.periodic(cron="57 1 * * *")(jobs.tasks["reports.forget_senders"])
jobs.periodic(cron="2 2 * * *")(jobs.tasks["reports.forget_contacts"])
jobs.periodic(cron="7 * * * *")(jobs.tasks["reports.close_silent"])
