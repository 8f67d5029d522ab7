"""What the office decides about a report. None of these verbs knows a request, a clock or a commit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app import calendar
from app.accounts.models import User
from app.categories import queries as category_queries
from app.categories.models import Category, PublishPolicy
from app.errors import Invalid, MoveNotAllowed
from app.geo.shapes import spot_of
from app.moderation import flags
from app.reports import queries, spot_queries, validation
from app.reports.lifecycle import (
    DECIDED_ASIDE,
    DISPATCHED_IN,
    MOVES,
    UNDO_WITHIN,
    Move,
    next_status,
)
from app.reports.merging import merge, merge_target, redirect
from app.reports.models import Priority, Report, ReportHistory
from app.reports.references import reference_from
from app.reports.row_queries import Shown
from app.reports.transitions import is_undoable, lock_report, move
from app.text import clean

#: Moves that are an explanation first of all, and what is asked for when it is missing.
NEEDS_WORDS = {
    Move.REJECT: _l("Γράψτε τον λόγο της απόρριψης· θα τον δει ο πολίτης."),
    Move.ASK: _l("Γράψτε την ερώτηση προς τον πολίτη."),
    Move.ANSWER: _l("Γράψτε την απάντηση."),
    Move.REOPEN: _l("Γράψτε γιατί ανοίγει ξανά."),
}
#: What the office decides by itself; the rest follows from work orders.
OFFICE_MOVES = (
    Move.ACCEPT,
    Move.REJECT,
    Move.ASK,
    Move.ANSWER,
    Move.FORWARD,
    Move.TAKE_BACK,
    Move.MERGE,
    Move.SPLIT,
    Move.CLOSE,
    Move.REOPEN,
    Move.NOTE,
)


def require_trusted(report: Report) -> None:
    """Raises MoveNotAllowed for a report that waits aside: the office says first whether it is one at all."""
    if report.waits_aside:
        raise MoveNotAllowed(
            _l("Η αναφορά περιμένει έλεγχο. Πείτε πρώτα αν είναι εντάξει, ή απορρίψτε την."), state=report.status.value
        )


def office_moves(report: Shown) -> frozenset[Move]:
    """What the office may decide about it now."""
    possible = frozenset(OFFICE_MOVES) & MOVES[report.status].keys()
    return possible & DECIDED_ASIDE if report.waits_aside else possible


def may_be_dispatched(report: Shown) -> bool:
    """Whether crews may be sent to it now."""
    return report.status in DISPATCHED_IN and not report.waits_aside


def require_decision(report: Report, wanted: Move) -> None:
    """Raises MoveNotAllowed unless it is one of ``office_moves``."""
    next_status(report.status, wanted)
    if wanted not in office_moves(report):
        require_trusted(report)


def decide(
    reference: str,
    wanted: Move,
    *,
    by: User,
    at: datetime,
    version: int | None,
    words: str = "",
    internal: str = "",
    release: bool | None = None,
    forward_to: str = "",
    protocol_number: str = "",
    into: str = "",
) -> Report:
    """A decision of the office about a report.

    ``words`` are public, ``internal`` are not. ``release`` lets everybody see words and photos (None leaves it as
    it is). Raises Invalid, Stale, MoveNotAllowed or NotFound.
    """
    if wanted not in OFFICE_MOVES:
        raise Invalid({"move": [_("Αυτή η ενέργεια γίνεται μόνο μέσα από εντολές εργασίας.")]})
    words, internal = validation.description(words, "words"), validation.description(internal, "internal")
    if wanted in NEEDS_WORDS and not words:
        raise Invalid({"words": [NEEDS_WORDS[wanted]]})
    target = merge_target(reference, into) if wanted is Move.MERGE else None
    report = lock_report(reference, version)
    require_decision(report, wanted)
    if wanted is Move.CLOSE and report.objected_at is not None and not words:
        raise Invalid({"words": [_("Γράψτε στον πολίτη γιατί κλείνει παρά την ένστασή του.")]})
    detail: dict[str, Any] = {}
    if wanted is Move.CLOSE and report.objected_at is not None:
        detail = {"objected_at": report.objected_at.isoformat()}
    if wanted is Move.FORWARD:
        detail = _forwarding(forward_to, protocol_number)
    elif target is not None:
        detail = {"into": target.reference, "led_on": merge(report, target, by=by, at=at)}
    elif wanted is Move.SPLIT:
        report.merged_into_id = None
    if release is not None and _set_released(report, release, at=at):
        detail["changed"] = {"released": release}
    move(report, wanted, by=by, at=at, public=words, internal=internal, detail=detail)
    return report


def may_be_undone(history: Sequence[ReportHistory], *, by: User, at: datetime) -> bool:
    """Whether the last thing that happened is this person's own decision, and still fresh. ``history`` is whole."""
    last = history[-1]
    return is_undoable(last) and last.actor_id == by.id and timedelta() <= at - last.at <= UNDO_WITHIN


def undo(reference: str, *, by: User, at: datetime, version: int | None) -> tuple[Report, ReportHistory]:
    """Take the own last decision back, as if it had not been; returns what was taken back as well.

    Raises MoveNotAllowed when something else happened since, when it was another's, or when its time is over.
    """
    last = queries.last_row(reference)
    led_on = queries.locked_reports([*last.detail.get("led_on", []), reference_from(reference) or ""])
    report = lock_report(reference, version)
    history = queries.history(report.id, public=False)
    if history[-1].id != last.id or not may_be_undone(history, by=by, at=at):
        raise MoveNotAllowed(
            _l("Αυτό δεν ανακαλείται πια. Δείτε την αναφορά ξανά και αποφασίστε από την αρχή."),
            state=report.status.value,
        )
    before, taken_back = history[-2], history[-1]
    if taken_back.move is Move.CLOSE:
        objected = taken_back.detail.get("objected_at")
        report.closed_at, report.objected_at = None, datetime.fromisoformat(objected) if objected else None
    elif taken_back.move is Move.MERGE:
        for merged in led_on:
            if merged is not report and merged.merged_into_id == report.merged_into_id:
                redirect(merged, report, by=by, at=at)
        report.merged_into_id = None
    if taken_back.detail.get("changed", {}).get("released"):
        report.released_at = None
    move(report, Move.UNDO, by=by, at=at, undoes=taken_back, back_to=before.status)
    return report, taken_back


def _set_released(report: Report, release: bool, *, at: datetime) -> bool:
    """Let everybody see words and photos, those added since the last release too, or hide them; True for a change."""
    if release:
        fresh = report.released_at is None or queries.photos_added_since(report.id, report.released_at)
        report.released_at = at if fresh else report.released_at
        return fresh
    hidden = report.released_at is not None
    report.released_at = None
    return hidden


def trust(reference: str, *, by: User, at: datetime, version: int | None) -> Report:
    """The office has looked: nothing is wrong with it, and it goes the way of all reports."""
    report = lock_report(reference, version)
    if report.suspicion is not None:
        doubt, report.suspicion = report.suspicion, None
        if report.category.publish_policy is PublishPolicy.AT_ONCE:
            report.released_at = at
        move(report, Move.NOTE, by=by, at=at, detail={"trusted": doubt.value})
    return report


def settle(reference: str, *, by: User, at: datetime, version: int | None, hide: bool) -> Report:
    """The office has looked at what readers reported: it stays as it is, or words and photos are hidden."""
    report = lock_report(reference, version)
    if report.flagged_at is not None:
        report.flagged_at = None
        flags.settle(report.id, at=at)
        if hide:
            report.released_at = None
        move(report, Move.NOTE, by=by, at=at, detail={"flags": "hidden" if hide else "kept"})
    return report


def _forwarding(to: str, protocol_number: str) -> dict[str, Any]:
    service = clean(to)
    if not service:
        raise Invalid({"forward_to": [_("Γράψτε σε ποια υπηρεσία διαβιβάζεται.")]})
    return {"to": service[:300], "protocol_number": clean(protocol_number)[:100]}


def edit(
    reference: str,
    *,
    by: User,
    at: datetime,
    version: int | None,
    priority: Priority | None = None,
    category: str | None = None,
    released: bool | None = None,
    release_again: bool = False,
) -> Report:
    """Correct what the office may correct, without moving the report.

    ``release_again`` lets everybody see the photos that the reporter added since the release, too.
    """
    report = lock_report(reference, version)
    changed: dict[str, Any] = {}
    if priority is not None and priority is not report.priority:
        changed["priority"] = [report.priority.value, priority.value]
        report.priority = priority
    if category is not None and category != report.category.code:
        kind: Category = category_queries.category_by_code(category)
        changed["category"] = [report.category.code, kind.code]
        report.category = kind
        report.target_at = calendar.target(report.received_at, kind.target_days)
        asset = spot_queries.where_is(spot_of(report.location), kind, but_not=report.id).asset
        report.asset_id = asset["id"] if asset else None
    differs = released is not None and released != (report.released_at is not None)
    if (differs or release_again) and _set_released(report, release_again or bool(released), at=at):
        changed["released"] = report.released_at is not None
    if changed:
        move(report, Move.NOTE, by=by, at=at, detail={"changed": changed})
    return report
