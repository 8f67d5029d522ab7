"""How many bytes of unfinished things a browser, a network address and everybody together may have with us.

Unfinished is what no report has: photos on their way in, photos that are here, drafts. Of each kind these shares hold.
Where one is exceeded, the oldest of the browser that has the most make room, so that a flood drives out itself and
honest phones in a wave go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Mapped

from app.extensions import Model, db
from app.media.validation import MEGABYTE

#: A phone with a day's worth of reports; a whole town behind one address (carrier-grade NAT); everybody.
PER_BROWSER: Final = 200 * MEGABYTE
PER_ADDRESS: Final = 2000 * MEGABYTE
IN_ALL: Final = 6000 * MEGABYTE
_MOST_AT_ONCE: Final = 100


@dataclass(frozen=True)
class UnfinishedBytes:
    """A kind of unfinished thing: its table, and where that says whose a row is, its bytes and its age."""

    table: type[Model]
    id: Mapped[UUID]
    device: Mapped[Any]
    sender: Mapped[str]
    bytes: Mapped[int]
    touched_at: Mapped[datetime]
    is_so: ColumnElement[bool]


def is_over_quota(kind: UnfinishedBytes, mine: UUID, *, device: str, sender: str) -> list[UUID]:
    """Which rows must go so that this one, already written, fits; they are locked.

    One that somebody holds just now is passed over.
    """
    shares: list[tuple[ColumnElement[bool], int]] = [
        (kind.device == device, PER_BROWSER),
        (kind.sender == sender, PER_ADDRESS),
        (true(), IN_ALL),
    ]
    for whose, most in shares:
        these = (kind.is_so, whose)
        excess = (db.session.scalar(select(func.sum(kind.bytes)).where(*these)) or 0) - most
        if excess > 0:
            return _oldest_of_the_heaviest(kind, these, mine, excess)
    return []


def _oldest_of_the_heaviest(
    kind: UnfinishedBytes, these: tuple[ColumnElement[bool], ...], mine: UUID, excess: int
) -> list[UUID]:
    weights = (
        select(kind.device.label("device"), func.sum(kind.bytes).label("weight"))
        .where(*these)
        .group_by(kind.device)
        .subquery()
    )
    question = (
        select(kind.id, kind.bytes)
        .join(weights, weights.c.device == kind.device)
        .where(*these, kind.id != mine)
        .order_by(weights.c.weight.desc(), kind.device, kind.touched_at)
        .limit(_MOST_AT_ONCE)
        .with_for_update(of=kind.table, skip_locked=True)
    )
    going: list[UUID] = []
    for row_id, size in db.session.execute(question):
        if excess <= 0:
            break
        going.append(row_id)
        excess -= size
    return going
