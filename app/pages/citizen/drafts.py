"""A report that is being written without script: kept on our side step by step, and found again by its address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import request
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Text, cast, delete, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from werkzeug.datastructures import MultiDict

from app.devices import device, known_device, sender
from app.errors import NotFound
from app.extensions import db, now, unit_of_work
from app.media import quotas
from app.media.models import Photo
from app.pages.citizen.forms import Draft, not_kept
from app.pages.citizen.steps import fields_of, step_of
from app.pages.kept_photos import kept
from app.reports.models import Draft as DraftRow
from app.retention import Kept, is_over

MOST_OFFERED = 3
#: Characters that the answers of one step may have together: all that its fields take, several times over.
LONGEST_STEP = 40_000
_UNSENT = quotas.UnfinishedBytes(
    DraftRow,
    DraftRow.id,
    DraftRow.device,
    DraftRow.sender,
    DraftRow.bytes,
    DraftRow.updated_at,
    DraftRow.report_id.is_(None),
)


@dataclass
class NewReport(Draft):
    """A draft with its address. ``report_id`` is set once it was sent."""

    id: UUID = field(kw_only=True)
    created_at: datetime = field(default_factory=now, kw_only=True)
    report_id: int | None = field(default=None, kw_only=True)

    def wrong_at(self, step: str) -> dict[str, list[str]]:
        """What is wrong at one step, and with the form as a whole."""
        return {name: sentences for name, sentences in self.wrong().items() if name == "form" or step_of(name) == step}

    def first_wrong(self) -> str | None:
        return next((step_of(name) for name in self.wrong()), None)


def load(draft_id: UUID) -> NewReport:
    """The draft of this browser, or an empty one. Raises NotFound when it is somebody else's."""
    row = db.session.get(DraftRow, draft_id)
    if row is None:
        return NewReport(id=draft_id)
    if row.device != known_device():
        raise NotFound(_("Αυτό το πρόχειρο ανήκει σε άλλη συσκευή. Αρχίστε νέα αναφορά."))
    typed: MultiDict[str, str] = MultiDict([(name, value) for name, values in row.typed.items() for value in values])
    draft = NewReport(
        id=draft_id,
        typed=typed,
        photos=_photos(row.photos),
        created_at=row.created_at,
        report_id=row.report_id,
    )
    if len(draft.photos) < len(row.photos):
        draft.notices["photo"] = not_kept()
    return draft


def _photos(ids: Iterable[UUID]) -> list[Any]:
    wanted = list(ids)
    rows = {photo.id: photo for photo in db.session.scalars(select(Photo).where(Photo.id.in_(wanted)))}
    return [kept(rows[photo_id]) for photo_id in wanted if photo_id in rows]


def keep(draft: NewReport, step: str, *, more: Iterable[tuple[str, str]] = ()) -> None:
    """Put one step's answers and the photos on disk; another tab's other steps stay as they are."""
    typed = {name: draft.typed.getlist(name) for name in fields_of(step, draft.typed)}
    typed |= {name: [value] for name, value in more}
    typed = {name: [value.replace("\0", "") for value in values] for name, values in typed.items()}
    moment = now()
    with unit_of_work():
        row = insert(DraftRow).values(
            id=draft.id,
            device=device(),
            sender=sender(),
            typed=typed,
            bytes=_weight(literal(typed, JSONB)),
            photos=[photo.id for photo in draft.photos],
            created_at=moment,
            updated_at=moment,
        )
        both = DraftRow.typed.op("||")(row.excluded.typed)
        changed: dict[str, Any] = {"typed": both, "bytes": _weight(both), "updated_at": moment}
        if step == "photo":
            changed["photos"] = row.excluded.photos
        db.session.execute(
            row.on_conflict_do_update(
                index_elements=["id"], set_=changed, where=(DraftRow.device == device()) & DraftRow.report_id.is_(None)
            )
        )
        gone = quotas.is_over_quota(_UNSENT, draft.id, device=device(), sender=sender())
        if gone:
            db.session.execute(delete(DraftRow).where(DraftRow.id.in_(gone)))


def _weight(typed: ColumnElement[Any]) -> ColumnElement[int]:
    return func.octet_length(cast(typed, Text))


def unsent(at: datetime) -> list[DraftRow]:
    """What this browser began lately and has not sent."""
    mine = known_device()
    if mine is None:
        return []
    return list(
        db.session.scalars(
            select(DraftRow)
            .where(
                DraftRow.device == mine, DraftRow.report_id.is_(None), ~is_over(DraftRow.updated_at, Kept.UNSENT, at)
            )
            .order_by(DraftRow.updated_at.desc())
            .limit(MOST_OFFERED)
        )
    )


def typed_now(draft: NewReport, step: str) -> None:
    """What this request typed at a step takes the place of what stood there; of a step passed over nothing stays."""
    for name in fields_of(step, draft.typed):
        draft.typed.poplist(name)
    if "skip" in request.form:
        return
    for name in fields_of(step, request.form):
        draft.typed.setlist(name, request.form.getlist(name))


def is_too_long(draft: NewReport, step: str) -> bool:
    """Whether a step's answers are more than any person types; such a step is shown again and not kept."""
    names = fields_of(step, draft.typed)
    return sum(len(name) + len(value) for name in names for value in draft.typed.getlist(name)) > LONGEST_STEP


def held(draft_id: UUID) -> DraftRow | None:
    """The draft's row, locked: two taps on «Αποστολή» queue up here."""
    return db.session.scalars(
        select(DraftRow).where(DraftRow.id == draft_id).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
