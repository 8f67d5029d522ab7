"""What the reporter, and others who care, do with a report after it was sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.categories.models import PublishPolicy
from app.errors import Invalid
from app.extensions import db
from app.media import service as media
from app.media.models import Photo
from app.moderation import screening
from app.moderation.flags import raise_flag
from app.moderation.models import FlagReason
from app.moderation.visibility import require_visible
from app.reports import queries, validation
from app.reports.attachments import MAX_PHOTOS, attach
from app.reports.lifecycle import OPEN, Move, Status, move_not_allowed
from app.reports.models import PhotoMoment, Report, ReporterWords, ReportPhoto, Support, WordsKind
from app.reports.transitions import lock_report, move

#: Photos already taken in; as a function they are looked for only once everything else is known to be well.
Photos = Sequence[Photo] | Callable[[], Sequence[Photo]]
#: Others still wait for the same thing while it is in one of these.
SUPPORTABLE = OPEN | {Status.RESOLVED}


def confirm(reference: str, *, at: datetime) -> Report:
    """The reporter says that it is done. Raises MoveNotAllowed unless it is resolved."""
    report = lock_report(reference, None)
    if report.status is not Status.RESOLVED:
        raise move_not_allowed(report.status)
    move(report, Move.CLOSE, by=None, at=at, detail={"by": "reporter"})
    return report


def object_to(reference: str, *, words: str, photos: Photos = (), at: datetime) -> Report:
    """The reporter says that it is not done; the office decides about opening it again. ``words`` are compulsory."""
    report = lock_report(reference, None)
    if report.resolved_at is None or report.objected_at is not None:
        raise move_not_allowed(report.status)
    _say(report, WordsKind.OBJECTION, words, photos, at=at, missing=_("Γράψτε τι δεν έγινε, για να το δει το γραφείο."))
    move(report, Move.OBJECT, by=None, at=at)
    return report


def answer(reference: str, *, words: str, photos: Photos = (), at: datetime) -> Report:
    """The reporter answers the office's question."""
    report = lock_report(reference, None)
    if report.status is not Status.QUESTION:
        raise move_not_allowed(report.status)
    _say(report, WordsKind.ANSWER, words, photos, at=at, missing=_("Γράψτε την απάντηση."))
    move(report, Move.ANSWER, by=None, at=at, detail={"by": "reporter"})
    return report


def amend(
    reference: str,
    *,
    at: datetime,
    description: str | None = None,
    withdraw_photos: Sequence[UUID] = (),
    photos: Photos = (),
    words: str = "",
) -> Report:
    """Correct the own words (empty withdraws them), withdraw photos, add photos or a word more.

    History is never rewritten, so it says only that something was changed, not what had stood there.
    """
    report = lock_report(reference, None)
    was_seen = report.released_at is not None
    changed: dict[str, Any] = {}
    if description is not None and validation.description(description) != report.description:
        report.description = validation.description(description)
        changed["description"] = True
        if report.description and not _published_at_once(report):
            report.released_at = None
    for row in queries.photos_of([report.id]).get(report.id, []):
        if row.photo_id in withdraw_photos and row.moment is not PhotoMoment.AFTER:
            db.session.delete(row)
            db.session.flush()
            media.discard(row.photo)
            changed["photos_withdrawn"] = changed.get("photos_withdrawn", 0) + 1
    added = _add_photos(report, photos, at=at)
    if added:
        changed["photos_added"] = added
    if words.strip():
        _say(report, WordsKind.ADDITION, words, (), at=at)
        changed["words_added"] = True
    if not changed:
        raise Invalid({"form": [_("Δεν αλλάξατε κάτι ακόμη.")]})
    # What the office has hidden stays hidden, whatever is corrected in it.
    if was_seen and report.released_at is not None and _published_at_once(report):
        report.released_at = at
    move(report, Move.AMEND, by=None, at=at, detail={"changed": changed})
    return report


def withdraw(reference: str, *, words: str = "", at: datetime) -> Report:
    """The reporter takes the whole report back; ``words`` say why, to the office. Its work is the caller's to call off.

    Raises Invalid when others say that it concerns them too: then it is not the reporter's alone.
    """
    report = lock_report(reference, None)
    if report.supporters:
        raise Invalid({"form": [_("Το λένε κι άλλοι, γι’ αυτό η αναφορά μένει. Γράψτε στο γραφείο τι άλλαξε.")]})
    why = validation.description(words, "why")
    move(report, Move.WITHDRAW, by=None, at=at, internal=why, detail={"by": "reporter"})
    return report


def _published_at_once(report: Report) -> bool:
    """Whether its category shows words without a look of the office, and no blocked word stands in these."""
    if report.category.publish_policy is not PublishPolicy.AT_ONCE:
        return False
    return not screening.has_blocked_word(f"{report.description} {report.address_words}")


def _say(
    report: Report,
    kind: WordsKind,
    words: str,
    photos: Photos,
    *,
    at: datetime,
    missing: str = "",
) -> None:
    cleaned = validation.description(words, "words")
    if missing and not cleaned:
        raise Invalid({"words": [missing]})
    db.session.add(ReporterWords(report_id=report.id, kind=kind, words=cleaned, at=at))
    _add_photos(report, photos, at=at)


def _add_photos(report: Report, photos: Photos, *, at: datetime) -> int:
    """Photos that come later. Returns how many."""
    added = photos() if callable(photos) else photos
    before = db.session.scalar(
        select(func.count()).where(ReportPhoto.report_id == report.id, ReportPhoto.moment == PhotoMoment.LATER)
    )
    if added and (before or 0) + len(added) > MAX_PHOTOS:
        raise Invalid({"photo": [_("Χωρούν έως %(most)s νέες φωτογραφίες.", most=MAX_PHOTOS)]})
    attach(report, added, PhotoMoment.LATER, at=at)
    return len(added)


def support(reference: str, *, device: str, at: datetime) -> int:
    """«Κι εγώ»: counts once a device, for the report that stays when this one was merged. Returns the public count."""
    report = _held_where_it_stays(reference)
    require_visible(report, office=report.device == device)
    if report.status not in SUPPORTABLE:
        raise move_not_allowed(report.status)
    mine = insert(Support).values(report_id=report.id, device=device, at=at).on_conflict_do_nothing()
    if report.device != device and db.session.execute(mine.returning(Support.report_id)).scalar() is not None:
        report.supporters += 1
    return report.supporters


def _held_where_it_stays(reference: str) -> Report:
    """The report, or the one it was merged into, even when that is merged on at this very moment."""
    while True:
        attempt = db.session.begin_nested()
        report = lock_report(queries.reference_that_stays(reference), None)
        if report.merged_into_id is None:
            return report
        attempt.rollback()  # lets it go: held with the one it leads to now, it would be the wrong way round


def flag(reference: str, *, device: str, reason: FlagReason, words: str = "", at: datetime) -> None:
    """A reader says that something published must not stay; once a device, the last word counts."""
    report = lock_report(reference, None)
    require_visible(report, office=False)
    raise_flag(report.id, device=device, reason=reason, words=words, at=at)
    report.flagged_at = report.flagged_at or at
