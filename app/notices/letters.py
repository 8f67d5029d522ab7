"""What a notice says: letters as plain text and the same as HTML, push messages in two lines. Nothing is tracked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, render_template
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from app.geo.places import format_distance
from app.language import format_day, localized
from app.notices import post, queries
from app.notices.models import Notice, NoticeKind, Subscription, Topic
from app.reports.lifecycle import MOVE_LABELS, STATUS_LABELS, Move
from app.reports.models import Report, ReportHistory
from app.reports.presenting import place_of

#: A morning's letter names this many reports of one wish; the list on the site has the rest.
MOST_IN_A_GROUP = 30


def written(notice: Notice, *, token: str, at: datetime) -> EmailMessage:
    """The letter of a notice; ``token`` is a magic link's."""
    with force_locale(notice.language):
        if notice.kind is NoticeKind.MAGIC_LINK:
            return _link(notice, token, at=at)
        if notice.kind is NoticeKind.OPERATOR:
            return _disk(notice, at=at)
        if notice.kind is NoticeKind.CONFIRMATION:
            return _confirm(notice, at=at)
        if notice.kind is NoticeKind.DIGEST:
            return _digest(notice, at=at)
        return _followed(notice, at=at) if notice.subscription else _report(notice, at=at)


def pushed(notice: Notice) -> dict[str, str]:
    """A push message: what, where, and the page to open."""
    row, report = queries.history_rows([notice.history_id or 0])[0]
    with force_locale(notice.language):
        return {
            "title": f"{localized(report.category)}: {STATUS_LABELS[row.status]}",
            "body": f"{MOVE_LABELS[_move(row)]}{_local_time(report)}",
            "url": f"/r/{report.reference}",
            "tag": f"report-{report.reference}",
            "lang": notice.language,
        }


def topic_label(wish: Subscription) -> str:
    """What somebody follows, in one line."""
    if wish.report is not None:
        return _(
            "%(category)s, αναφορά %(reference)s",
            category=localized(wish.report.category),
            reference=wish.report.reference,
        )
    if wish.category is not None and wish.area is not None:
        return f"{localized(wish.category)} · {localized(wish.area)}"
    if wish.category is not None:
        return _("%(category)s σε όλο τον Δήμο", category=localized(wish.category))
    if wish.area is not None:
        return localized(wish.area)
    distance = format_distance(wish.radius_m or 0)
    if wish.near_place is None:
        return _("Έως %(distance)s γύρω από το σημείο σας", distance=distance)
    return _("Έως %(distance)s γύρω από το σημείο σας (%(place)s)", distance=distance, place=localized(wish.near_place))


def _local_time(report: Report) -> str:
    where = place_of(report)
    return f" · {where}" if where else ""


def address(path: str) -> str:
    return f"{current_app.config['PUBLIC_URL']}{path}"


def _letter(
    notice: Notice, name: str, subject: str, content: dict[str, Any], *, to: str = "", at: datetime
) -> EmailMessage:
    config = current_app.config
    letter = EmailMessage(policy=post.LETTER)
    letter["Subject"] = " ".join(subject.split())
    letter["From"] = Address(_("Καθημερινά"), addr_spec=config["MAIL_FROM"])
    letter["To"] = Address(addr_spec=to or notice.recipient)
    letter["Date"] = format_datetime(at)
    # The same at every try, so that a mail server that has it already can tell.
    letter["Message-ID"] = f"<{notice.kind}-{notice.id}@{urlsplit(config['PUBLIC_URL']).hostname}>"
    letter["Auto-Submitted"] = "auto-generated"
    content = content | {"language": notice.language}
    letter.set_content(render_template(f"letters/{name}.txt", **content))
    letter.add_alternative(render_template(f"letters/{name}.html", **content), subtype="html")
    # Set last: what begins with Content- moves into the first part when a second one comes.
    letter["Content-Language"] = notice.language
    return letter


def _leaving(letter: EmailMessage, link: str) -> EmailMessage:
    """One click ends it, without a page and without a question (RFC 8058)."""
    letter["List-Unsubscribe"] = f"<{link}>"
    letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return letter


def happened(row: ReportHistory, report: Report) -> dict[str, Any]:
    """What everybody may know of a row: none of the reporter's own words."""
    move = _move(row)
    return {
        "report": report,
        "row": row,
        "category": localized(report.category),
        "where": place_of(report),
        "happened": MOVE_LABELS[move],
        "status": STATUS_LABELS[row.status],
        "said_words": "" if move is Move.SUBMIT else row.public_words,
        "target": format_day(report.target_at) if report.target_at and row.status in _TARGETED else "",
        "link": address(f"/r/{report.reference}"),
    }


def _move(row: ReportHistory) -> Move:
    """To everybody else a report begins when the office has come to trust it."""
    return Move.SUBMIT if "trusted" in row.detail else row.move


_TARGETED = ("received", "accepted", "scheduled")


def _subject(content: dict[str, Any]) -> str:
    return _(
        "%(category)s, αναφορά %(reference)s: %(status)s",
        category=content["category"],
        reference=content["report"].reference,
        status=content["status"],
    )


def _report(notice: Notice, *, at: datetime) -> EmailMessage:
    """To the reporter, about their own report or the one it was merged into."""
    row, report = queries.history_rows([notice.history_id or 0])[0]
    own = queries.own_report(report.id, notice.recipient)
    if own is None or own.contact is None:
        raise ValueError(f"report {report.reference} has nobody to write to")
    content = happened(row, report) | {
        "own": own,
        "link": address(f"/r/{own.reference}/{own.tracking_token}"),
    }
    return _letter(notice, "report", _subject(content), content, to=own.contact.email or "", at=at)


def _followed(notice: Notice, *, at: datetime) -> EmailMessage:
    """To whoever follows: only what everybody may know."""
    row, report = queries.history_rows([notice.history_id or 0])[0]
    wish = queries.subscriptions([notice.subscription_id or 0])[notice.subscription_id or 0]
    content = happened(row, report) | _wish(wish)
    return _leaving(_letter(notice, "followed", _subject(content), content, at=at), content["leave"])


def _wish(wish: Subscription) -> dict[str, Any]:
    return {
        "topic": topic_label(wish),
        "own_report": wish.topic is Topic.REPORT,
        "leave": address(f"/unsubscribe/{wish.token}"),
        "manage": address(f"/follow/manage/{wish.token}"),
    }


def _digest(notice: Notice, *, at: datetime) -> EmailMessage:
    groups = notice.detail["groups"]
    wishes = queries.subscriptions([group["subscription"] for group in groups])
    rows = {row.id: (row, report) for row, report in queries.history_rows([i for g in groups for i in g["history"]])}
    told_groups = []
    count: set[int] = set()
    for group in groups:
        wish = wishes.get(group["subscription"])
        if wish is not None:
            told_groups.append(_wish(wish) | _group([rows[i] for i in group["history"] if i in rows]))
            count.update(rows[i][1].id for i in group["history"] if i in rows)
    if not told_groups:
        raise ValueError("nobody follows any of it any more")
    leave = f"{told_groups[0]['leave']}?daily=1"
    content = {"groups": told_groups, "manage": told_groups[0]["manage"], "leave": leave}
    subject = ngettext("Τα νέα της ημέρας: %(num)s αναφορά", "Τα νέα της ημέρας: %(num)s αναφορές", len(count))
    return _leaving(_letter(notice, "digest", subject, content, at=at), leave)


def _group(rows: Sequence[tuple[ReportHistory, Report]]) -> dict[str, Any]:
    return {
        "items": [happened(row, report) for row, report in rows[:MOST_IN_A_GROUP]],
        "more": max(0, len(rows) - MOST_IN_A_GROUP),
        "all": address("/reports"),
    }


def _confirm(notice: Notice, *, at: datetime) -> EmailMessage:
    wish = queries.subscriptions([notice.subscription_id or 0])[notice.subscription_id or 0]
    content = _wish(wish) | {"link": address(f"/follow/confirm/{wish.token}")}
    return _letter(
        notice,
        "confirm",
        _("Επιβεβαιώστε ότι θέλετε να ακολουθείτε: %(topic)s", topic=content["topic"]),
        content,
        at=at,
    )


def _disk(notice: Notice, *, at: datetime) -> EmailMessage:
    content = notice.detail | {"where": address("/")}
    return _letter(notice, "disk", _("Ο δίσκος της Καθημερινά γεμίζει"), content, at=at)


def _link(notice: Notice, token: str, *, at: datetime) -> EmailMessage:
    content = {"link": address(f"/mine/link/{token}")}
    return _letter(notice, "link", _("Οι αναφορές σας, με ένα πάτημα"), content, at=at)
