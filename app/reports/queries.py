"""Questions about reports in the town's words; each is one round trip."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ARRAY, BigInteger, ColumnElement, Select, any_, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.categories.models import Category
from app.errors import NotFound
from app.extensions import db
from app.geo.models import Area
from app.media.models import Photo, Upload
from app.prepared import PREPARED
from app.reports.lifecycle import Move
from app.reports.models import (
    Draft,
    Report,
    ReportContact,
    ReporterWords,
    ReportHistory,
    ReportPhoto,
    Support,
)
from app.reports.references import reference_from
from app.retention import Kept, is_over

WHOLE = (
    joinedload(Report.category).defer(Category.keywords),
    joinedload(Report.unit).defer(Area.outline),
    joinedload(Report.community).defer(Area.outline),
    joinedload(Report.near_place),
    joinedload(Report.asset),
)


def locked_for_merging(goes: str, stays: str) -> dict[str, Report]:
    """Two reports, and what was merged into the one that goes, held at once.

    Always in the order of their ids, so that two people cannot wait for each other.
    """
    gone = select(Report.id).where(Report.reference == goes).scalar_subquery()
    reports = db.session.scalars(
        select(Report)
        .where(Report.reference.in_([goes, stays]) | (Report.merged_into_id == gone))
        .order_by(Report.id)
        .with_for_update(of=Report)
        .execution_options(populate_existing=True)
    )
    return {report.reference: report for report in reports}


def reference_that_stays(typed: str) -> str:
    """The report's own reference, or when it was merged that of the one it leads to; nothing is held by asking.

    Holding the one that goes before the one that stays would be the wrong way round for whoever merges them.
    """
    stays = aliased(Report)
    staying = db.session.scalars(
        select(func.coalesce(stays.reference, Report.reference))
        .select_from(Report)
        .outerjoin(stays, stays.id == Report.merged_into_id)
        .where(Report.reference == reference_from(typed))
    ).one_or_none()
    return staying or typed


def merged_into(report_id: int) -> list[Report]:
    """The reports that were merged into this one, held like itself, which its caller holds."""
    merged = select(Report).where(Report.merged_into_id == report_id).order_by(Report.id).with_for_update(of=Report)
    return list(db.session.scalars(merged.execution_options(populate_existing=True)))


def locked_reports(references: Sequence[str]) -> list[Report]:
    """Several reports held at once, in the order of their ids."""
    wanted = select(Report).where(Report.reference.in_(references)).order_by(Report.id).with_for_update(of=Report)
    return list(db.session.scalars(wanted.execution_options(populate_existing=True)))


def locked_report(typed: str) -> Report:
    """The report, held against every other hand until the unit of work ends."""
    report = db.session.scalars(_LOCKED, {"reference": reference_from(typed)}).one_or_none()
    if report is None:
        raise NotFound(_l("Δεν υπάρχει αναφορά με αυτόν τον αριθμό."))
    return report


_LOCKED = (
    select(Report)
    .where(Report.reference == bindparam("reference"))
    .with_for_update(of=Report)
    .execution_options(populate_existing=True, **PREPARED)
)


def report_by_id(report_id: int) -> Report:
    """The whole report with its contact, for work that follows from it."""
    return db.session.scalars(
        select(Report).where(Report.id == report_id).options(*WHOLE, joinedload(Report.contact))
    ).one()


def history(report_id: int, *, public: bool) -> list[ReportHistory]:
    """What happened, oldest first; for the public without what is internal only."""
    return list(db.session.scalars(_PUBLIC_HISTORY if public else _HISTORY, {"report_id": report_id}))


def last_row(reference: str) -> ReportHistory:
    """What happened last, without holding anything. Raises NotFound."""
    last = select(ReportHistory).join(Report, Report.id == ReportHistory.report_id)
    last = last.where(Report.reference == reference_from(reference)).order_by(ReportHistory.id.desc()).limit(1)
    row = db.session.scalars(last).one_or_none()
    if row is None:
        raise NotFound(_l("Δεν υπάρχει αναφορά με αυτόν τον αριθμό."))
    return row


def not_undone() -> ColumnElement[bool]:
    """Of a history row: it was not taken back, nor takes something back."""
    later = aliased(ReportHistory)
    return ReportHistory.undoes_id.is_(None) & ~exists().where(later.undoes_id == ReportHistory.id)


_HISTORY = (
    select(ReportHistory)
    .where(ReportHistory.report_id == bindparam("report_id"))
    .options(joinedload(ReportHistory.actor))
    .order_by(ReportHistory.id)
    .execution_options(**PREPARED)
)
_PUBLIC_HISTORY = _HISTORY.where(or_(ReportHistory.move != Move.NOTE, ReportHistory.public_words != ""), not_undone())


def photos_of(report_ids: Iterable[int]) -> dict[int, list[ReportPhoto]]:
    """The photos of many reports in one question, in order."""
    photos: dict[int, list[ReportPhoto]] = {}
    for row in db.session.scalars(_PHOTOS, {"report_ids": list(report_ids)}):
        photos.setdefault(row.report_id, []).append(row)
    return photos


_PHOTOS = (
    select(ReportPhoto)
    .where(ReportPhoto.report_id == any_(bindparam("report_ids", type_=ARRAY(BigInteger))))
    .options(joinedload(ReportPhoto.photo, innerjoin=True))
    .order_by(ReportPhoto.report_id, ReportPhoto.moment, ReportPhoto.added_at, ReportPhoto.position)
    .execution_options(**PREPARED)
)


def photos_added_since(report_id: int, moment: datetime) -> bool:
    """Whether the reporter added photos that nobody has released yet."""
    later = select(ReportPhoto.photo_id).where(ReportPhoto.report_id == report_id, ReportPhoto.added_at > moment)
    return db.session.scalars(later.limit(1)).first() is not None


#: A page of one's own reports; nobody scrolls further on a phone.
MOST_OWN = 100


def of_device(device: str) -> list[Report]:
    """What was sent with this browser, newest first."""
    return list(db.session.scalars(_newest_whole().where(Report.device == device).limit(MOST_OWN)))


def of_emails(emails: Sequence[str]) -> list[Report]:
    """What was sent with these addresses, newest first."""
    wanted = [email.lower() for email in emails]
    mine = select(ReportContact.report_id).where(func.lower(ReportContact.email).in_(wanted))
    return list(db.session.scalars(_newest_whole().where(Report.id.in_(mine)).limit(MOST_OWN)))


def _newest_whole() -> Select[Any]:
    return select(Report).options(*WHOLE).order_by(Report.received_at.desc(), Report.id.desc())


def any_sent_before(photo_ids: Sequence[uuid.UUID]) -> bool:
    """Whether one of these photos belongs to a report already."""
    question = select(ReportPhoto.photo_id).where(ReportPhoto.photo_id.in_(photo_ids)).limit(1)
    return bool(photo_ids) and db.session.scalars(question).first() is not None


def photos_without_report(at: datetime, *, limit: int) -> list[Photo]:
    """Photos that no report has, and that need not be kept for one any more."""
    return list(
        db.session.scalars(
            select(Photo)
            .where(
                is_over(Photo.received_at, Kept.UNSENT, at),
                Photo.used_at.is_(None),
                ~select(Draft).where(Photo.id == any_(Draft.photos)).exists(),
                ~select(Upload).where(Upload.photo_id == Photo.id).exists(),
            )
            .order_by(Photo.received_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )


def report_of_photo(photo_id: uuid.UUID) -> tuple[Photo, Report, ReportPhoto] | None:
    """A photo with the report it belongs to, and how."""
    row = db.session.execute(_OF_PHOTO, {"photo_id": photo_id}).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


_OF_PHOTO = (
    select(Photo, Report, ReportPhoto)
    .join(ReportPhoto, ReportPhoto.photo_id == Photo.id)
    .join(Report, Report.id == ReportPhoto.report_id)
    .where(Photo.id == bindparam("photo_id"))
    .execution_options(**PREPARED)
)


def later_words(report_id: int) -> list[ReporterWords]:
    """What the reporter said after the report itself, oldest first. For the office and the reporter only."""
    return list(
        db.session.scalars(select(ReporterWords).where(ReporterWords.report_id == report_id).order_by(ReporterWords.id))
    )


def has_supported(report_id: int, device: str | None) -> bool:
    """Whether this device said «Κι εγώ»."""
    return device is not None and db.session.get(Support, (report_id, device)) is not None
