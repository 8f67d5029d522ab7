"""The office's desk: the queues with their sizes, the list of one of them, and the place the reader stands at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from flask import url_for
from sqlalchemy import String, func, literal, select, union_all

from app.extensions import db
from app.geo.models import Area, AreaKind
from app.geo.shapes import spot_of
from app.language import language
from app.pages.office.words import QUEUE_WORDS
from app.reports import queries
from app.reports.lifecycle import OPEN, Status
from app.reports.models import Category, CategoryGroup, Report, ReportPhoto
from app.reports.presenting import where_words

FIRST_QUEUE = "received"


@dataclass(frozen=True)
class Place:
    """Where the reader stands at the desk; all of it lies in the address."""

    queue: str = FIRST_QUEUE
    category: str = ""
    area: str = ""
    q: str = ""
    after: str = ""

    @classmethod
    def asked(cls, args: Mapping[str, str]) -> Place:
        queue = args.get("queue", FIRST_QUEUE)
        words = {key: args.get(key, "").replace("\0", "").strip()[:200] for key in ("category", "area", "q", "after")}
        return cls(queue if queue in QUEUE_WORDS else FIRST_QUEUE, **words)

    def args(self, **other: str | None) -> dict[str, str]:
        """What the address needs to say, with some of it said otherwise."""
        said = {"queue": self.queue, "category": self.category, "area": self.area, "q": self.q, "after": self.after}
        return {key: value for key, value in (said | other).items() if value}

    def url(self, **other: str | None) -> str:
        return "?".join(filter(None, (url_for("office.desk"), urlencode(self.args(**other)))))

    def filters(self, at: datetime) -> queries.Filters:
        one_status = self.queue not in ("all", "overdue")
        return queries.Filters(
            statuses=frozenset({Status(self.queue)}) if one_status else frozenset(),
            categories=frozenset(filter(None, (self.category,))),
            area=self.area or None,
            overdue_at=at if self.queue == "overdue" else None,
            words=self.q,
        )


@dataclass(frozen=True)
class Queue:
    """One queue; ``size`` is known for those that somebody still has to work on."""

    code: str
    words: str
    size: int | None
    chosen: bool


def queues(place: Place, at: datetime) -> list[Queue]:
    """All queues with their sizes, in one question through the partial index of open reports."""
    rows = db.session.execute(
        select(Report.status, func.count(), func.count().filter(Report.target_at < at))
        .where(Report.status.in_(OPEN))
        .group_by(Report.status)
    ).all()
    sizes = {status.value: 0 for status in OPEN} | {row[0].value: row[1] for row in rows}
    sizes["overdue"] = sum(row[2] for row in rows)
    return [Queue(code, str(words), sizes.get(code), code == place.queue) for code, words in QUEUE_WORDS.items()]


@dataclass(frozen=True)
class Choices:
    """What the two filters offer, each as (code, words)."""

    categories: list[tuple[str, str]]
    areas: list[tuple[str, str]]


def choices() -> Choices:
    """Categories and areas in the reader's language, in one question."""
    name_of_kind = Category.name_en if language() == "en" else Category.name_el
    name_of_area = Area.name_en if language() == "en" else Area.name_el
    kinds = (
        select(
            literal("category").label("of"),
            Category.code.label("code"),
            name_of_kind.label("name"),
            func.row_number()
            .over(order_by=(CategoryGroup.position, CategoryGroup.id, Category.position, Category.id))
            .label("place"),
        )
        .join(Category.group)
        .where(Category.active)
    )
    areas = select(Area.kind.cast(String), Area.code, name_of_area, func.row_number().over(order_by=Area.code)).where(
        Area.kind.in_([AreaKind.UNIT, AreaKind.COMMUNITY])
    )
    both = union_all(kinds, areas).subquery()
    rows = db.session.execute(select(both.c.of, both.c.code, both.c.name).order_by(both.c.place)).all()
    return Choices(
        [(code, name) for of, code, name in rows if of == "category"],
        # A community stands a step behind its unit, whose code begins its own.
        [(code, name if of == AreaKind.UNIT.value else f"\u2003{name}") for of, code, name in rows if of != "category"],
    )


@dataclass(frozen=True)
class Row:
    """A line of the list."""

    report: Report
    where: str
    lon: float
    lat: float
    overdue: bool
    photos: int


def is_overdue(report: Report, at: datetime) -> bool:
    return report.status in OPEN and report.target_at is not None and report.target_at < at


def rows(page: queries.Page, photos: Mapping[int, Sequence[ReportPhoto]], at: datetime) -> list[Row]:
    made = []
    for report in page.reports:
        spot, shown = spot_of(report.location), len(photos.get(report.id, []))
        made.append(Row(report, where_words(report, whole=True), spot.x, spot.y, is_overdue(report, at), shown))
    return made
