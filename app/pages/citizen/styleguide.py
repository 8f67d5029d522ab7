"""Every component of the citizen's pages in each of its states, for whoever changes one. Never in production.

It is there when ``STYLEGUIDE`` is 1 (config.py). It shows the pages' own macros and includes with made-up data.
"""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from types import SimpleNamespace as Sample
from typing import Any

from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _

from app.extensions import now
from app.language import format_short_day, localized
from app.pages.bits import Common, time_tag
from app.pages.citizen.following import ROAD
from app.pages.citizen.listing import Line, Wanted
from app.pages.icons import icon
from app.reports.lifecycle import MOVE_LABELS, OPEN, STATUS_LABELS, Move, Status

styleguide = Blueprint("styleguide", __name__)

#: Kinds with short and with very long names.
KINDS = [
    Sample(
        code=icon_name,
        icon=icon_name,
        name_el=greek,
        name_en=english,
        keywords=[],
        group=Sample(position=1, name_el="Πόλη", name_en="Town"),
    )
    for icon_name, greek, english in (
        ("bench", "Παγκάκι", "Bench"),
        ("light", "Φωτιστικό που τρεμοσβήνει", "A flickering street lamp"),
        ("drain", "Φρεάτιο αποχέτευσης ομβρίων υδάτων", "Stormwater drainage manhole"),
    )
]
BENCH = KINDS[0]
LONG_PLACE = "Κωνσταντινουπόλεως και Παπαναστασίου 128, Κάτω Καμήλα"
#: A crossing point and its number, as a report has them.
SPOT = {"lon": 23.5484, "lat": 41.0856}


def drawn(width: int, height: int, colour: str, mark: str) -> dict[str, Any]:
    """A photo of a bench, in the shape that ``presenting.photo_urls`` gives."""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<path fill="#bcd9e6" d="M0 0h{width}v{height}H0z"/>'
        f'<path fill="#8db36e" d="M0 {height * 0.6}h{width}v{height}H0z"/>'
        f'<g transform="translate({width / 2} {height * 0.6})" fill="none" stroke="{colour}" stroke-width="22">'
        f'<path d="{mark}"/></g></svg>'
    )
    address = f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"
    urls = {"small": address, "medium": address, "large": "#compared"}
    return {"id": colour, "width": width, "height": height, "urls": urls}


BEFORE = drawn(600, 800, "#7a5230", "M-200-60 20-20M-200 0H200M-160 0v110M160 0v110M60 90l120 40")
AFTER = drawn(800, 600, "#0b5563", "M-200-60H200M-200 0H200M-160 0v110M160 0v110")


def report(status: Status, kind: Sample = BENCH, **more: Any) -> Sample:
    told: dict[str, Any] = {
        "reference": "482-173-946",
        "status": status,
        "category": kind,
        "received_at": now() - timedelta(days=2),
        "target_at": now() + timedelta(days=5),
        "supporters": 0,
        "suspicion": None,
        "contact": None,
        **SPOT,
    }
    return Sample(**told | more)


def line(of: Any, where: str, photo: str = "") -> Line:
    """A line of the list."""
    shown = Common(
        localized(of.category),
        icon(f"status-{of.status.value}", ""),
        str(STATUS_LABELS[of.status]),
        time_tag(of.received_at),
    )
    target = format_short_day(of.target_at) if of.status in OPEN else ""
    return Line(of, "#rows", shown, where, photo, target)


def happened(move: Move, status: Status, days: int, words: str = "", own_words: str = "") -> dict[str, Any]:
    at = now() - timedelta(days=days)
    return {"move_words": MOVE_LABELS[move], "status": status, "at": at, "words": words, "own_words": own_words}


@styleguide.get("/styleguide")
def page() -> str:
    overdue = report(Status.IN_PROGRESS, target_at=now() - timedelta(days=1))
    return render_template(
        "styleguide.html",
        kinds=KINDS,
        before=BEFORE,
        after=AFTER,
        long_place=LONG_PLACE,
        states=[
            {
                "report": report(status),
                "step": ROAD.index(status) + 1 if status in ROAD else None,
                "is_open": status in OPEN,
                "reason": _("Το γραφείο δεν μπορεί να τη δεχτεί.") if status is Status.REJECTED else "",
            }
            for status in Status
        ]
        + [{"report": overdue, "step": ROAD.index(overdue.status) + 1, "is_open": True, "reason": ""}],
        road=ROAD,
        lines=[
            line(report(Status.RESOLVED, supporters=12), "Μεραρχίας 12, Σέρρες", AFTER["urls"]["small"]),
            line(report(Status.IN_PROGRESS, KINDS[1]), ""),
            line(report(Status.FORWARDED, KINDS[2], supporters=1), LONG_PLACE),
        ],
        timeline=[
            happened(Move.SUBMIT, Status.RECEIVED, 9),
            happened(Move.ASK, Status.QUESTION, 8, _("Το γραφείο χρειάζεται μια απάντηση από εσάς για να προχωρήσει.")),
            happened(Move.ANSWER, Status.RECEIVED, 7, own_words=LONG_PLACE),
            happened(Move.ACCEPT, Status.ACCEPTED, 6),
            happened(Move.RESOLVE, Status.RESOLVED, 1),
        ],
        sent=report(Status.RECEIVED, KINDS[2]),
        address=url_for("citizen.report", _external=True),
        wanted=Wanted(state="open", category="bench", q="lakkouva"),
        areas=[Sample(code="serres", name_el="Σέρρες", name_en="Serres")],
        chips=[(localized(kind), "#filters") for kind in KINDS],
        spots=[
            {
                "wrong": _("Αυτό το σημείο ανήκει σε άλλον Δήμο."),
                "phone": "2321 350 100",
                "url": "https://www.example.org/",
            },
            {"wrong": "", "where": LONG_PLACE},
        ],
        referral=Sample(
            name_el="Διαρροή νερού στον δρόμο",
            name_en="Water leaking in the street",
            say_el="Το δίκτυο ύδρευσης είναι της ΔΕΥΑ. Καλέστε όλο το εικοσιτετράωρο.",
            say_en="The water mains belong to the water company. Call at any hour.",
            keywords=[],
            phone="2321 083 900",
            url="",
        ),
        choices=[
            {"value": "1", "name": "Πλατεία Ελευθερίας", "distance_m": None, "near": "Σέρρες", **SPOT, "spread_m": 30},
            {"value": "2", "name": LONG_PLACE, "distance_m": 120, "near": "", **SPOT, "spread_m": 5},
        ],
        errors={
            "description": [_("Γράψτε τι δεν έγινε, για να το δει το γραφείο.")],
            "email": [_("Το e-mail δεν φαίνεται σωστό. Γράψτε το όπως onoma@example.gr.")],
        },
    )
