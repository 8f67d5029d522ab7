"""What could not be delivered: to whom, about what, why, and the way to try again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.accounts.permissions import Act, require
from app.errors import MoveNotAllowed, NotFound
from app.extensions import unit_of_work
from app.notices import service
from app.notices.models import Channel, Notice, NoticeKind
from app.pages.office.blueprint import office
from app.pages.office.desk_queries import references_of
from app.pages.office.labels import NOTICE_KINDS, TROUBLES
from app.pages.refusal import Refusal, typed_stays
from app.reports.lifecycle import MOVE_LABELS

PAGE = 50


@dataclass(frozen=True)
class FailedLetter:
    """One line of the list; ``why`` is the other side's answer in plain words."""

    notice: Notice
    to: str
    about: str
    reference: str | None
    why: str
    may_retry: bool


def show(notice_id: int | None = None, refusal: Refusal | None = None) -> str:
    """The list; a press that came too late stands above it with its reason."""
    notices = service.failed(after=request.args.get("after", type=int), limit=PAGE + 1)
    rest = notices[PAGE - 1].id if len(notices) > PAGE else None
    return render_template("office/letters.html", lines=lines(notices[:PAGE]), next=rest, refusal=refusal)


@office.get("/letters")
def letters() -> str:
    """What could not be delivered, newest first."""
    return show()


@office.post("/letters/<int:notice_id>/retry")
@typed_stays(show)
def retry_letter(notice_id: int) -> Response:
    """Send it again from the beginning."""
    require(Act.TRIAGE_REPORT)
    with unit_of_work():
        service.retry(notice_id)
    flash(_("Στέλνεται ξανά τώρα. Αν δεν φύγει, θα γυρίσει εδώ."), "ok")
    return redirect(url_for("office.letters"), 303)


@office.post("/letters/<int:notice_id>/dismiss")
@typed_stays(show)
def dismiss_letter(notice_id: int) -> Response:
    """The office knows, and it leaves the list."""
    require(Act.TRIAGE_REPORT)
    with unit_of_work():
        service.dismiss(notice_id)
    flash(_("Έφυγε από τη λίστα."), "ok")
    return redirect(url_for("office.letters"), 303)


@office.post("/letters/retry")
def retry_letters() -> Response:
    """Send again everything that stood on the page; what somebody else has seen to meanwhile is left alone."""
    require(Act.TRIAGE_REPORT)
    with unit_of_work():
        sent = sum(_retried(number) for number in request.form.getlist("notice", type=int)[:PAGE])
    message = ngettext("%(num)s επιστολή στέλνεται ξανά τώρα.", "%(num)s επιστολές στέλνονται ξανά τώρα.", sent)
    flash(message, "ok")
    return redirect(url_for("office.letters"), 303)


def _retried(notice_id: int) -> bool:
    with suppress(NotFound, MoveNotAllowed):
        service.retry(notice_id)
        return True
    return False


def lines(notices: Sequence[Notice]) -> list[FailedLetter]:
    references = references_of({notice.history.report_id for notice in notices if notice.history})
    return [
        FailedLetter(
            notice=notice,
            to=notice.recipient if notice.channel is Channel.MAIL else _("ένας περιηγητής"),
            about=str(MOVE_LABELS[notice.history.move] if notice.history else NOTICE_KINDS[notice.kind]),
            reference=references.get(notice.history.report_id) if notice.history else None,
            why=trouble_label(notice.last_error),
            may_retry=notice.kind is not NoticeKind.MAGIC_LINK,
        )
        for notice in notices
    ]


def trouble_label(answer: str) -> str:
    """A mail server's or push service's answer as a sentence for people."""
    return str(next((words for sign, words in TROUBLES if re.search(sign, answer)), _("Άγνωστος λόγος.")))
