"""Service requests of another system taken in as reports, batch by batch, once each.

The caller commits: a batch and the mark how far the file has come are kept together or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from flask_babel import gettext as _
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from app.errors import Invalid
from app.extensions import db
from app.importing import batch_queries
from app.importing.batch_queries import Written
from app.importing.models import ImportRun
from app.reports.lifecycle import Move, Status
from app.reports.models import Source


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


def open_run(origin: str, digest: str, *, at: datetime, afresh: bool = False) -> Figures:
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


def import_batch(
    origin: str, digest: str, rows: Sequence[Incoming], *, refused: int, after_row: int, at: datetime
) -> tuple[Figures, frozenset[int]]:
    """Write one batch that begins after row ``after_row`` of the file, and mark how far the file has come.

    Returns the batch's figures and the numbers of the rows outside the municipality. Raises Invalid when another
    process has moved the same import on in the meantime; then nothing of this batch may be kept.
    """
    written: Written = batch_queries.write_batch(
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
