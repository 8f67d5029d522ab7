"""The office's desk: the queues with their sizes, the list of one of them, and the place the reader stands at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

from flask import url_for
from flask_babel import ngettext

from app.categories.models import OTHER
from app.pages.bits import Common, CommonLines
from app.pages.office.desk_queries import Sizes
from app.pages.office.labels import QUEUE_LABELS
from app.reports.lifecycle import OPEN, Status
from app.reports.presenting import format_location
from app.reports.row_queries import ReportRow
from app.search.filters import Filters, Order

FIRST_QUEUE = "received"
#: Queues of several states.
ACROSS = frozenset({"unsorted", "objected", "to_look_at", "overdue", "all"})


@dataclass(frozen=True)
class Place:
    """Where the reader stands at the desk; all of it lies in the address."""

    queue: str = FIRST_QUEUE
    category: str = ""
    area: str = ""
    q: str = ""
    order: str = ""
    after: str = ""

    @classmethod
    def asked(cls, args: Mapping[str, str]) -> Place:
        queue = args.get("queue", FIRST_QUEUE)
        names = ("category", "area", "q", "order", "after")
        words = {key: args.get(key, "").replace("\0", "").strip()[:200] for key in names}
        if words["order"] != Order.SUPPORTED:
            words["order"] = ""
        return cls(queue if queue in QUEUE_LABELS else FIRST_QUEUE, **words)

    def args(self, **other: str | None) -> dict[str, str]:
        """What the address needs to say, with some of it said otherwise."""
        args = {
            "queue": self.queue,
            "category": self.category,
            "area": self.area,
            "q": self.q,
            "order": self.order,
            "after": self.after,
        }
        return {key: value for key, value in (args | other).items() if value}

    def url(self, **other: str | None) -> str:
        return "?".join(filter(None, (url_for("office.desk"), urlencode(self.args(**other)))))

    @property
    def may_be_ordered(self) -> bool:
        """By supporters one state is ordered by its index, and a queue across states is short; all of it is neither."""
        return self.queue != "all"

    @property
    def newest_first(self) -> bool:
        return not self.order and self.own_order is Order.NEWEST

    @property
    def own_order(self) -> Order:
        """What stands first unless the reader asks for another order."""
        return Order.DUE if self.queue == "overdue" else Order.NEWEST

    def filters(self, at: datetime) -> Filters:
        across, unsorted = self.queue in ACROSS, self.queue == "unsorted"
        return Filters(
            statuses=OPEN if unsorted else frozenset() if across else frozenset({Status(self.queue)}),
            categories=frozenset({OTHER} if unsorted else filter(None, (self.category,))),
            area=self.area or None,
            overdue_at=at if self.queue == "overdue" else None,
            words=self.q,
            in_queue=unsorted or not across,
            to_look_at=self.queue == "to_look_at",
            objected=self.queue == "objected",
            order=Order(self.order) if self.order and self.may_be_ordered else self.own_order,
        )


@dataclass(frozen=True)
class Queue:
    """One queue; ``size`` is known for those that somebody still has to work on."""

    code: str
    words: str
    size: int | None
    chosen: bool


def queues(place: Place, sizes: Sizes) -> list[Queue]:
    """All queues, in order, with their sizes."""
    return [
        Queue(code, str(words), sizes.of_queue.get(code), code == place.queue) for code, words in QUEUE_LABELS.items()
    ]


class Line(NamedTuple):
    """A line of the list, ready in the reader's language."""

    report: ReportRow
    url: str
    shown: Common
    words: str
    where: str
    overdue: bool
    photos: str


def is_overdue(report: ReportRow, at: datetime) -> bool:
    return report.status in OPEN and report.target_at is not None and report.target_at < at


#: Characters of the description that a line has room for.
LINE = 160


def lines(reports: Sequence[ReportRow], place: Place, at: datetime) -> list[Line]:
    """From rows to what is shown; what is the same for many is said once."""
    address = f"{place.url()}{'&' if place.args() else '?'}report="
    common = CommonLines(reports, at)
    photos = {
        count: ngettext("%(num)s φωτογραφία", "%(num)s φωτογραφίες", count) if count else ""
        for count in {len(report.photos) for report in reports}
    }
    return [
        Line(
            report,
            f"{address}{report.reference}",
            common.of(report),
            _cut(report.description),
            format_location(report, with_address=True),
            is_overdue(report, at),
            photos[len(report.photos)],
        )
        for report in reports
    ]


def _cut(words: str) -> str:
    return words if len(words) <= LINE else f"{words[: LINE - 1].rstrip()}…"
