"""The office's desk: read the queues, decide about a report, send crews. Pages and forms that work without script."""

from __future__ import annotations

from datetime import date
from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.permissions import Act, require
from app.dispatch import service as dispatching
from app.dispatch.lifecycle import OrderMove
from app.dispatch.queries import order_by_id
from app.errors import Invalid
from app.extensions import now, unit_of_work
from app.language import localized
from app.pages.office import labels
from app.pages.office.blueprint import office
from app.pages.office.desk import Place, lines, queues
from app.pages.office.desk_queries import choices, sizes
from app.pages.office.pane import pane
from app.pages.refusal import Refusal, typed_stays, version_seen
from app.reports import triage
from app.reports.lifecycle import Move
from app.reports.models import Priority
from app.search import queries as search_queries


@office.get("")
def desk() -> str:
    """Queues, list, and the chosen report with the map."""
    return show()


@office.get("/reports/<reference>")
def report(reference: str) -> str:
    """One report on a page of its own."""
    return show(reference)


def show(reference: str | None = None, order_id: int | None = None, refusal: Refusal | None = None) -> str:
    """The page as the address asks for it; a refused form is shown again in the place where it stood."""
    at, user, place = now(), require(Act.SEE_OFFICE), Place.asked(request.args)
    if order_id is not None:
        reference = order_by_id(order_id).report.reference
    wanted, do = reference or request.args.get("report"), request.args.get("do", "")
    look = partial(pane, user=user, at=at, do=do, trade=request.values.get("trade", ""), refusal=refusal)
    whole_desk = request.endpoint == "office.desk" or "queue" in request.args
    shown = {"place": place, "at_desk": whole_desk}
    if not whole_desk or request.headers.get("X-Part") == "pane":
        template = "office/_pane.html" if whole_desk else "office/report.html"
        chosen = look(wanted) if wanted else None
        return render_template(template, **shown, pane=chosen, choices=choices() if do == "edit" else None)
    page = search_queries.page(place.filters(at), after=place.after or None, public=False)
    to_do = sizes(at)
    return render_template(
        "office/desk.html",
        **shown,
        pane=look(wanted) if wanted else None,
        queues=queues(place, to_do),
        failed_letters=to_do.failed_letters,
        choices=choices(),
        rows=lines(page.reports, place, at),
        next=page.next,
    )


def back_to(reference: str) -> Response:
    """The same place in the list, with the report as it is now."""
    if "queue" not in request.args:
        return redirect(url_for("office.report", reference=reference), 303)
    return redirect(Place.asked(request.args).url(report=reference), 303)


@office.get("/reports/<reference>/<any(moves, edit, dispatch, trust, settle, block):_verb>")
def form_address(reference: str, _verb: str) -> Response:
    """Somebody went to a form's own address, say by reloading after a refusal."""
    return back_to(reference)


@office.post("/reports/<reference>/moves")
@typed_stays(show)
def decide(reference: str) -> Response:
    """Accept, reject, ask, forward, merge, close, reopen, note."""
    by = require(Act.TRIAGE_REPORT)
    form = request.form
    try:
        move = Move(form.get("move", ""))
    except ValueError:
        raise Invalid({"move": [_("Διαλέξτε τι θα γίνει με την αναφορά.")]}) from None
    with unit_of_work():
        dispatching.decide(
            reference,
            move,
            by=by,
            at=now(),
            version=version_seen(),
            words=form.get("words", ""),
            internal=form.get("internal", ""),
            release=True if form.get("release") else None,
            forward_to=form.get("forward_to", ""),
            protocol_number=form.get("protocol_number", ""),
            into=form.get("into_other") or form.get("into", ""),
        )
    flash(str(labels.UNDONE if move is Move.UNDO else labels.DEEDS[move].done), "ok")
    return back_to(reference)


@office.post("/reports/<reference>/edit")
@typed_stays(show)
def edit(reference: str) -> Response:
    """Correct the category or the priority, let everybody see words and photos or hide them again."""
    by = require(Act.TRIAGE_REPORT)
    form = request.form
    try:
        priority = Priority(form["priority"]) if form.get("priority") else None
    except ValueError:
        raise Invalid({"priority": [_("Διαλέξτε μία από τις προτεραιότητες της λίστας.")]}) from None
    with unit_of_work():
        triage.edit(
            reference,
            by=by,
            at=now(),
            version=version_seen(),
            priority=priority,
            category=form.get("category") or None,
            released=bool(form.get("released")),
            release_again=bool(form.get("release_again")),
        )
    again = form.get("release_again")
    flash(_("Δημοσιεύτηκαν και οι νέες φωτογραφίες.") if again else _("Οι αλλαγές αποθηκεύτηκαν."), "ok")
    return back_to(reference)


@office.post("/reports/<reference>/dispatch")
@typed_stays(show)
def dispatch(reference: str) -> Response:
    """Send a crew, and plan the later steps of the job."""
    by = require(Act.DISPATCH_REPORT)
    form = request.form
    with unit_of_work():
        made = dispatching.dispatch(
            reference,
            steps=_steps(),
            by=by,
            at=now(),
            version=version_seen(),
            planned_day=_day(),
            instructions=form.get("instructions", ""),
            words=form.get("words", ""),
        )
        crew = localized(made[0].crew)
    flash(_("Ανατέθηκε: %(crew)s.", crew=crew), "ok")
    return back_to(reference)


def _steps() -> list[dispatching.Step]:
    """The chosen crew first; then each ticked later step, as ``position:trade``, perhaps without a crew yet."""
    form = request.form
    steps = [dispatching.Step(trade=form.get("trade") or None, crew=form.get("crew") or None)]
    for ticked in form.getlist("later"):
        position, _colon, trade = ticked.partition(":")
        steps.append(dispatching.Step(trade=trade, crew=form.get(f"crew-{position}") or None))
    return steps


def _day() -> date | None:
    typed = request.form.get("planned_day", "").strip()
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        raise Invalid({"planned_day": [_("Γράψτε την ημέρα όπως 2026-05-01.")]}) from None


@office.post("/orders/<int:order_id>/moves")
@typed_stays(show)
def move_order(order_id: int) -> Response:
    """Give an order to a crew, take it back, or call it off."""
    by = require(Act.DISPATCH_REPORT)
    form, version = request.form, version_seen()
    with unit_of_work():
        match form.get("move"):
            case OrderMove.ASSIGN:
                order = dispatching.assign(
                    order_id, crew=form.get("crew", ""), planned_day=_day(), by=by, at=now(), version=version
                )
                done = _("Ανατέθηκε: %(crew)s.", crew=localized(order.crew))
            case OrderMove.UNASSIGN:
                order = dispatching.unassign(order_id, by=by, at=now(), version=version)
                done = _("Η εντολή περιμένει άλλο συνεργείο.")
            case OrderMove.CANCEL:
                order = dispatching.cancel(order_id, reason=form.get("reason", ""), by=by, at=now(), version=version)
                done = _("Η εντολή ακυρώθηκε.")
            case _other:
                raise Invalid({"move": [_("Διαλέξτε τι θα γίνει με την εντολή.")]})
        reference = order.report.reference
    flash(done, "ok")
    return back_to(reference)
