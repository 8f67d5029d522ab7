"""A new report, one question a page. Every step is an address and a plain form; script only makes it quick."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID, uuid4

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response

from app.accounts.login import has_form_of_ours
from app.categories import queries as category_queries
from app.categories import questions
from app.categories.models import OTHER, Category
from app.categories.queries import likeliest_categories, search_categories
from app.devices import device, rate_limited
from app.errors import DomainError, Invalid, StorageFull, http_answer, http_sentence
from app.extensions import db, now, unit_of_work
from app.geo import thing_queries
from app.http import json_answer
from app.language import localized
from app.media import disk_space
from app.media.models import Photo
from app.moderation import screening
from app.pages.citizen import afterwards, drafts, gazetteer, reporting, steps
from app.pages.citizen.drafts import NewReport
from app.pages.citizen.face import citizen
from app.pages.citizen.forms import take_in_photos, thumbnail
from app.pages.citizen.reporting import StepContext
from app.pages.citizen.track import supported
from app.reports import aftercare
from app.reports.models import Report
from app.reports.validation import DESCRIPTION_LIMIT
from app.search.filters import box_in

STEP = "any(" + ", ".join(steps.STEPS) + ")"
NOBODYS = UUID(int=0)


@citizen.get("/")
def report() -> str:
    """The first step of a new report; ``again`` names one that was put right and is broken again."""
    return page("photo", NewReport(id=uuid4()), fresh=True)


@citizen.get(f"/new/<uuid:draft_id>/<{STEP}:step>")
def step(draft_id: UUID, step: str) -> Response | str:
    """One step of a draft, with everything typed so far."""
    draft = drafts.load(draft_id)
    if draft.report_id is not None:
        return sent(db.session.get_one(Report, draft.report_id))
    if step == "questions" and not steps.asks(reporting.kind_of(draft, category_queries.active_categories())):
        return redirect(url_for("citizen.step", draft_id=draft_id, step="category"), 303)
    if step == "place":
        reporting.offer_photo_spot(draft)
    if step == "check" and draft.typed:  # else it is a draft of the phone's own memory
        drafts.keep(draft, "check", more=[("checked", "1")])
    return page(step, draft)


@citizen.post(f"/new/<uuid:draft_id>/<{STEP}:step>")
@rate_limited("600 per hour", "6000 per hour", scope="steps", known_as_honest=screening.is_known_as_honest)
def take_step(draft_id: UUID, step: str) -> Response:
    """Keep what was typed at a step, whatever it is; then go on, or say what is missing."""
    draft, kind = taken(draft_id, step)
    if draft.report_id is not None:
        return sent(db.session.get_one(Report, draft.report_id))
    if request.form.get("support"):
        return support(request.form["support"])
    if "remove" in request.form or draft.errors:
        return answer(step, draft)
    good = reporting.check(step, draft, kind)
    if good and step == "check":
        with draft.holding():
            return sent(reporting.send(draft))
    if not good or draft.errors:
        return answer(draft.first_wrong() or step, draft)
    return redirect(url_for("citizen.step", draft_id=draft.id, step=following(step, draft, kind)), 303)


def taken(draft_id: UUID, step: str, *, keep: bool = True) -> tuple[NewReport, Category | None]:
    """The draft with this request's answers in it, and on disk unless the request is refused."""
    draft = drafts.load(draft_id)
    drafts.typed_now(draft, step)
    if step == "place":
        reporting.settle_choice(draft)
    known: list[tuple[str, str]] = []
    if step == "photo":
        old = reporting.again(draft.typed.get("again", ""))
        known = [(name, value) for name, [value] in old.fields.items()] if old and not draft.typed.get("lon") else []
        if said := request.form.get("said", "").strip():
            draft.typed.poplist("said")
            draft.typed["description"] = said
            known.append(("description", said))
        draft.photos = [photo for photo in draft.photos if str(photo.id) != request.form.get("remove")]
        if keep:
            take_in_photos(draft, request.files.getlist("photo"))
    if drafts.is_too_long(draft, step):
        draft.status = 413
        draft.say("form", _("Τα λόγια είναι πάρα πολλά και δεν κρατήθηκαν. Συντομέψτε τα και πατήστε ξανά."))
    elif keep and draft.report_id is None and disk_space.free_space().is_short:
        draft.status = StorageFull.status
        draft.say("form", str(StorageFull().detail))
    elif keep and draft.report_id is None:
        drafts.keep(draft, step, more=known)
    return draft, reporting.kind_of(draft, category_queries.active_categories())


def following(step: str, draft: NewReport, kind: Category | None) -> str:
    """The next step; what is known nearby is shown only when there is something."""
    checked, to = bool(draft.typed.get("checked")), request.form.get("to", "")
    wanted = steps.after(step, kind, checked=checked, to=to, near=True)
    if wanted == "known" and not reporting.step_context(draft, kind).near:
        return steps.after(step, kind, checked=checked, to=to)
    return wanted


def sent(report: Report) -> Response:
    return redirect(url_for("citizen.track", reference=report.reference, key=report.tracking_token, new=1), 303)


def support(reference: str) -> Response:
    """«Κι εγώ» instead of a second report."""
    with unit_of_work():
        count = aftercare.support(reference, device=device(), at=now())
    flash(supported(count), "ok")
    return redirect(url_for("citizen.follow", reference=reference), 303)


# -- showing ---------------------------------------------------------------------------------------------------------


def answer(step: str, draft: NewReport) -> Response:
    """A step again, with what is wrong at it."""
    shown = make_response(page(step, draft), draft.status)
    shown.headers["Cache-Control"] = "no-store"
    return shown


def page(step: str, draft: NewReport, *, fresh: bool = False) -> str:
    kinds = category_queries.active_categories()
    kind = reporting.kind_of(draft, kinds)
    if step == "questions" and not steps.asks(kind):
        step = "category"  # nothing can be asked yet; whatever else is wrong stands there as well
    sought = typed_search()
    context = StepContext()
    if step in ("place", "known", "check", "category"):
        context = reporting.step_context(draft, kind if step == "known" else None, around=step == "place")
    return render_template(
        "citizen/new/step.html",
        **frame(draft, kind, kinds),
        step=step,
        title=steps.STEPS[step].title,
        fresh=fresh,
        again=reporting.again(request.args.get("again", "")) if fresh else None,
        unsent=drafts.unsent(now()) if fresh else [],
        sought=sought,
        found=proposed_places(draft, sought) if step == "place" else [],
        suggested=suggested(sought, draft, kinds) if step == "category" else [],
        referrals=category_queries.referrals_like(sought) if step == "category" and sought else [],
        told=context,
        things=chosen_things(draft) if step in ("place", "check") else [],
        near=context.near,
        answered=questions.answer_lines(kind, draft.answers()) if kind and step == "check" else [],
        asks=steps.asks(kind),
        stopped=step == "questions" and kind is not None and bool(questions.stopping(kind, draft.stoppers())),
    )


def chosen_things(draft: NewReport) -> list[dict[str, str]]:
    """The things that were pointed at, of which nothing is wrong."""
    try:
        chosen = reporting.pointed_at(draft)
    except Invalid:
        return []
    return [{"key": one.key, "name": gazetteer.named_with_code(localized(one), one.code)} for one in chosen]


def proposed_places(draft: NewReport, sought: str) -> list[dict[str, Any]]:
    """What a search found; without one, what the own words name, as long as no place is chosen."""
    if sought or draft.typed.get("lon"):
        return gazetteer.found(sought)
    return gazetteer.said_in(draft.typed.get("description", ""))


def typed_search() -> str:
    return request.args.get("q", "").replace("\0", "").strip()[:100]


def frame(draft: NewReport, kind: Category | None, kinds: list[Category]) -> dict[str, Any]:
    """What every step's template needs."""
    return {
        "draft": draft,
        "kinds": kinds,
        "chosen": kind,
        "steps": steps.STEPS,
        "before": partial(steps.before, kind=kind),
        "step_url": lambda name: url_for("citizen.step", draft_id=draft.id, step=name),
    }


def suggested(sought: str, draft: NewReport, kinds: list[Category]) -> list[Category]:
    """What a search found, and when it finds nothing the kind for that; else the three likeliest by words and place."""
    if sought:
        categories = search_categories(sought) or [kind for kind in kinds if kind.code == OTHER]
    else:
        categories = likeliest_categories(draft.typed.get("description", ""), reporting.spot_if_any(draft))
    by_code = {kind.code: kind for kind in kinds}
    return [by_code[category.code] for category in categories if category.code in by_code][: 6 if sought else 3]


# -- for the script --------------------------------------------------------------------------------------------------


@citizen.get("/new/shell")
def shell() -> Response:
    """All steps at once and empty, to be kept on the phone."""
    kinds = category_queries.active_categories()
    shown = make_response(
        render_template(
            "citizen/new/shell.html",
            **frame(NewReport(id=NOBODYS), None, kinds),
            table=steps.table(kinds),
            suggested=[],
            referrals=category_queries.active_referrals(),
            sought="",
            found=[],
            things=[],
            near=[],
            told=StepContext(),
            answered=[],
        )
    )
    shown.headers["Cache-Control"] = "private, no-cache"
    shown.add_etag()
    return shown.make_conditional(request)


@citizen.get("/new/spot")
def spot() -> str:
    """What is known about a spot: its words, whose it is, and what stands around it."""
    draft = NewReport(id=NOBODYS, typed=request.args.copy())
    return render_template("citizen/new/_spot.html", told=reporting.step_context(draft, around=True), draft=None)


@citizen.get("/new/known")
def known() -> str:
    """Open reports of a category near a spot; nothing at all when there are none."""
    draft = NewReport(id=NOBODYS, typed=request.args.copy())
    kind = reporting.kind_of(draft, category_queries.active_categories())
    near = reporting.step_context(draft, kind).near if kind else []
    return render_template("citizen/new/_near.html", near=near, chosen=kind) if near else ""


@citizen.get("/new/suggestions")
def suggestions() -> Response:
    """The codes of the likeliest categories for words and a spot."""
    draft = NewReport(id=NOBODYS, typed=request.args.copy())
    draft.typed["description"] = request.args.get("q", "")
    return json_answer({"codes": [kind.code for kind in suggested("", draft, category_queries.active_categories())]})


@citizen.get("/new/places")
def places() -> str:
    """Places and assets whose name sounds like what was typed, or that a sentence names, as radios."""
    sentence = request.args.get("words", "")[:DESCRIPTION_LIMIT]
    if sentence:
        return render_template("citizen/new/_found.html", sought="", found=gazetteer.said_in(sentence), draft=None)
    sought = typed_search()
    near = gazetteer.where_the_phone_is(request.args)
    return render_template("citizen/new/_found.html", sought=sought, found=gazetteer.found(sought, near), draft=None)


@citizen.get("/map/names.json")
def names() -> Response:
    """Names of places, for a map without tiles, and of streets, to be found without a network."""
    answer = json_answer({"items": gazetteer.on_the_map(), "streets": gazetteer.streets_to_keep()})
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


@citizen.get("/map/things")
def things() -> Response:
    """The town's things in ``bbox`` (west,south,east,north in degrees), for a map on which one points at them."""
    found = thing_queries.things_on_map(box_in(request.args.get("bbox", "")))
    names = (gazetteer.named_with_code(localized(one), one.code) for one in found)
    answer = json_answer(
        {
            "items": [
                {"thing": one.key, "name": name, "lon": one.lon, "lat": one.lat}
                for one, name in zip(found, names, strict=True)
            ]
        }
    )
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


@citizen.get("/new/<uuid:draft_id>/photos/<uuid:photo_id>.jpg")
def draft_photo(draft_id: UUID, photo_id: UUID) -> Response:
    """The thumbnail of a photo whose report is still being written; for its own browser only."""
    mine = any(photo.id == photo_id for photo in drafts.load(draft_id).photos)
    return thumbnail(db.session.get(Photo, photo_id) if mine else None)


# -- when something goes wrong on the way ----------------------------------------------------------------------------


@citizen.errorhandler(CSRFError)
@citizen.errorhandler(RateLimitExceeded)
def try_again(error: HTTPException) -> Response:
    """A step that came too late or too often comes back whole; its reader only presses again."""
    if request.endpoint != "citizen.take_step":
        return afterwards.try_again(error)
    where = dict(request.view_args or {})
    late = isinstance(error, CSRFError)
    try:
        draft, _kind = taken(where["draft_id"], where["step"], keep=late and has_form_of_ours())
    except DomainError:
        return http_answer(error)
    if draft.report_id is not None:
        return sent(db.session.get_one(Report, draft.report_id))
    draft.status = error.code or 400
    sentence = str(afterwards.TOO_LATE) if late else http_sentence(429)
    draft.say("photo" if where["step"] == "photo" else "form", sentence)
    return answer(where["step"], draft)


@citizen.errorhandler(RequestEntityTooLarge)
def too_large(error: RequestEntityTooLarge) -> Response:
    """So much that it was not even read: the step as it was, and why."""
    if request.endpoint != "citizen.take_step":
        return afterwards.try_again(error)
    draft = drafts.load((request.view_args or {})["draft_id"])
    draft.status = 413
    draft.say("photo", http_sentence(413))
    return answer("photo", draft)
