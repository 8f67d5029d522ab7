"""What was put right and is broken again: a new report that knows the old one."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.extensions import db
from app.reports import queries
from app.reports.lifecycle import Move, Status
from app.reports.models import Report, ReportHistory
from app.reports.references import reference_from
from app.reports.row_queries import Shown
from app.reports.transitions import move

#: So many readers who say so ask the office to look again.
ENOUGH: Final = 3
#: Something was put right, so it can break again.
PUT_RIGHT: Final = frozenset({Status.RESOLVED, Status.CLOSED})


def recurred(typed: str) -> Report | None:
    """The report that is meant, when it was put right and everybody may see it; else None."""
    number = reference_from(typed) if typed else None
    if number is None:
        return None
    wanted = select(Report).where(Report.reference == number, Report.suspicion.is_(None))
    report = db.session.scalars(wanted).one_or_none()
    return report if report is not None and was_put_right(report) else None


def was_put_right(report: Shown) -> bool:
    """Whether a crew put it right, so that it can break again; what was only closed never was."""
    return report.status in PUT_RIGHT and report.resolved_at is not None


def note(old: Report, new: Report, *, at: datetime) -> None:
    """Write at the old report which new one says so; the third from another device asks the office to look again."""
    held = queries.locked_report(old.reference)
    if held.status not in PUT_RIGHT:
        return
    move(held, Move.NOTE, by=None, at=at, detail={"again": new.reference})
    if held.objected_at is None and _how_many(held) >= ENOUGH:
        with force_locale(held.language):
            words = _("Περισσότεροι από ένας πολίτες λένε ότι χάλασε ξανά.")
        move(held, Move.OBJECT, by=None, at=at, public=words, detail={"again": True})


def _how_many(report: Report) -> int:
    """Different devices that said so since it was put right; what came by a program counts as one."""
    said = select(ReportHistory.detail["again"].astext).where(
        ReportHistory.report_id == report.id, ReportHistory.move == Move.NOTE, ReportHistory.at >= report.resolved_at
    )
    count = select(func.count(func.distinct(func.coalesce(Report.device, "")))).where(Report.reference.in_(said))
    return db.session.scalar(count) or 0
