"""Letters to reporters about their reports."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit

from flask import current_app, render_template
from flask_babel import force_locale
from flask_babel import gettext as _
from procrastinate import RetryStrategy
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.extensions import db, job, now, unit_of_work
from app.language import day_words, named
from app.notices import post
from app.notices.models import Letter
from app.reports.lifecycle import MOVE_WORDS, STATUS_WORDS
from app.reports.models import ReportHistory
from app.reports.presenting import place_of
from app.reports.queries import report_by_id
from app.reports.service import TOLD_BY_LETTER

#: What happened longer ago is no news: the worker was away, or history was brought in from elsewhere.
NEWS_FOR = timedelta(days=2)
MOST_LETTERS_AN_HOUR = 20


@job("notices.tell", retry=RetryStrategy(max_attempts=10, exponential_wait=4))
def tell(history_id: int) -> None:
    """Write to the reporter about one history row, unless a later one says more or it was told already."""
    at = now()
    with unit_of_work():
        row = db.session.get(ReportHistory, history_id)
        if row is None or row.at < at - NEWS_FOR or _later(row):
            return
        letter = compose(row, at=at)
        if _enough(letter["To"], at):
            return
        mine = insert(Letter).values(history_id=row.id, recipient=letter["To"], sent_at=at)
        if db.session.execute(mine.on_conflict_do_nothing().returning(Letter.history_id)).scalar() is None:
            return
        config = current_app.config
        post.send(letter, smtp_url=config["SMTP_URL"], folder=config["DATA_DIR"] / "mail")


def _later(row: ReportHistory) -> bool:
    later = select(ReportHistory.id).where(
        ReportHistory.report_id == row.report_id,
        ReportHistory.id > row.id,
        ReportHistory.move.in_(TOLD_BY_LETTER),
    )
    return db.session.scalar(later.limit(1)) is not None


def _enough(recipient: str, at: datetime) -> bool:
    """Whether this address has had its letters of the hour: a form must not be a way to flood a stranger."""
    lately = select(func.count()).where(Letter.recipient == recipient, Letter.sent_at > at - timedelta(hours=1))
    return (db.session.scalar(lately) or 0) >= MOST_LETTERS_AN_HOUR


def compose(row: ReportHistory, *, at: datetime) -> EmailMessage:
    """The letter about a history row, in the reporter's language: plain text and the same as HTML."""
    report = report_by_id(row.report_id)
    if report.contact is None or report.contact.email is None:
        raise ValueError(f"report {report.reference} has nobody to write to")
    config = current_app.config
    with force_locale(report.language):
        told = {
            "report": report,
            "row": row,
            "category": named(report.category),
            "where": place_of(report),
            "happened": MOVE_WORDS[row.move],
            "status": STATUS_WORDS[row.status],
            "target": day_words(report.target_at) if report.target_at else "",
            "link": f"{config['PUBLIC_URL']}/r/{report.reference}/{report.tracking_token}",
        }
        letter = EmailMessage()
        letter["Subject"] = _(
            "%(category)s, αναφορά %(reference)s: %(status)s",
            category=told["category"],
            reference=report.reference,
            status=told["status"],
        )
        letter["From"] = Address(_("Καθημερινά"), addr_spec=config["MAIL_FROM"])
        letter["To"] = Address(addr_spec=report.contact.email)
        letter["Date"] = format_datetime(at)
        letter["Message-ID"] = f"<report-{report.reference}-{row.id}@{urlsplit(config['PUBLIC_URL']).hostname}>"
        letter["Content-Language"] = report.language
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(render_template("letters/report.txt", **told))
        letter.add_alternative(render_template("letters/report.html", **told), subtype="html")
    return letter
