"""What people do with a report: the verbs of the counter. None of them knows a request, a clock or a commit."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from shapely.geometry import Point

from app import calendar
from app.accounts.models import User
from app.errors import Invalid, MoveNotAllowed, NotFound, OutsideTown, Stale
from app.extensions import db, defer
from app.geo.shapes import spot_of, to_wkb
from app.language import named
from app.media.models import Photo
from app.reports import moderation, queries, validation
from app.reports.lifecycle import (
    DECIDED_ASIDE,
    DISPATCHED_IN,
    MOVES,
    STATUS_WORDS,
    UNDO_WITHIN,
    UNDOABLE,
    Move,
    Status,
    after,
)
from app.reports.models import (
    Category,
    PhotoMoment,
    Priority,
    PublishPolicy,
    Report,
    ReportContact,
    ReportHistory,
    ReportPhoto,
    Source,
)
from app.reports.queries import Whereabouts

#: Photos a citizen may send with one report.
MOST_PHOTOS = 5


@dataclass(frozen=True)
class Submitted:
    """A new report and what was known about its spot."""

    report: Report
    where: Whereabouts


def submit(
    *,
    category: str,
    spot: Point,
    source: Source,
    at: datetime,
    accuracy_m: float | None = None,
    description: str = "",
    answers: dict[str, Any] | None = None,
    stoppers: Mapping[str, Any] | None = None,
    contact: dict[str, Any] | None = None,
    address_words: str = "",
    photos: Sequence[Photo] = (),
    language: str = "el",
    by: User | None = None,
    device: str | None = None,
    sender: str | None = None,
    not_by_hand: bool = False,
) -> Submitted:
    """Take in a new report at ``spot`` (lon/lat). Raises Invalid, or OutsideTown with the neighbour's name.

    ``device`` and ``sender`` say which browser and network address it came from, ``not_by_hand`` that a program
    seems to have filled it in; what looks wrong is taken in all the same, and waits aside.
    """
    kind = queries.category_by_code(category)
    words = validation.description(description)
    validation.require_ours(kind, stoppers or {})
    reached = validation.contact(contact)
    answered = validation.answers(kind, answers or {})
    if len(photos) > MOST_PHOTOS:
        raise Invalid({"photo": [_("Στείλτε έως %(most)s φωτογραφίες.", most=MOST_PHOTOS)]})
    address_words = validation.clean(address_words)[:300]
    said = " ".join([words, address_words, (reached or {}).get("name") or "", *moderation.free_words(kind, answered)])
    sent = moderation.asked(words=said, contact=reached, device=device, sender=sender, at=at)
    where = require_inside(queries.where_is(spot, kind, sent=sent))
    place = where.place or {}
    doubt = moderation.suspicion(where, not_by_hand=not_by_hand) if source is Source.WEB else None
    report = Report(
        category=kind,
        location=to_wkb(spot),
        accuracy_m=accuracy_m,
        address_words=address_words,
        unit_id=(where.unit or {}).get("id"),
        community_id=(where.community or {}).get("id"),
        asset_id=(where.asset or {}).get("id"),
        near_place_id=place.get("id"),
        near_distance_m=place.get("distance_m"),
        near_bearing=place.get("bearing"),
        description=words,
        answers=answered,
        source=source,
        language=language,
        status=Status.RECEIVED,
        version=1,
        tracking_token=secrets.token_urlsafe(18),
        received_at=at,
        updated_at=at,
        target_at=calendar.target(at, kind.target_days),
        released_at=at if kind.publish_policy is PublishPolicy.AT_ONCE and doubt is None else None,
        device=device,
        sender=sender,
        suspicion=doubt,
    )
    db.session.add(report)
    db.session.flush()
    if reached:
        db.session.add(ReportContact(report_id=report.id, **reached))
    attach(report, photos, PhotoMoment.BEFORE, at=at)
    _write(report, Move.SUBMIT, by=by, at=at)
    return Submitted(report, where)


def require_visible(report: Report, *, office: bool) -> None:
    """Raises NotFound for a report that waits aside until the office has looked, unless the office is asking."""
    if report.suspicion is not None and not office:
        raise NotFound(_("Δεν υπάρχει αναφορά με αυτόν τον αριθμό."))


def require_inside(where: Whereabouts) -> Whereabouts:
    """The same whereabouts. Raises OutsideTown, naming the neighbour when the spot is another town's."""
    if where.municipality is not None:
        return where
    neighbour = where.neighbour
    if neighbour is None:
        raise OutsideTown(
            _("Το σημείο βρίσκεται εκτός των ορίων του Δήμου. Μετακινήστε το μέσα στον Δήμο και στείλτε ξανά.")
        )
    phone = neighbour["contact_phone"]
    raise OutsideTown(
        _("Το σημείο ανήκει αλλού: %(name)s. Καλέστε στο %(phone)s.", name=named(neighbour), phone=phone)
        if phone
        else _("Το σημείο ανήκει αλλού: %(name)s. Απευθυνθείτε εκεί.", name=named(neighbour)),
        neighbour={key: neighbour[key] for key in ("code", "name_el", "name_en", "contact_phone", "contact_url")},
    )


def attach(report: Report, photos: Sequence[Photo], moment: PhotoMoment, *, at: datetime) -> None:
    """Put photos to the report, in order. Raises Invalid for one that another report has already."""
    if queries.any_sent_before([photo.id for photo in photos]):
        raise Invalid(
            {"photo": [_("Μια φωτογραφία έχει ήδη σταλεί με άλλη αναφορά. Αφαιρέστε την και προσθέστε την ξανά.")]}
        )
    for position, photo in enumerate(photos):
        photo.used_at = at
        db.session.add(
            ReportPhoto(report_id=report.id, photo_id=photo.id, moment=moment, position=position, added_at=at)
        )


def _write(
    report: Report,
    move: Move,
    *,
    by: User | None,
    at: datetime,
    public: str = "",
    internal: str = "",
    detail: dict[str, Any] | None = None,
    undoes: ReportHistory | None = None,
) -> None:
    """Write what happened. The row is the event: whoever listens hears of it in order, each report by itself."""
    row = ReportHistory(
        report_id=report.id,
        at=at,
        actor_id=by.id if by else None,
        move=move,
        status=report.status,
        public_words=public,
        internal_words=internal,
        detail=detail or {},
        undoes_id=undoes.id if undoes else None,
    )
    db.session.add(row)
    db.session.flush()
    settled = at + UNDO_WITHIN + timedelta(minutes=1) if is_undoable(row) else None
    defer("history.written", after=settled, in_order_of=f"report:{report.id}", history_id=row.id)


def move(
    report: Report,
    move: Move,
    *,
    by: User | None,
    at: datetime,
    public: str = "",
    internal: str = "",
    detail: dict[str, Any] | None = None,
    undoes: ReportHistory | None = None,
    back_to: Status | None = None,
) -> None:
    """The one hand that changes a status, and writes the history row in the same stroke."""
    report.status = after(report.status, move) if back_to is None else back_to
    report.version += 1
    report.updated_at = at
    if move is Move.RESOLVE:
        report.resolved_at = at
    elif move is Move.OBJECT:
        report.objected_at, report.closed_at = at, None
    elif move is Move.CLOSE:
        report.closed_at, report.objected_at = at, None
    elif move is Move.REOPEN:
        report.resolved_at = report.closed_at = report.objected_at = None
        report.life += 1
    _write(report, move, by=by, at=at, public=public, internal=internal, detail=detail, undoes=undoes)


def lock_report(reference: str, version: int | None) -> Report:
    """Lock the report, then see that it is still what the reader saw. Raises NotFound or Stale."""
    report = queries.locked_report(reference)
    if version is not None and report.version != version:
        raise Stale(
            _l(
                "Στο μεταξύ κάποιος άλλος άλλαξε την αναφορά: τώρα είναι «%(status)s». Δείτε την ξανά· "
                "όσα γράψατε δεν χάθηκαν.",
                status=STATUS_WORDS[report.status],
            ),
            state=report.status.value,
            version=report.version,
        )
    return report


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


def require_looked_at(report: Report) -> None:
    """Raises MoveNotAllowed for a report that waits aside: the office says first whether it is one at all."""
    if report.waits_aside:
        raise MoveNotAllowed(
            _l("Η αναφορά περιμένει έλεγχο. Πείτε πρώτα αν είναι εντάξει, ή απορρίψτε την."), state=report.status.value
        )


def office_moves(report: Report) -> frozenset[Move]:
    """What the office may decide about it now."""
    possible = frozenset(OFFICE_MOVES) & MOVES[report.status].keys()
    return possible & DECIDED_ASIDE if report.waits_aside else possible


def may_be_dispatched(report: Report) -> bool:
    """Whether crews may be sent to it now."""
    return report.status in DISPATCHED_IN and not report.waits_aside


def require_decision(report: Report, wanted: Move) -> None:
    """Raises MoveNotAllowed unless it is one of ``office_moves``."""
    after(report.status, wanted)
    if wanted not in office_moves(report):
        require_looked_at(report)


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
    target = _merge_target(reference, into) if wanted is Move.MERGE else None
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
        detail = {"into": target.reference, "led_on": _merge(report, target, by=by, at=at)}
    elif wanted is Move.SPLIT:
        report.merged_into_id = None
    if release is not None and _let_see(report, release, at=at):
        detail["changed"] = {"released": release}
    move(report, wanted, by=by, at=at, public=words, internal=internal, detail=detail)
    return report


def is_undoable(row: ReportHistory) -> bool:
    """Whether it is a decision of a person in the office that may be taken back for a while."""
    return row.move in UNDOABLE and row.actor_id is not None


def may_be_undone(history: Sequence[ReportHistory], *, by: User, at: datetime) -> bool:
    """Whether the last thing that happened is this person's own decision, and still fresh. ``history`` is whole."""
    last = history[-1]
    return is_undoable(last) and last.actor_id == by.id and timedelta() <= at - last.at <= UNDO_WITHIN


def undo(reference: str, *, by: User, at: datetime, version: int | None) -> tuple[Report, ReportHistory]:
    """Take the own last decision back, as if it had not been; returns what was taken back as well.

    Raises MoveNotAllowed when something else happened since, when it was another's, or when its time is over.
    """
    seen = queries.last_row(reference)
    led_on = queries.locked_reports([*seen.detail.get("led_on", []), queries.reference_from(reference) or ""])
    report = lock_report(reference, version)
    history = queries.history(report.id, public=False)
    if history[-1].id != seen.id or not may_be_undone(history, by=by, at=at):
        raise MoveNotAllowed(
            _l("Αυτό δεν ανακαλείται πια. Δείτε την αναφορά ξανά και αποφασίστε από την αρχή."),
            state=report.status.value,
        )
    before, taken_back = history[-2], history[-1]
    if taken_back.move is Move.CLOSE:
        objected = taken_back.detail.get("objected_at")
        report.closed_at, report.objected_at = None, datetime.fromisoformat(objected) if objected else None
    elif taken_back.move is Move.MERGE:
        for one in led_on:
            if one is not report and one.merged_into_id == report.merged_into_id:
                _lead_to(one, report, by=by, at=at)
        report.merged_into_id = None
    if taken_back.detail.get("changed", {}).get("released"):
        report.released_at = None
    move(report, Move.UNDO, by=by, at=at, undoes=taken_back, back_to=before.status)
    return report, taken_back


def _let_see(report: Report, release: bool, *, at: datetime) -> bool:
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
        queries.settle_flags(report.id, at=at)
        if hide:
            report.released_at = None
        move(report, Move.NOTE, by=by, at=at, detail={"flags": "hidden" if hide else "kept"})
    return report


def _forwarding(to: str, protocol_number: str) -> dict[str, Any]:
    service = validation.clean(to)
    if not service:
        raise Invalid({"forward_to": [_("Γράψτε σε ποια υπηρεσία διαβιβάζεται.")]})
    return {"to": service[:300], "protocol_number": validation.clean(protocol_number)[:100]}


def _merge_target(reference: str, into: str) -> Report:
    """The report that stays; held, together with the one that goes."""
    goes, stays = queries.reference_from(reference), queries.reference_from(into)
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


def _merge(report: Report, target: Report, *, by: User, at: datetime) -> list[str]:
    """What had been merged into the one that goes now leads to the one that stays; returns its references."""
    led_on = []
    for earlier in queries.merged_into(report.id):
        led_on.append(earlier.reference)
        _lead_to(earlier, target, by=by, at=at)
    report.merged_into_id = target.id
    return led_on


def _lead_to(merged: Report, target: Report, *, by: User, at: datetime) -> None:
    merged.merged_into_id = target.id
    move(merged, Move.NOTE, by=by, at=at, detail={"into": target.reference})


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
        kind: Category = queries.category_by_code(category)
        changed["category"] = [report.category.code, kind.code]
        report.category = kind
        report.target_at = calendar.target(report.received_at, kind.target_days)
        asset = queries.where_is(spot_of(report.location), kind, but_not=report.id).asset
        report.asset_id = asset["id"] if asset else None
    differs = released is not None and released != (report.released_at is not None)
    if (differs or release_again) and _let_see(report, release_again or bool(released), at=at):
        changed["released"] = report.released_at is not None
    if changed:
        move(report, Move.NOTE, by=by, at=at, detail={"changed": changed})
    return report
