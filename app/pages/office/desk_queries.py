"""What the desk asks the database beside the list itself: the sizes of the queues, and what its filters offer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, String, func, literal, select, union_all

from app.categories.models import OTHER, Category, CategoryGroup
from app.extensions import db
from app.geo.models import Area, AreaKind
from app.language import language
from app.notices.models import Notice, NoticeState
from app.prepared import PREPARED
from app.reports.lifecycle import OPEN
from app.reports.models import Report
from app.search.tally_queries import QUEUE_SIZES, moments


@dataclass(frozen=True)
class Sizes:
    """How much there is to do: the queues by their codes, and the letters that could not be delivered."""

    of_queue: dict[str, int]
    failed_letters: int


_FAILED = select(func.count()).where(Notice.state == NoticeState.FAILED).scalar_subquery()
#: What the office has not given a kind; few at any time, and found by their own index.
_UNSORTED = (
    select(func.count())
    .where(
        Report.category_id == select(Category.id).where(Category.code == OTHER).scalar_subquery(),
        Report.status.in_(sorted(OPEN)),
        Report.suspicion.is_(None),
    )
    .scalar_subquery()
)
_SIZES = QUEUE_SIZES.add_columns(_FAILED.label("letters"), _UNSORTED.label("unsorted")).execution_options(**PREPARED)


def sizes(at: datetime) -> Sizes:
    """All of it in one question, from kept counts."""
    row = db.session.execute(_SIZES, moments(at)).one()
    counts = dict(row._mapping)
    return Sizes({queue: int(size) for queue, size in counts.items() if queue != "letters"}, counts["letters"])


@dataclass(frozen=True)
class Choices:
    """What the two filters offer, each as (code, words)."""

    categories: list[tuple[str, str]]
    areas: list[tuple[str, str]]


@lru_cache
def _names(code: str) -> Select[Any]:
    english = func.coalesce(func.nullif(Category.name_en, ""), Category.name_el)
    name_of_kind = english if code == "en" else Category.name_el
    name_of_area = Area.name_en if code == "en" else Area.name_el
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
    question: Select[Any] = select(both.c.of, both.c.code, both.c.name).order_by(both.c.place)
    return question.execution_options(**PREPARED)


def choices() -> Choices:
    """Categories and areas in the reader's language, in one question."""
    rows = db.session.execute(_names(language())).all()
    return Choices(
        [(code, name) for of, code, name in rows if of == "category"],
        # A community stands a step behind its unit, whose code begins its own.
        [(code, name if of == AreaKind.UNIT.value else f"\u2003{name}") for of, code, name in rows if of != "category"],
    )


def references_of(report_ids: Collection[int]) -> dict[int, str]:
    """The references of some reports."""
    question = select(Report.id, Report.reference).where(Report.id.in_(report_ids))
    return {row.id: row.reference for row in db.session.execute(question)} if report_ids else {}
