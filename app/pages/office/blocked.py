"""The words, contacts and devices whose reports wait aside: the whole list, with what was added when and by whom."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.permissions import Act, require
from app.errors import Invalid
from app.extensions import now, unit_of_work
from app.moderation import blocks
from app.moderation.models import BlockedKind
from app.pages.office import blocked_queries
from app.pages.office.blueprint import office
from app.pages.refusal import Refusal, typed_stays


def show(refusal: Refusal | None = None) -> str:
    q = request.args.get("q", "").replace("\0", "").strip()[:200]
    lines, rest = blocked_queries.blocked(q, before=request.args.get("before", type=int))
    return render_template("office/blocked.html", q=q, lines=lines, next=rest, refusal=refusal)


@office.get("/blocked")
def blocked() -> str:
    """What is blocked, newest first."""
    return show()


@office.post("/blocked")
@typed_stays(show)
def add_blocked() -> Response:
    """Let reports with this word, contact or device wait aside from now on."""
    by, form = require(Act.TRIAGE_REPORT), request.form
    with unit_of_work():
        row = blocks.block(_kind(), form.get("value", ""), form.get("note", ""), by=by, at=now())
        shown = row.shown
    flash(_("Μπήκε σε φραγή: %(what)s.", what=shown), "ok")
    return redirect(url_for("office.blocked"), 303)


@office.post("/blocked/<int:blocked_id>/remove")
def remove_blocked(blocked_id: int) -> Response:
    """What comes from there is a report like any other again."""
    require(Act.TRIAGE_REPORT)
    with unit_of_work():
        blocks.unblock(blocked_id)
    flash(_("Η φραγή λύθηκε. Όσες αναφορές περιμένουν ήδη, μένουν στην ουρά «Προς έλεγχο»."), "ok")
    return redirect(url_for("office.blocked", q=request.args.get("q") or None), 303)


def _kind() -> BlockedKind:
    try:
        return BlockedKind(request.form.get("kind", ""))
    except ValueError:
        raise Invalid({"kind": [_("Διαλέξτε τι είναι: λέξη, e-mail ή τηλέφωνο.")]}) from None
