"""What the office decides about reports that wait aside, and about those that readers have reported."""

from __future__ import annotations

from flask import flash, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.permissions import Act, require
from app.errors import Invalid
from app.extensions import now, unit_of_work
from app.moderation import blocks
from app.moderation.models import BlockedKind
from app.pages.office.attention import blockable
from app.pages.office.blueprint import office
from app.pages.office.routes import back_to, show
from app.pages.refusal import typed_stays, version_seen
from app.reports import triage
from app.reports.row_queries import WholeReport, report_by_reference


@office.post("/reports/<reference>/trust")
@typed_stays(show)
def trust(reference: str) -> Response:
    """Nothing is wrong with it: it goes the way of all reports."""
    by = require(Act.TRIAGE_REPORT)
    with unit_of_work():
        triage.trust(reference, by=by, at=now(), version=version_seen())
    flash(_("Η αναφορά μπήκε στη σειρά της."), "ok")
    return back_to(reference)


@office.post("/reports/<reference>/settle")
@typed_stays(show)
def settle(reference: str) -> Response:
    """What readers reported stays as it is, or is hidden from everybody."""
    by, hide = require(Act.TRIAGE_REPORT), request.form.get("verdict") == "hide"
    with unit_of_work():
        triage.settle(reference, by=by, at=now(), version=version_seen(), hide=hide)
    flash(_("Κείμενο και φωτογραφίες κρύφτηκαν από όλους.") if hide else _("Η αναφορά μένει όπως είναι."), "ok")
    return back_to(reference)


@office.post("/reports/<reference>/block")
@typed_stays(show)
def block(reference: str) -> Response:
    """From now on let what comes from this sender, or has this word, wait aside."""
    by = require(Act.TRIAGE_REPORT)
    report = report_by_reference(reference)
    with unit_of_work():
        for kind, value in _ticked(report):
            blocks.block(kind, value, request.form.get("note", ""), by=by, at=now())
    flash(_("Η φραγή μπήκε. Ό,τι έρθει έτσι, θα περιμένει στην ουρά «Προς έλεγχο»."), "ok")
    return back_to(reference)


def _ticked(report: WholeReport) -> list[tuple[BlockedKind, str]]:
    form = request.form
    word = form.get("value", "").strip()
    wanted = [(kind, value) for kind, value in blockable(report).items() if kind.value in form.getlist("what")]
    if word:
        wanted.append((BlockedKind.WORD, word))
    if not wanted:
        raise Invalid({"what": [_("Διαλέξτε τι μπαίνει σε φραγή, ή γράψτε μια λέξη.")]})
    return wanted
