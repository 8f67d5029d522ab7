"""The crew's tablet: today's orders, one by one. Forms that work without script and do a double tap once."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.accounts.models import User
from app.accounts.permissions import Act, may, require
from app.calendar import local_day
from app.crews.models import Crew
from app.crews.queries import crew_by_code, crews
from app.devices import known_device
from app.dispatch.idempotent_moves import WantedMove, move_once
from app.dispatch.lifecycle import STATUS_LABELS, OrderMove, OrderStatus
from app.dispatch.permissions import OFFICE_ONLY, Rights, require_work, rights_of
from app.dispatch.queries import order_by_id
from app.errors import Forbidden, Invalid, LoginRequired
from app.extensions import now, unit_of_work
from app.pages.account import to_login
from app.pages.crew import after_photo
from app.pages.crew.day import cards, day, place_of_work
from app.pages.refusal import Refusal, no_entry, typed_stays, version_seen

crew = Blueprint("crew", __name__, url_prefix="/crew")
crew.register_error_handler(LoginRequired, to_login)
crew.register_error_handler(Forbidden, no_entry)

VERBS = {
    OrderMove.START: _l("Έναρξη"),
    OrderMove.RESUME: _l("Συνέχεια"),
    OrderMove.FINISH: _l("Ολοκλήρωση"),
    OrderMove.PAUSE: _l("Παύση"),
    OrderMove.COULD_NOT: _l("Δεν έγινε"),
}

DONE = {
    OrderMove.START: _l("Ξεκινήσατε. Καλή δουλειά!"),
    OrderMove.RESUME: _l("Η εργασία συνεχίζεται."),
    OrderMove.FINISH: _l("Έγινε! Η φωτογραφία και τα λόγια σας στάλθηκαν."),
    OrderMove.PAUSE: _l("Η εργασία είναι σε παύση."),
    OrderMove.COULD_NOT: _l("Το γραφείο ενημερώθηκε ότι δεν έγινε."),
}

#: Reasons met every week; the crew may add words of its own.
REASONS = {
    OrderMove.PAUSE: (
        _l("Περιμένουμε υλικό"),
        _l("Καιρός"),
        _l("Περιμένουμε άλλη ειδικότητα"),
        _l("Τέλος βάρδιας"),
    ),
    OrderMove.COULD_NOT: (
        _l("Λείπει υλικό ή εργαλείο"),
        _l("Δεν βρέθηκε η βλάβη"),
        _l("Χρειάζεται άλλη ειδικότητα"),
        _l("Δεν υπάρχει πρόσβαση"),
        _l("Ανήκει σε άλλη υπηρεσία"),
    ),
}

#: Moves that ask for something first; the others are one tap.
FORMS = frozenset({OrderMove.FINISH, OrderMove.PAUSE, OrderMove.COULD_NOT})


@crew.before_request
def only_the_staff() -> None:
    require(Act.SEE_CREW_DAY)


@crew.after_request
def keep_no_copy(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer


@crew.context_processor
def crew_context() -> dict[str, Any]:
    return {
        "VERBS": VERBS,
        "REASONS": REASONS,
        "FORMS": FORMS,
        "ORDER_LABELS": STATUS_LABELS,
        "OrderMove": OrderMove,
        "OrderStatus": OrderStatus,
        "place_of_work": place_of_work,
        "new_action": lambda: uuid.uuid4().hex,
    }


@crew.get("")
def day_page() -> str:
    """The own crew's orders of today; the office chooses whose."""
    rights = rights_of(require(Act.SEE_CREW_DAY))
    mine = _crew_of(rights)
    if mine is None:
        return render_template("crew/choose.html", crews=crews() if rights.works_on_any else [])
    return render_template("crew/day.html", day=day(mine, rights, now()))


def _crew_of(rights: Rights) -> Crew | None:
    if rights.works_on_any:
        code = request.args.get("crew")
        return crew_by_code(code) if code else None
    return rights.crew


@crew.get("/orders/<int:order_id>")
def order(order_id: int) -> str:
    """One order with everything its crew needs."""
    return show(order_id)


def show(order_id: int, refusal: Refusal | None = None) -> str:
    order = order_by_id(order_id)
    _user, rights = require_work(order)
    [card] = cards([order], rights=rights, crew=order.crew, today=local_day(now()))
    wanted_move = request.form.get("move") if refusal else request.args.get("do")
    do = next((move for move in card.moves if move.value == wanted_move), None)
    photo = after_photo.kept_for(refusal) if refusal and do is OrderMove.FINISH else None
    return render_template("crew/order.html", card=card, do=do, refusal=refusal, kept=photo)


@crew.get("/orders/<int:order_id>/moves")
def form_address(order_id: int) -> Response:
    """Somebody reloaded a refused form by its own address."""
    return redirect(url_for("crew.order", order_id=order_id), 303)


@crew.post("/orders/<int:order_id>/moves")
@typed_stays(show)
def move(order_id: int) -> Response:
    """Start, pause, resume, finish with a photo, could not. The same tap sent twice is done once."""
    by, _rights = require_work(order_by_id(order_id))
    moment, wanted = now(), _wanted()
    with unit_of_work():
        move_once(
            order_id,
            wanted,
            by=by,
            at=moment,
            device=known_device(),
            photo=lambda: after_photo.taken_in(at=moment),
            photo_mark=after_photo.mark(),
        )
    flash(str(DONE[wanted.move]), "ok")
    return _back(order_id, by)


def _wanted() -> WantedMove:
    """What the form says. A ticked reason and own words go together."""
    form = request.form
    chosen = next((m for m in VERBS if m.value == form.get("move") and m not in OFFICE_ONLY), None)
    if chosen is None:
        raise Invalid({"move": [_("Διαλέξτε τι έγινε με την εντολή.")]})
    reasons = [part.strip() for part in (form.get("common", ""), form.get("reason", "")) if part.strip()]
    return WantedMove(
        chosen,
        words=form.get("words", ""),
        reason=". ".join(reasons),
        key=form.get("action_id"),
        version=version_seen(),
    )


def _back(order_id: int, user: User) -> Response:
    """To the day, at the card that was touched; the office keeps the crew it was looking at."""
    if request.form.get("back") == "order":
        return redirect(url_for("crew.order", order_id=order_id), 303)
    theirs = order_by_id(order_id).crew if may(user, Act.WORK_ON_ANY_ORDER) else None
    code = theirs.code if theirs else None
    return redirect(url_for("crew.day_page", crew=code, _anchor=f"order-{order_id}"), 303)
