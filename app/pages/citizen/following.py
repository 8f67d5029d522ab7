"""A report as its page and the public list show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from shapely.geometry import Point

from app.categories import pace
from app.devices import known_device
from app.moderation.visibility import visible_photos
from app.reports import queries, recurrence, spot_queries
from app.reports.housekeeping import silence_ends
from app.reports.lifecycle import MOVES, OPEN, Move, Status
from app.reports.models import PhotoMoment, ReporterWords, ReportHistory
from app.reports.presenting import answers, format_location, history_entry, photo_urls
from app.reports.row_queries import WholeReport

#: The road in the order in which it is walked; other states stand beside it.
ROAD = (Status.RECEIVED, Status.ACCEPTED, Status.SCHEDULED, Status.IN_PROGRESS, Status.RESOLVED, Status.CLOSED)

#: What the timeline calls the reporter's own deeds when the reporter reads it.
OWN_WORDS = {
    Move.OBJECT: _l("Είπατε ότι δεν έγινε όπως έπρεπε"),
    Move.WITHDRAW: _l("Αποσύρατε την αναφορά"),
    Move.AMEND: _l("Συμπληρώσατε ή διορθώσατε την αναφορά"),
    Move.ASK: _l("Το γραφείο σάς ρώτησε κάτι"),
}


@dataclass(frozen=True)
class Following:
    """Everything one report's page needs. ``key`` is what the address has; ``own`` says that the reporter looks."""

    report: WholeReport
    key: str | None
    own: bool
    rows: Sequence[ReportHistory]
    said: Sequence[ReporterWords]

    @classmethod
    def of(cls, report: WholeReport, key: str | None, own: bool) -> Following:
        return cls(
            report=report,
            key=key,
            own=own,
            rows=queries.history(report.id, public=True),
            said=queries.later_words(report.id) if own else [],
        )

    def parts(self, *, new: bool) -> dict[str, Any]:
        report, own = self.report, self.own
        photos = {moment.value: self.shown(moment) for moment in PhotoMoment}
        return {
            "report": report,
            "key": self.key,
            "own": own,
            "new": own and new,
            "released": report.released_at is not None and report.suspicion is None,
            "where": format_location(report, with_address=own),
            "lon": report.lon,
            "lat": report.lat,
            "photos": photos,
            "compared": self.compared(photos),
            "timeline": self.timeline(),
            "step": ROAD.index(report.status) + 1 if report.status in ROAD else None,
            "road": ROAD,
            "is_open": report.status in OPEN,
            "usual_days": report.category.usual_days if report.category.usual_of >= pace.AT_LEAST else None,
            "silence_ends": self.silence_ends(),
            "question": self.question(),
            "may_withdraw": Move.WITHDRAW in MOVES[report.status] and not report.supporters,
            "reason": self.last_words(Move.REJECT) if report.status is Status.REJECTED else "",
            "answers": answers(report) if own or report.released_at else [],
            "near": self.near() if own and new else [],
            "address": url_for("citizen.track", reference=report.reference, key=report.tracking_token, _external=True)
            if own
            else "",
            "supports": not own and queries.has_supported(report.id, known_device()),
            "supportable": report.status in OPEN,
            "may_recur": not own and recurrence.was_put_right(report),
            "others_object": self.others_object(),
            "sent_from_here": own and report.device is not None and report.device == known_device(),
            "to": self.to,
        }

    def to(self, deed: str) -> str:
        """Where one of the reporter's forms goes."""
        return url_for("citizen.act", reference=self.report.reference, key=self.key, deed=deed)

    def shown(self, moment: PhotoMoment) -> list[dict[str, Any]]:
        token = self.report.tracking_token if self.own else None
        rows = visible_photos(self.report, self.report.photos, all_of_them=self.own)
        return [photo_urls(row, token) for row in rows if row.moment is moment]

    def compared(self, photos: Mapping[str, Sequence[dict[str, Any]]]) -> dict[str, Any] | None:
        """The photo it began with beside the one it ended with, when it was put right and this reader may see both."""
        before, after = photos[PhotoMoment.BEFORE], photos[PhotoMoment.AFTER]
        if not (before and after and recurrence.was_put_right(self.report)):
            return None
        return {"before": before[0], "after": after[-1]}

    def timeline(self) -> list[dict[str, Any]]:
        """What happened, oldest first; for the reporter with the words that only the office reads besides."""
        words_by_moment = {words.at: words.words for words in self.said}
        return [
            history_entry(row, public=True)
            | {"status": row.status, "move_words": self.sentence_for(row), "own_words": words_by_moment.get(row.at, "")}
            for row in self.rows
        ]

    def sentence_for(self, row: ReportHistory) -> str:
        by_reporter = row.detail.get("by") == "reporter"
        if row.move is Move.CLOSE and by_reporter:
            return _("Είπατε ότι είναι εντάξει") if self.own else _("Ο πολίτης επιβεβαίωσε ότι έγινε")
        if row.move is Move.CLOSE and row.detail.get("silence"):
            return _("Ολοκληρώθηκε, αφού κανείς δεν είπε κάτι άλλο")
        if row.move is Move.ANSWER and by_reporter and self.own:
            return _("Απαντήσατε στο γραφείο")
        if row.move is Move.OBJECT and row.detail.get("again"):
            return _("Άλλοι πολίτες λένε ότι χάλασε ξανά")
        words = OWN_WORDS.get(row.move) if self.own else None
        return str(words) if words else str(history_entry(row, public=True)["move_words"])

    def silence_ends(self) -> Any:
        """Until when the reporter is asked, or None."""
        waits = self.report.status is Status.RESOLVED and self.report.objected_at is None
        return silence_ends(self.report.resolved_at) if waits and self.report.resolved_at else None

    def others_object(self) -> bool:
        """Whether readers, and not its reporter, say that it is not right."""
        objections = [row for row in self.rows if row.move is Move.OBJECT]
        return bool(objections and objections[-1].detail.get("again"))

    def question(self) -> str:
        """What the office asks, while it waits for the answer."""
        return self.last_words(Move.ASK) if self.report.status is Status.QUESTION else ""

    def last_words(self, move: Move) -> str:
        """What everybody reads of the last decision of this kind."""
        return next((row.public_words for row in reversed(self.rows) if row.move is move), "")

    def near(self) -> list[dict[str, Any]]:
        """Open reports of the same kind around this one, for its reporter only."""
        report = self.report
        spot = Point(report.lon, report.lat)
        return spot_queries.where_is(spot, report.category, but_not=report.id).open_near
