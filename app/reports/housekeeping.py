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
from app.retention import Kept, is_over

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
    at = now()
    with unit_of_work():
        db.session.execute(delete(Draft).where(Draft.id.in_(drafts_overdue(at))))
    while _discard_unsent(at) == AT_MOST:
        pass


def drafts_overdue(at: datetime) -> Select[Any]:
    """The ids of drafts that were never sent, and of sent ones that nobody looks for any more."""
    unsent = Draft.report_id.is_(None) & is_over(Draft.updated_at, Kept.UNSENT, at)
    sent = Draft.report_id.is_not(None) & is_over(Draft.updated_at, Kept.SENT_DRAFTS, at)
    return select(Draft.id).where(unsent | sent)


def _discard_unsent(at: datetime) -> int:
    with unit_of_work():
        photos = queries.photos_without_report(at, limit=AT_MOST)
        for photo in photos:
            media.discard(photo)
    return len(photos)


@job("reports.forget_senders")
def forget_senders(timestamp: int) -> None:
    """Where reports came from is needed for a week; ``timestamp`` is Procrastinate's, in seconds."""
    with unit_of_work():
        db.session.execute(update(Report).where(Report.id.in_(senders_overdue(now()))).values(sender=None))


def senders_overdue(at: datetime) -> Select[Any]:
    """The ids of reports whose network address is not needed any more."""
    return select(Report.id).where(Report.sender.is_not(None), is_over(Report.received_at, Kept.SENDERS, at))


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
