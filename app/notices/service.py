"""Tells people what happened, once each, from committed history rows; what could not be told stays visible."""

from __future__ import annotations

import hashlib
import random
import smtplib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

from app.accounts.citizens import token_of
from app.errors import MoveNotAllowed, NotFound
from app.extensions import MAIL, PUSH, defer_many, job, now, unit_of_work
from app.notices import letters, post, push, queries
from app.notices.models import Channel, Notice, NoticeKind, NoticeState
from app.notices.outside import Later
from app.reports.lifecycle import Move

#: What happened longer ago is no news: the worker was away, or history was brought in from elsewhere.
NEWS_FOR = timedelta(days=2)
#: What the reporter is written to about.
#: Whoever was told that a crew comes hears when it could not do it; that it began or rests stands on the page.
REPORTERS = frozenset(
    {
        Move.SUBMIT,
        Move.ACCEPT,
        Move.REJECT,
        Move.ASK,
        Move.FORWARD,
        Move.MERGE,
        Move.SCHEDULE,
        Move.COULD_NOT,
        Move.RESOLVE,
        Move.CLOSE,
        Move.REOPEN,
    }
)
#: A question to the reporter is the reporter's to answer; whoever only follows hears the rest.
FOLLOWED = REPORTERS - {Move.ASK}
#: Of a kind, an area or a circle people hear what begins and what ends, not every step between.
NEWS = FOLLOWED - {Move.COULD_NOT, Move.MERGE, Move.CLOSE}
#: 4 s, 16 s, … 18 h: a mail server may be away for a day.
MOST_TRIES = 9
#: A link that comes later than a quarter of an hour is of no use.
MOST_TRIES_OF_A_LINK = 5
ANSWER_LENGTH = 500
#: A letter that somebody waits for does not stand in line behind the sizes of a hundred photos.
SOON, SOONER, SOONEST = 5, 10, 20


class Gone(Exception):
    """Nobody is there any more to be told."""


class Patience(BaseRetryStrategy):
    """Waits four times as long each time; ``deliver`` itself says when it is enough."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        wait = exception.wait_s if isinstance(exception, Later) else 4.0 ** (min(job.attempts, MOST_TRIES) + 1)
        # A little apart, so that what failed together does not come back together.
        return RetryDecision(retry_in={"seconds": round(wait * random.uniform(1, 1.25))})  # noqa: S311


@job("history.written", priority=SOON)
def tell(history_id: int) -> None:
    """Queue a notice for everybody who hears of one history row, unless a later row tells the same people more."""
    at = now()
    with unit_of_work():
        row = queries.row_unless_undone(history_id)
        if row is None or row.at < at - NEWS_FOR:
            return
        later = queries.later_moves(row)
        reporter, followed, news = (frozenset() if later & moves else moves for moves in (REPORTERS, FOLLOWED, NEWS))
        deliver_soon(queries.create_notices(row.id, reporter=reporter, followed=followed, news=news, at=at))


@job("notices.deliver", queue=MAIL, priority=SOONER, retry=Patience())
def deliver(notice_id: int) -> None:
    """Send one letter. However often it runs, it is sent once; after the last try the office sees why it was not."""
    _deliver(notice_id)


@job("notices.push", queue=PUSH, priority=SOONER, retry=Patience())
def deliver_push(notice_id: int) -> None:
    """Send one message to a telephone, in the same manner."""
    _deliver(notice_id)


def deliver_soon(notices: Iterable[tuple[int, Channel]]) -> None:
    """Queue the sending of notices, as (id, channel): mail servers and push services do not wait for each other."""
    by_job: dict[str, list[dict[str, Any]]] = {"notices.deliver": [], "notices.push": []}
    for notice_id, channel in notices:
        by_job["notices.push" if channel is Channel.PUSH else "notices.deliver"].append({"notice_id": notice_id})
    for name, arguments in by_job.items():
        defer_many(name, arguments)


@job("notices.magic_link", queue=MAIL, priority=SOONEST, retry=Patience())
def magic_link(email: str, seed: str, language: str) -> None:
    """Send the link by which a citizen opens their reports on another device; the token itself is kept nowhere."""
    token = token_of(seed)
    about, recipient = f"link:{hashlib.sha256(token.encode()).hexdigest()}", email.lower()
    with unit_of_work():
        queries.create_notice(
            kind=NoticeKind.MAGIC_LINK,
            channel=Channel.MAIL,
            recipient=recipient,
            language=language,
            about=about,
            queued_at=now(),
        )
        notice_id = queries.letter_about(about=about, recipient=recipient)
    if notice_id is not None:
        _deliver(notice_id, token=token)


def _deliver(notice_id: int, *, token: str = "") -> None:
    at = now()
    try:
        with unit_of_work():
            notice = queries.locked_notice(notice_id, NoticeState.WAITING)
            if notice is None:
                return
            try:
                _send(notice, token=token, at=at)
            except Gone as reason:
                notice.state, notice.last_error = NoticeState.DISMISSED, str(reason)
            else:
                notice.state, notice.sent_at, notice.last_error = NoticeState.SENT, at, ""
    except Later:
        raise
    except Exception as trouble:
        if _note(notice_id, trouble):
            raise


def _send(notice: Notice, *, token: str, at: datetime) -> None:
    wish = notice.subscription
    if wish is not None and wish.ended_at is not None:
        raise Gone("ended")
    if notice.channel is Channel.PUSH:
        endpoint = wish.push_endpoint if wish else None
        if endpoint is None or endpoint.gone_at is not None:
            raise Gone("gone")
        try:
            push.send(endpoint, letters.pushed(notice))
        except push.EndpointGone as gone:
            endpoint.gone_at = at
            raise Gone(str(gone)) from gone
        return
    if notice.kind in (NoticeKind.SERVICE, NoticeKind.NEWS) and _enough(notice.recipient, at):
        raise Later(1800)  # this address has had its letters of the hour
    config = current_app.config
    letter = letters.written(notice, token=token, at=at)
    post.send(letter, smtp_url=config["SMTP_URL"], folder=config["DATA_DIR"] / "mail")


def _enough(recipient: str, at: datetime) -> bool:
    sent = queries.how_many_letters(recipient, since=at - timedelta(hours=1), sent=True)
    return sent >= queries.MOST_LETTERS_AN_HOUR


def _note(notice_id: int, trouble: Exception) -> bool:
    """Keep what the other side said; False when there is nothing more to try."""
    with unit_of_work():
        notice = queries.locked_notice(notice_id, NoticeState.WAITING)
        if notice is None:
            return False
        notice.attempts += 1
        notice.last_error = _words_of(trouble)
        most = MOST_TRIES_OF_A_LINK if notice.kind is NoticeKind.MAGIC_LINK else MOST_TRIES
        if notice.attempts >= most or _for_good(trouble):
            notice.state = NoticeState.FAILED
            return False
    return True


def _for_good(trouble: Exception) -> bool:
    """Whether the other side said that trying again is of no use."""
    if isinstance(trouble, smtplib.SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _said in trouble.recipients.values())
    return isinstance(trouble, push.Refused)


def _words_of(trouble: Exception) -> str:
    """The server's own words, for the office."""
    if isinstance(trouble, smtplib.SMTPRecipientsRefused):
        answers = " ".join(f"{code} {words.decode(errors='replace')}" for code, words in trouble.recipients.values())
    elif isinstance(trouble, smtplib.SMTPResponseException):
        words = trouble.smtp_error
        answers = f"{trouble.smtp_code} {words.decode(errors='replace') if isinstance(words, bytes) else words}"
    else:
        answers = f"{type(trouble).__name__}: {trouble}"
    return answers.replace("\0", "")[:ANSWER_LENGTH]


# -- what the office sees ----------------------------------------------------------------------------------------


def failed(*, after: int | None = None, limit: int = 50) -> list[Notice]:
    """What could not be delivered, newest first; ``after`` is the last id of the page before."""
    return queries.failed(after=after, limit=limit)


def how_many_failed() -> int:
    return queries.how_many_failed()


def retry(notice_id: int) -> Notice:
    """Try again from the beginning. Raises NotFound, or MoveNotAllowed for a link that would come too late."""
    notice = _failed(notice_id)
    if notice.kind is NoticeKind.MAGIC_LINK:
        raise MoveNotAllowed(_l("Ο σύνδεσμος έχει λήξει. Ο πολίτης μπορεί να ζητήσει νέο από τη σελίδα του."))
    notice.state, notice.attempts = NoticeState.WAITING, 0
    deliver_soon([(notice.id, notice.channel)])
    return notice


def dismiss(notice_id: int) -> Notice:
    """The office has seen it, and it leaves the list. Raises NotFound."""
    notice = _failed(notice_id)
    notice.state = NoticeState.DISMISSED
    return notice


def _failed(notice_id: int) -> Notice:
    notice = queries.locked_notice(notice_id, NoticeState.FAILED)
    if notice is None:
        raise NotFound(_("Αυτή η ειδοποίηση δεν είναι πια στις αποτυχημένες."))
    return notice
