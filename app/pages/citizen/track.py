"""One report's page: for everybody what is public, for its reporter all of it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.devices import device, rate_limited
from app.errors import Invalid, NotFound
from app.extensions import now, unit_of_work
from app.moderation.models import FlagReason
from app.moderation.screening import is_known_as_honest
from app.moderation.visibility import visible_photos
from app.pages.citizen import sharing
from app.pages.citizen.face import citizen
from app.pages.citizen.following import Following
from app.pages.citizen.forms import Draft
from app.pages.citizen.owner import require_report
from app.pages.refusal import Refusal, typed_stays
from app.reports import aftercare
from app.reports.presenting import photo_urls, place_of
from app.reports.references import reference_from
from app.reports.row_queries import WholeReport

FLAG_WORDS = {
    FlagReason.PERSONAL: _l("Δείχνει πρόσωπα, πινακίδες ή προσωπικά στοιχεία"),
    FlagReason.OFFENSIVE: _l("Είναι προσβλητικό"),
    FlagReason.FALSE: _l("Δεν είναι αλήθεια"),
    FlagReason.OTHER: _l("Κάτι άλλο"),
}
DAY_S = 24 * 3600


@citizen.get("/find")
def find() -> Response:
    """From a typed number to its page."""
    typed = request.args.get("reference", "")
    return redirect(url_for("citizen.track", reference=reference_from(typed) or typed.strip()[:40] or "-"))


@citizen.get("/r/<reference>")
@citizen.get("/r/<reference>/<key>")
def track(reference: str, key: str | None = None) -> Response:
    """One report: what everybody may see, and more for its reporter."""
    report, own = require_report(reference, key)
    if report.reference != reference:
        return redirect(url_for("citizen.track", reference=report.reference, key=key), 301)
    return page(report, key, own)


@citizen.get("/r/<reference>/<key>/thanks")
def thanks(reference: str, key: str) -> Response:
    """The thanks, for the page that sent the report and is still open."""
    report, own = require_report(reference, key)
    if not own:
        raise NotFound(_("Δεν βρέθηκε αναφορά με αυτόν τον σύνδεσμο."))
    following = Following.of(report, key, own)
    shown = make_response(
        render_template("citizen/track/_thanks.html", **following.parts(new=True), **share(following))
    )
    shown.headers["Cache-Control"] = "private, no-store"
    return shown


def page(report: WholeReport, key: str | None, own: bool, draft: Draft | None = None, form: str = "") -> Response:
    """The page; with ``draft`` the one of the reporter's forms that was refused, and all that was typed in it."""
    following = Following.of(report, key, own)
    shown = make_response(
        render_template(
            "citizen/track.html",
            **following.parts(new="new" in request.args),
            **share(following),
            draft=draft or Draft(),
            form=form,
            on_paper="print" in request.args,
            new_action=lambda: uuid4().hex,
        ),
        draft.status if draft else 200,
    )
    if own:
        shown.headers["X-Robots-Tag"] = "noindex, nofollow"
        shown.headers["Cache-Control"] = "private, no-store"
    return shown


def share(following: Following) -> dict[str, Any]:
    """What others see of it, also when its reporter passes it on."""
    report = following.report
    everybodys = [photo_urls(row) for row in visible_photos(report, report.photos, all_of_them=False)]
    preview = sharing.preview(report, where=place_of(report), photo=everybodys[0] if everybodys else None)
    return {"preview": preview, "public_address": preview["url"], "status_label": sharing.status_label(report)}


@citizen.get("/r/<reference>/qr.svg")
def square(reference: str) -> Response:
    """The address as a QR code, for a poster or a letter."""
    report, own = require_report(reference, None)
    drawn = make_response(sharing.square(report))
    drawn.mimetype = "image/svg+xml"
    drawn.headers["Cache-Control"] = f"private, max-age={DAY_S}" if own else f"public, max-age={DAY_S}"
    return drawn


# -- what everybody may do -------------------------------------------------------------------------------------------


@citizen.post("/r/<reference>/support")
@rate_limited("60 per hour", "600 per hour", scope="support", known_as_honest=is_known_as_honest)
@typed_stays(lambda reference, refusal: refused_support(reference, refusal))
def support(reference: str) -> Response:
    """«Κι εγώ»."""
    report, _own = require_report(reference, None)
    with unit_of_work():
        count = aftercare.support(report.reference, device=device(), at=now())
    flash(supported(count), "ok")
    return redirect(url_for("citizen.track", reference=report.reference, _anchor="too"), 303)


def supported(count: int) -> str:
    """What is said after «Κι εγώ», with the public count."""
    return ngettext(
        "Το γραφείο ξέρει τώρα ότι αφορά κι εσάς.",
        "Το γραφείο ξέρει τώρα ότι αφορά κι εσάς. Μαζί σας το λένε %(num)d.",
        max(count, 1),
    )


def refused_support(reference: str, refusal: Refusal) -> str:
    draft = Draft(status=refusal.status)
    draft.say("form", refusal.sentence)
    return page(*opened_without_key(reference), draft).get_data(as_text=True)


def opened_without_key(reference: str) -> tuple[WholeReport, None, bool]:
    report, own = require_report(reference, None)
    return report, None, own


@citizen.get("/r/<reference>/flag")
def flag_form(reference: str) -> str:
    """What is wrong with it?"""
    return flag_page(reference)


@citizen.post("/r/<reference>/flag")
@rate_limited("20 per hour", "200 per hour", scope="flags")
@typed_stays(lambda reference, refusal: flag_page(reference, refusal))
def flag(reference: str) -> Response:
    """A reader says that something published must not stay."""
    try:
        reason = FlagReason(request.form.get("reason", ""))
    except ValueError:
        raise Invalid({"reason": [_("Διαλέξτε τι δεν πάει καλά.")]}) from None
    report, _own = require_report(reference, None)
    with unit_of_work():
        words = request.form.get("words", "")
        aftercare.flag(report.reference, device=device(), reason=reason, words=words, at=now())
    return redirect(url_for("citizen.flag_form", reference=report.reference, done=1), 303)


def flag_page(reference: str, refusal: Refusal | None = None) -> str:
    report, own = require_report(reference, None)
    return render_template(
        "citizen/flag.html",
        report=report,
        own=own,
        where=place_of(report),
        done="done" in request.args and refusal is None,
        reasons=[(reason.value, words) for reason, words in FLAG_WORDS.items()],
        typed=request.form,
        errors=refusal.errors or {"form": [refusal.sentence]} if refusal else {},
    )
