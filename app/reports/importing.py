"""Service requests of another system taken in as reports, batch by batch, once each.

The caller commits: a batch and the mark how far the file has come are kept together or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from app.errors import Invalid
from app.extensions import db
from app.geo.latin import slug
from app.reports import import_queries
from app.reports.import_queries import Written
from app.reports.lifecycle import Move, Status
from app.reports.models import Category, CategoryGroup, ImportRun, PublishPolicy, Source

CREATE, REFUSE = "create", "refuse"


class Incoming(NamedTuple):
    """One request, in the order of ``import_queries.COLUMNS``. Times in UTC."""

    no: int
    origin_id: str
    category_id: int
    asset_kind: str | None
    lon: float
    lat: float
    status: Status
    move: Move | None
    source: Source
    language: str
    received_at: datetime
    target_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    #: When ``move`` was made.
    moved_at: datetime | None
    released_at: datetime | None
    description: str
    address_words: str
    public_words: str
    detail: dict[str, Any]


class UnknownCategory(Exception):
    """No category of ours for this word, and none is to be made."""


@dataclass(frozen=True, slots=True)
class Found:
    id: int
    asset_kind: str | None


class Categories:
    """Words of the other system → our categories; unknown ones are made, refused or put into one of ours.

    A word is looked up in ``codes`` (folded word → code), then among our codes and names.
    """

    def __init__(self, codes: Mapping[str, str], unknown: str, *, active: bool, target_days: int) -> None:
        self._unknown = unknown
        self._active = active
        self._target_days = target_days
        self._by_code: dict[str, Found] = {}
        self._by_word: dict[str, Found] = {}
        for category in db.session.scalars(select(Category).order_by(Category.id.desc())):
            self._by_code[category.code] = found = Found(category.id, category.asset_kind)
            for word in (category.name_el, category.name_en, category.code):
                self._by_word[_fold(word)] = found
        for word, code in codes.items():
            self._by_word[_fold(word)] = self._ours(code, f"category.codes.{word}")
        self._otherwise = None if unknown in (CREATE, REFUSE) else self._ours(unknown, "category.unknown")

    def _ours(self, code: str, key: str) -> Found:
        try:
            return self._by_code[code]
        except KeyError:
            sentence = _(
                "Αντιστοίχιση, κλειδί «%(key)s»: δεν υπάρχει κατηγορία με κωδικό «%(code)s».", key=key, code=code
            )
            raise Invalid({key: [sentence]}, sentence) from None

    def find(self, word: str) -> Found:
        """Raises UnknownCategory."""
        found = self._by_word.get(_fold(word)) or self._otherwise
        if found is not None:
            return found
        if self._unknown == REFUSE or not word:
            raise UnknownCategory(word)
        self._by_word[_fold(word)] = made = self._make(word)
        return made

    def _make(self, word: str) -> Found:
        word = " ".join(word.split())
        stem = code = slug(word) or "imported"
        number = 1
        while code in self._by_code:
            number += 1
            code = f"{stem}-{number}"
        category = Category(
            code=code,
            group_id=_imported_group(),
            name_el=word,
            name_en=word,
            target_days=self._target_days,
            photo_wanted=False,
            publish_policy=PublishPolicy.AFTER_RELEASE,
            active=self._active,
        )
        db.session.add(category)
        db.session.flush()
        self._by_code[code] = made = Found(category.id, None)
        return made


def _fold(word: str) -> str:
    return " ".join(word.split()).casefold()


def _imported_group() -> int:
    db.session.execute(
        insert(CategoryGroup)
        .values(code="imported", name_el="Εισαγόμενα", name_en="Imported", position=1000)
        .on_conflict_do_nothing(index_elements=["code"])
    )
    return db.session.execute(select(CategoryGroup.id).where(CategoryGroup.code == "imported")).scalar_one()


@dataclass
class Figures:
    """Every row of the file is in exactly one of the last four."""

    rows_read: int = 0
    imported: int = 0
    known_already: int = 0
    outside: int = 0
    refused: int = 0

    def add(self, other: Figures) -> None:
        self.rows_read += other.rows_read
        self.imported += other.imported
        self.known_already += other.known_already
        self.outside += other.outside
        self.refused += other.refused


def so_far(origin: str, digest: str, *, at: datetime, afresh: bool = False) -> Figures:
    """How far the import of this file has come; the run is opened if there is none, or begun again when asked."""
    opening = insert(ImportRun).values(
        origin=origin, file_digest=digest, rows_read=0, imported=0, known_already=0, outside=0, refused=0, updated_at=at
    )
    if afresh:
        new = {name: opening.excluded[name] for name in (*Figures.__dataclass_fields__, "updated_at")}
        db.session.execute(opening.on_conflict_do_update(index_elements=["origin", "file_digest"], set_=new))
    else:
        db.session.execute(opening.on_conflict_do_nothing())
    run = db.session.get(ImportRun, (origin, digest), populate_existing=True)
    assert run is not None
    return Figures(run.rows_read, run.imported, run.known_already, run.outside, run.refused)


def take_in(
    origin: str, digest: str, rows: Sequence[Incoming], *, refused: int, after_row: int, at: datetime
) -> tuple[Figures, frozenset[int]]:
    """Write one batch that begins after row ``after_row`` of the file, and mark how far the file has come.

    Returns the batch's figures and the numbers of the rows outside the municipality. Raises Invalid when another
    process has moved the same import on in the meantime; then nothing of this batch may be kept.
    """
    written: Written = import_queries.write_batch(
        origin, ((*row[:-1], orjson.dumps(row.detail).decode()) for row in rows)
    )
    figures = Figures(len(rows) + refused, written.imported, written.known_already, len(written.outside), refused)
    advanced = db.session.scalars(
        update(ImportRun)
        .where(ImportRun.origin == origin, ImportRun.file_digest == digest, ImportRun.rows_read == after_row)
        .values(
            rows_read=ImportRun.rows_read + figures.rows_read,
            imported=ImportRun.imported + figures.imported,
            known_already=ImportRun.known_already + figures.known_already,
            outside=ImportRun.outside + figures.outside,
            refused=ImportRun.refused + figures.refused,
            updated_at=at,
        )
        .returning(ImportRun.rows_read)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if advanced is None:
        raise Invalid({}, _("Το ίδιο αρχείο εισάγεται αυτή τη στιγμή και από αλλού. Αφήστε το να τελειώσει."))
    return figures, written.outside
