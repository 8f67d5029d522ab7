"""The one hand that changes a report's status, and the history row it writes in the same stroke."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from app.accounts.models import User
from app.errors import Stale
from app.extensions import db, defer
from app.reports import queries
from app.reports.lifecycle import (
    STATUS_LABELS,
    UNDO_WITHIN,
    UNDOABLE,
    Move,
    Status,
    next_status,
)
from app.reports.models import Report, ReportHistory


def is_undoable(row: ReportHistory) -> bool:
    """Whether it is a decision of a person in the office that may be taken back for a while."""
    return row.move in UNDOABLE and row.actor_id is not None


def record_history(
    report: Report,
    move: Move,
    *,
    by: User | None,
    at: datetime,
    public: str = "",
    internal: str = "",
    detail: dict[str, Any] | None = None,
    undoes: ReportHistory | None = None,
) -> None:
    """Write what happened. The row is the event: whoever listens hears of it in order, each report by itself."""
    row = ReportHistory(
        report_id=report.id,
        at=at,
        actor_id=by.id if by else None,
        move=move,
        status=report.status,
        public_words=public,
        internal_words=internal,
        detail=detail or {},
        undoes_id=undoes.id if undoes else None,
    )
    db.session.add(row)
    db.session.flush()
    settled = at + UNDO_WITHIN + timedelta(minutes=1) if is_undoable(row) else None
    defer("history.written", after=settled, in_order_of=f"report:{report.id}", history_id=row.id)


def move(
    report: Report,
    move: Move,
    *,
    by: User | None,
    at: datetime,
    public: str = "",
    internal: str = "",
    detail: dict[str, Any] | None = None,
    undoes: ReportHistory | None = None,
    back_to: Status | None = None,
) -> None:
    """The one hand that changes a status, and writes the history row in the same stroke."""
    report.status = next_status(report.status, move) if back_to is None else back_to
    report.version += 1
    report.updated_at = at
    if move is Move.RESOLVE:
        report.resolved_at = at
    elif move is Move.OBJECT:
        report.objected_at, report.closed_at = at, None
    elif move in (Move.CLOSE, Move.WITHDRAW):
        report.closed_at, report.objected_at = at, None
    elif move is Move.REOPEN:
        report.resolved_at = report.closed_at = report.objected_at = None
        report.life += 1
    record_history(report, move, by=by, at=at, public=public, internal=internal, detail=detail, undoes=undoes)


def lock_report(reference: str, version: int | None) -> Report:
    """Lock the report, then see that it is still what the reader saw. Raises NotFound or Stale."""
    report = queries.locked_report(reference)
    if version is not None and report.version != version:
        raise Stale(
            _l(
                "Στο μεταξύ κάποιος άλλος άλλαξε την αναφορά: τώρα είναι «%(status)s». Δείτε την ξανά· "
                "όσα γράψατε δεν χάθηκαν.",
                status=STATUS_LABELS[report.status],
            ),
            state=report.status.value,
            version=report.version,
        )
    return report
