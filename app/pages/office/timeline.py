"""What happened to a report, as the office reads it, and what can still be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from app.dispatch.models import WorkOrder
from app.language import localized
from app.pages.office.labels import CHANGED, PRIORITIES
from app.pages.refusal import Refusal
from app.reports import presenting
from app.reports.lifecycle import Move
from app.reports.models import Priority, ReportHistory
from app.reports.row_queries import WholeReport


@dataclass(frozen=True)
class Happened:
    """One line of the timeline; ``notes`` are what the detail column says, in words."""

    said: dict[str, Any]
    notes: list[str]
    who: str


def timeline(history: Sequence[ReportHistory], orders: Sequence[WorkOrder]) -> list[Happened]:
    by_id = {order.id: order for order in orders}
    crews = {order.crew.code: localized(order.crew) for order in orders if order.crew}
    return [
        Happened(presenting.history_entry(row, public=False), _notes(row, by_id, crews), _who(row)) for row in history
    ]


def _who(row: ReportHistory) -> str:
    if row.actor is not None:
        return row.actor.name
    by_reporter = row.move in (Move.SUBMIT, Move.OBJECT, Move.AMEND) or row.detail.get("by") == "reporter"
    return _("Πολίτης") if by_reporter else _("Αυτόματα")


def _notes(row: ReportHistory, orders: dict[int, WorkOrder], crews: dict[str, str]) -> list[str]:
    notes = []
    for made in row.detail.get("orders", []):
        order = orders.get(made["id"])
        trade = localized(order.trade) if order else made["trade"]
        crew = crews.get(made["crew"], made["crew"]) if made["crew"] else _("χωρίς συνεργείο ακόμη")
        notes.append(f"{trade} · {crew}")
    for what, change in row.detail.get("changed", {}).items():
        notes.append(f"{CHANGED.get(what, what)}: {_change(what, change)}")
    if "again_of" in row.detail:
        notes.append(_("Χάλασε ξανά· είχε αποκατασταθεί στην %(reference)s", reference=row.detail["again_of"]))
    if isinstance(row.detail.get("again"), str):
        notes.append(_("Λένε ότι χάλασε ξανά: %(reference)s", reference=row.detail["again"]))
    if "trusted" in row.detail:
        notes.append(_("Ελέγχθηκε και είναι εντάξει"))
    if "flags" in row.detail:
        label = _("Την ανέφερε αναγνώστης· μένει όπως είναι")
        notes.append(_("Κρύφτηκε μετά από αναφορά αναγνώστη") if row.detail["flags"] == "hidden" else label)
    return notes


def _change(what: str, change: Any) -> str:
    if what == "released":
        return _("κείμενο και φωτογραφίες φαίνονται σε όλους") if change else _("κείμενο και φωτογραφίες κρύφτηκαν")
    if not isinstance(change, list):
        return _("άλλαξε") if change is True else str(change)
    before, now = change
    if what == "priority":
        before, now = PRIORITIES[Priority(before)], PRIORITIES[Priority(now)]
    return f"{before} → {now}"


def news_since(report: WholeReport, lines: list[Happened], refusal: Refusal | None) -> list[Happened]:
    """What happened since the reader's form was made: every change of version writes one row of history."""
    if refusal is None or not refusal.overtaken:
        return []
    version = refusal.typed.get("version", type=int)
    is_whole = len(lines) == report.version
    return lines[version:] if is_whole and version is not None and 0 < version < len(lines) else lines[-1:]
