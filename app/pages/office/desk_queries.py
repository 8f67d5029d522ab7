"""What the desk asks the database beside the list itself: the sizes of the queues, and what its filters offer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, func, literal, select, union_all

from app.categories.models import Category, CategoryGroup
from app.extensions import db
from app.geo.models import Area, AreaKind
from app.language import language
from app.notices.models import Notice, NoticeState
from app.reports.lifecycle import OPEN
from app.reports.models import Report
from app.search.queries import TO_LOOK_AT, WAITS_ASIDE


@dataclass(frozen=True)
class Sizes:
    """How much there is to do: the queues by their codes, and the letters that could not be delivered."""

    of_queue: dict[str, int]
    failed_letters: int


def sizes(at: datetime) -> Sizes:
    """All of it in one question, each part through a partial index of its own."""
    standing = (
        select(
            Report.status.cast(String).label("queue"),
            func.count().filter(~WAITS_ASIDE).label("size"),
            func.count().filter(Report.target_at < at).label("overdue"),
        )
        .where(Report.status.in_(OPEN))
        .group_by(Report.status)
    )
    aside = select(literal("to_look_at"), func.count(), literal(0)).where(TO_LOOK_AT)
    objected = select(literal("objected"), func.count(), literal(0)).where(Report.objected_at.is_not(None))
    letters = select(literal("letters"), func.count(), literal(0)).where(Notice.state == NoticeState.FAILED)
    rows = db.session.execute(union_all(standing, aside, objected, letters)).all()
    counts = {status.value: 0 for status in OPEN} | {queue: size for queue, size, _overdue in rows}
    failed = counts.pop("letters")
    return Sizes(counts | {"overdue": sum(overdue for _queue, _size, overdue in rows)}, failed)


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


def references_of(report_ids: Collection[int]) -> dict[int, str]:
    """The references of some reports."""
    question = select(Report.id, Report.reference).where(Report.id.in_(report_ids))
    return {row.id: row.reference for row in db.session.execute(question)} if report_ids else {}
