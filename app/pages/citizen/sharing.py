"""A report's page as others show it: the preview in a message, and the square to scan from a poster."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import segno
from flask import current_app, url_for
from flask_babel import gettext as _

from app.language import format_day, language, localized
from app.reports.lifecycle import OPEN, STATUS_LABELS
from app.reports.row_queries import WholeReport

LOCALES = {"el": "el_GR", "en": "en_GB"}
#: Pixels of our own picture, for a report without one that everybody may see.
OUR_SIZE = (1200, 630)


def public(path: str) -> str:
    """An absolute address that also holds outside of this network."""
    return f"{current_app.config['PUBLIC_URL']}{path}"


def public_address(report: WholeReport) -> str:
    return public(url_for("citizen.track", reference=report.reference))


def status_label(report: WholeReport) -> str:
    """«Έγινε δεκτή. Στόχος: έως Τετάρτη 2 Δεκεμβρίου.»"""
    words = f"{STATUS_LABELS[report.status]}."
    if report.status in OPEN and report.target_at:
        words += " " + _("Στόχος: έως %(day)s.", day=format_day(report.target_at))
    return words


def preview(report: WholeReport, *, where: str, photo: dict[str, Any] | None) -> dict[str, Any]:
    """What a message shows of the page (Open Graph): nothing that is not public, whoever sends it."""
    summary = _("Αναφορά %(reference)s στον Δήμο.", reference=report.reference)
    picture = photo["urls"]["large"] if photo else url_for("static", filename="preview.png")
    return {
        "title": ", ".join(filter(None, (localized(report.category), where))),
        "description": f"{status_label(report)} {summary}",
        "url": public_address(report),
        "image": public(picture),
        "size": None if photo else OUR_SIZE,
        "locale": LOCALES[language()],
        "others": [name for code, name in LOCALES.items() if code != language()],
    }


def square(report: WholeReport) -> bytes:
    """The public address as a QR code, in SVG."""
    drawn = BytesIO()
    code = segno.make(public_address(report), error="m", micro=False)
    code.save(drawn, kind="svg", border=2, omitsize=True, svgclass=None, lineclass=None, title=report.reference)
    return drawn.getvalue()
