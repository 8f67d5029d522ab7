"""One move of an order, however it comes: by the tablet's page, by its outbox, by a program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from werkzeug.datastructures import FileStorage

from app.accounts.models import User
from app.actions import ActionRequest, ActionResult, perform_once, require_plausible_time, require_version_after
from app.digests import fingerprint
from app.dispatch import service
from app.dispatch.lifecycle import OrderMove
from app.dispatch.models import WorkOrder
from app.media.models import Photo


@dataclass(frozen=True)
class WantedMove:
    """What is to be done with an order.

    ``key`` makes it happen once. ``version`` is what its sender saw; or ``follows`` is the key of the own action that
    was queued before it, without a signal, and must have been the last. ``occurred_at`` is the device's word for when.
    """

    move: OrderMove
    words: str = ""
    reason: str = ""
    crew: str = ""
    planned_day: date | None = None
    key: str | None = None
    version: int | None = None
    follows: str | None = None
    occurred_at: datetime | None = None


def move_once(
    order_id: int,
    wanted: WantedMove,
    *,
    by: User,
    at: datetime,
    device: str | None,
    photo: Callable[[], Photo | None],
    photo_mark: bytes | FileStorage,
) -> ActionResult:
    """Do it inside the caller's unit of work; ``photo`` is taken in for the first request only."""
    scope = f"order.{order_id}"
    content = (wanted.move.value, wanted.words, wanted.reason, wanted.crew, wanted.planned_day)
    when = require_plausible_time(wanted.occurred_at, at=at)
    action = ActionRequest(
        scope=scope,
        key=wanted.key,
        kind=f"order.{wanted.move}",
        fingerprint=fingerprint(repr(content).encode(), photo_mark),
        at=at,
        actor_id=by.id,
        device=device,
        occurred_at=when,
    )

    def work() -> ActionResult:
        version = require_version_after(scope, wanted.follows) if wanted.follows else wanted.version
        order = _move(order_id, wanted, by=by, at=at, when=when, version=version, photo=photo())
        return ActionResult(order.id, order.version)

    return perform_once(action, work)


def _move(
    order_id: int,
    wanted: WantedMove,
    *,
    by: User,
    at: datetime,
    when: datetime,
    version: int | None,
    photo: Photo | None,
) -> WorkOrder:
    office: dict[str, Any] = {"by": by, "at": at, "version": version}
    crew = office | {"when": when}
    match wanted.move:
        case OrderMove.ASSIGN:
            return service.assign(order_id, crew=wanted.crew, planned_day=wanted.planned_day, **office)
        case OrderMove.UNASSIGN:
            return service.unassign(order_id, **office)
        case OrderMove.CANCEL:
            return service.cancel(order_id, reason=wanted.reason, **office)
        case OrderMove.START:
            return service.start(order_id, **crew)
        case OrderMove.PAUSE:
            return service.pause(order_id, reason=wanted.reason, **crew)
        case OrderMove.RESUME:
            return service.resume(order_id, **crew)
        case OrderMove.FINISH:
            return service.finish(order_id, after_photo=photo, words=wanted.words, **crew)
        case OrderMove.COULD_NOT:
            return service.could_not(order_id, reason=wanted.reason, **crew)
