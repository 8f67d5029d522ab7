"""The ledger of actions: each id is claimed once and its work done once, however often and by whichever road it comes.

What is kept of an action is who did what when, and what came of it as a reference: never a copy of what was said, so
whoever repeats the request is told how the thing is now, and what was withdrawn since stays withdrawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import BigInteger, ForeignKey, Index, Select, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from app.errors import Invalid, KeyReused
from app.extensions import Model, db, job, jobs, now, unit_of_work
from app.retention import Kept, is_over

#: How far a device's clock may be ahead of ours, and how late what it did may arrive.
AHEAD, LATE = timedelta(minutes=5), timedelta(days=14)
_AT_ONCE = 1000


class Action(Model):
    """One claimed id: who did what when, on which device, and what came of it."""

    __tablename__ = "action"
    __table_args__ = (Index("ix_action_claimed_at", "claimed_at"),)

    #: Whose ids these are, or what they are about: the same id elsewhere is another one.
    scope: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    #: «report.submit», «order.finish» …
    kind: Mapped[str]
    #: SHA-256 of what was asked for: the same id with another content is a mistake.
    fingerprint: Mapped[str]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    device: Mapped[str | None]
    #: By the device's clock, within bounds; and by ours.
    occurred_at: Mapped[datetime]
    claimed_at: Mapped[datetime]
    #: The report or order it was about, and its version after it.
    result_id: Mapped[int | None] = mapped_column(BigInteger)
    result_version: Mapped[int | None]
    #: One word of ours for what became of it.
    outcome: Mapped[str] = mapped_column(default="", server_default="")


@dataclass(frozen=True)
class ActionRequest:
    """What came with a request about its action; without a key nothing is remembered."""

    scope: str
    key: str | None
    kind: str
    fingerprint: str
    at: datetime
    actor_id: int | None = None
    device: str | None = None
    occurred_at: datetime | None = None


@dataclass(frozen=True)
class ActionResult:
    """What came of an action: the id of the report or order, its version then, and one word of ours."""

    id: int
    version: int
    outcome: str = ""


def perform_once(request: ActionRequest, work: Callable[[], ActionResult]) -> ActionResult:
    """Do ``work`` for the first request with this key, inside the caller's transaction; its result for all of them.

    A twin that is under way at the same moment is waited for. Raises KeyReused when the same key came with another
    content.
    """
    if request.key is None:
        return work()
    if not request.key.strip() or len(request.key) > 200:
        raise Invalid({"Idempotency-Key": [_l("Το κλειδί πρέπει να έχει 1 έως 200 χαρακτήρες.")]})
    mine = insert(Action).values(
        scope=request.scope,
        key=request.key,
        kind=request.kind,
        fingerprint=request.fingerprint,
        actor_id=request.actor_id,
        device=request.device,
        occurred_at=request.occurred_at or request.at,
        claimed_at=request.at,
        outcome="",
    )
    first = db.session.execute(mine.on_conflict_do_nothing().returning(Action.key)).scalar() is not None
    mine_is = Action.scope == request.scope, Action.key == request.key
    if first:
        result = work()
        became = {"result_id": result.id, "result_version": result.version, "outcome": result.outcome}
        db.session.execute(update(Action).where(*mine_is).values(**became))
        return result
    action = db.session.execute(select(Action).where(*mine_is)).scalar_one()
    if action.fingerprint != request.fingerprint:
        raise KeyReused(_l("Το ίδιο Idempotency-Key ήρθε με άλλο περιεχόμενο. Στείλτε το με νέο κλειδί."))
    return ActionResult(action.result_id or 0, action.result_version or 0, action.outcome)


def require_version_after(scope: str, key: str) -> int:
    """The version that the thing had after an earlier action, for one that was queued behind it without signal.

    Raises Invalid at ``follows`` when that action has not come.
    """
    version = db.session.scalar(select(Action.result_version).where(Action.scope == scope, Action.key == key))
    if version is None:
        raise Invalid({"follows": [_l("Η προηγούμενη ενέργεια δεν έχει έρθει. Στείλτε πρώτα εκείνη.")]})
    return version


def require_plausible_time(claimed: datetime | None, *, at: datetime) -> datetime:
    """When it happened, as the device says. Raises Invalid at ``occurred_at`` for what cannot be."""
    if claimed is None:
        return at
    if not at - LATE <= claimed <= at + AHEAD:
        raise Invalid(
            {"occurred_at": [_l("Η ώρα της συσκευής δεν στέκει. Ρυθμίστε το ρολόι της, ή στείλτε χωρίς ώρα.")]}
        )
    return min(claimed, at)


@job("actions.forget")
def forget(timestamp: int) -> None:
    """What nobody repeats any more; ``timestamp`` is Procrastinate's, in seconds."""
    while forget_some(now()) == _AT_ONCE:
        pass


def overdue(at: datetime) -> Select[str, str]:
    """What nobody repeats any more."""
    return select(Action.scope, Action.key).where(is_over(Action.claimed_at, Kept.ACTIONS, at))


def forget_some(at: datetime) -> int:
    old = overdue(at).limit(_AT_ONCE).subquery()
    with unit_of_work():
        gone = delete(Action).where(Action.scope == old.c.scope, Action.key == old.c.key).returning(Action.key)
        return len(db.session.scalars(gone).all())


jobs.periodic(cron="27 1 * * *")(jobs.tasks["actions.forget"])
