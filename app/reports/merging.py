"""Two reports about the same issue become one."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from app.accounts.models import User
from app.errors import Invalid
from app.reports import queries
from app.reports.lifecycle import (
    Move,
    Status,
)
from app.reports.models import Report
from app.reports.references import reference_from
from app.reports.transitions import move


def merge_target(reference: str, into: str) -> Report:
    """The report that stays; held, together with the one that goes."""
    goes, stays = reference_from(reference), reference_from(into)
    if goes is None or stays is None:
        mistyped = _("Αυτός ο αριθμός δεν υπάρχει. Ελέγξτε τα ψηφία του.")
        raise Invalid({"into": [mistyped if into.strip() else _("Γράψτε τον αριθμό της αναφοράς που μένει.")]})
    if stays == goes:
        raise Invalid({"into": [_("Μια αναφορά δεν συγχωνεύεται με τον εαυτό της.")]})
    target = queries.locked_for_merging(goes, stays).get(stays)
    if target is None:
        raise Invalid({"into": [_("Δεν υπάρχει αναφορά με αυτόν τον αριθμό.")]})
    if target.status is Status.MERGED:
        raise Invalid({"into": [_("Αυτή η αναφορά έχει ήδη συγχωνευθεί με άλλη. Δώστε εκείνη που μένει.")]})
    if target.waits_aside:
        raise Invalid({"into": [_("Αυτή η αναφορά περιμένει ακόμη έλεγχο. Πείτε πρώτα αν είναι εντάξει.")]})
    if target.status is Status.REJECTED:
        raise Invalid({"into": [_("Αυτή η αναφορά έχει απορριφθεί. Δώστε μία που προχωρά.")]})
    return target


def merge(report: Report, target: Report, *, by: User, at: datetime) -> list[str]:
    """What had been merged into the one that goes now leads to the one that stays; returns its references."""
    led_on = []
    for earlier in queries.merged_into(report.id):
        led_on.append(earlier.reference)
        redirect(earlier, target, by=by, at=at)
    report.merged_into_id = target.id
    return led_on


def redirect(merged: Report, target: Report, *, by: User, at: datetime) -> None:
    merged.merged_into_id = target.id
    move(merged, Move.NOTE, by=by, at=at, detail={"into": target.reference})
