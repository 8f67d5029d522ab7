"""Small parts that many rows show, made here and not by a macro: a state, a moment, and what all lines share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from markupsafe import Markup

from app.extensions import now
from app.language import Reader, reader
from app.pages.icons import icon
from app.reports.lifecycle import STATUS_LABELS, Status
from app.reports.row_queries import ReportRow

_STATUS = Markup('<span class="status is-{}">{}{}</span>')


def status_tag(status: Status) -> Markup:
    """A report's state: icon and word, coloured by its token."""
    return _STATUS.format(status.value, icon(f"status-{status.value}", ""), STATUS_LABELS[status])


def time_tag(moment: datetime, kind: str = "ago") -> Markup:
    """«πριν από 2 ώρες» (``ago``), «Δευτ. 23 Νοε, 09:40» (``moment``), «Τετάρτη 2 Δεκεμβρίου» (``day``)."""
    speak = reader()
    match kind:
        case "ago":
            words = speak.ago(moment, now())
        case "day":
            words = speak.day(moment)
        case _:
            words = speak.moment(moment)
    return _time(speak, moment, words)


def _time(speak: Reader, moment: datetime, words: str) -> Markup:
    # By hand: none of the three has anything to escape, and a list has fifty of them.
    return Markup(f'<time datetime="{moment.isoformat()}" title="{speak.moment_full(moment)}">{words}</time>')  # noqa: S704


class Common(NamedTuple):
    """What a line of any list of reports shows, in the reader's language."""

    kind: str
    icon: Markup
    status: str
    when: Markup


class CommonLines:
    """Makes it for the rows of one list, with what is the same for many looked up once."""

    def __init__(self, reports: Iterable[ReportRow], at: datetime) -> None:
        rows = list(reports)
        self._speak, self._at = reader(), at
        self._kinds = {row.category.code: self._speak.name(row.category) for row in rows}
        self._states = {
            status: (icon(f"status-{status.value}", ""), str(STATUS_LABELS[status]))
            for status in {row.status for row in rows}
        }

    def of(self, row: ReportRow) -> Common:
        ago = self._speak.ago(row.received_at, self._at)
        when = _time(self._speak, row.received_at, ago)
        return Common(self._kinds[row.category.code], *self._states[row.status], when)
