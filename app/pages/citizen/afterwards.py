"""What the reporter does with a report after it was sent: plain forms on its page, each tap once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response

from app.accounts.login import has_form_of_ours
from app.actions import ActionRequest, ActionResult, perform_once
from app.devices import known_device, rate_limited
from app.digests import fingerprint
from app.dispatch import service as dispatching
from app.errors import DomainError, Invalid, KeyReused, http_answer, http_sentence
from app.extensions import now, unit_of_work
from app.pages.citizen.face import citizen
from app.pages.citizen.forms import Draft, received
from app.pages.citizen.owner import require_report, require_reporter
from app.pages.citizen.track import page
from app.pages.kept_photos import photos_for_report
from app.reports import aftercare
from app.reports.lifecycle import Status
from app.reports.models import Report
from app.reports.row_queries import WholeReport

TOO_LATE = _l("Η σελίδα έμεινε ανοιχτή πολλή ώρα. Τίποτα δεν χάθηκε· πατήστε ξανά το κουμπί.")

DEEDS = ("confirm", "objection", "answer", "amend", "withdrawal")
DEED = f"any({', '.join(DEEDS)})"

DONE = {
    "confirm": _l("Ευχαριστούμε που μας το είπατε. Η αναφορά ολοκληρώθηκε."),
    "objection": _l("Το γραφείο θα το εξετάσει και θα δείτε εδώ τι αποφάσισε."),
    "answer": _l("Η απάντησή σας έφτασε στο γραφείο. Ευχαριστούμε."),
    "words": _l("Τα λόγια σας διορθώθηκαν."),
    "withdraw": _l("Τα λόγια σας αποσύρθηκαν."),
    "photos": _l("Οι φωτογραφίες αποσύρθηκαν."),
    "withdrawal": _l("Η αναφορά αποσύρθηκε. Ευχαριστούμε που μας το είπατε."),
    "more": _l("Το γραφείο έλαβε όσα προσθέσατε."),
}

#: The parts of «amend», each a form of its own.
PARTS = ("words", "photos", "more")
#: Fields that stand under another name where two forms of a page would have the same.
_OTHER_NAMES = {"more": {"words": "more", "photo": "more-photo"}}


def act_address(reference: str, key: str | None = None) -> Response:
    """Somebody went to a form's own address, say by reloading after a refusal."""
    return redirect(url_for("citizen.track", reference=reference, key=key), 303)


# Spelled out, so that none of them is taken for a key.
for _deed in (*DEEDS, "support"):
    citizen.add_url_rule(f"/r/<reference>/{_deed}", view_func=act_address)
    citizen.add_url_rule(f"/r/<reference>/<key>/{_deed}", view_func=act_address)


@citizen.post(f"/r/<reference>/<{DEED}:deed>")
@citizen.post(f"/r/<reference>/<key>/<{DEED}:deed>")
@rate_limited("120 per hour", "1200 per hour", scope="afterwards")
def act(reference: str, deed: str, key: str | None = None) -> Response:
    """Confirm, object, answer or amend; the same tap sent twice is done once."""
    report, own = require_report(reference, key)
    require_reporter(own)
    form, draft = form_of(deed, request.form), received()
    work = WORK[form]
    if not draft.errors:
        try:
            did = done_once(report, form, draft, work)
        except KeyReused:
            draft.status, draft.action_id = KeyReused.status, uuid4().hex
            draft.say("form", _("Αυτή η φόρμα στάλθηκε ήδη μία φορά. Δείτε πώς είναι τώρα."))
        except DomainError as error:
            draft.note(error)
        else:
            flash(str(DONE[did]), "ok")
            return redirect(url_for("citizen.track", reference=report.reference, key=key), 303)
    return refused(reference, key, form, draft)


def form_of(deed: str, typed: Mapping[str, str]) -> str:
    """Which form of the page was sent."""
    if deed != "amend":
        return deed
    part = typed.get("part", "")
    return part if part in PARTS else "more"


def done_once(report: WholeReport, form: str, draft: Draft, work: Callable[[str, Draft], Did]) -> str:
    """The deed, and what to say of it."""
    typed = [(name, values) for name, values in sorted(draft.typed.lists()) if name not in _NOT_MEANT]
    mark = fingerprint(repr(typed).encode(), *(photo.sha256.encode() for photo in draft.photos))
    action = ActionRequest(
        scope=f"page.report.{report.id}.{form}",
        key=draft.action_id,
        kind=f"report.{form}",
        fingerprint=mark,
        at=now(),
        device=known_device(),
    )

    def done() -> ActionResult:
        changed, outcome = work(report.reference, draft)
        return ActionResult(changed.id, changed.version, outcome)

    with unit_of_work():
        return perform_once(action, done).outcome


_NOT_MEANT = frozenset({"csrf_token", "action_id", "kept_photo", "remove_photo"})


def refused(reference: str, key: str | None, form: str, draft: Draft) -> Response:
    """The page as it is now, with what was typed where it can still be sent."""
    report, own = require_report(reference, key)
    draft.status = draft.status if draft.status >= 400 else 422
    words = draft.typed.get("words", "")
    if form in ("answer", "objection") and not still_asked(form, report):
        form, draft.typed["more"] = "more", words
    renamed = _OTHER_NAMES.get(form, {})
    draft.errors = {renamed.get(name, name): sentences for name, sentences in draft.errors.items()}
    return page(report, key, own, draft, form)


def try_again(error: HTTPException) -> Response:
    """A form that came too late, too often or too large comes back whole; its reader only presses again."""
    where: dict[str, Any] = dict(request.view_args or {})
    if request.endpoint != "citizen.act":
        return http_answer(error)
    try:
        _report, own = require_report(where["reference"], where.get("key"))
        require_reporter(own)
    except DomainError:
        return http_answer(error)
    if isinstance(error, RequestEntityTooLarge):
        form, draft = form_of(where["deed"], {}), Draft()
        draft.say("photo", http_sentence(413))
    else:
        late = isinstance(error, CSRFError)
        form, draft = form_of(where["deed"], request.form), received(take_photos=late and has_form_of_ours())
        draft.say("form", str(TOO_LATE) if late else http_sentence(429))
    draft.status = error.code or 400
    return refused(where["reference"], where.get("key"), form, draft)


def still_asked(form: str, report: WholeReport) -> bool:
    if form == "answer":
        return report.status is Status.QUESTION
    return report.status in (Status.RESOLVED, Status.CLOSED) and report.objected_at is None


# -- what each form asks of the domain -------------------------------------------------------------------------------

#: The report as it is then, and what is said of the deed.
Did = tuple[Report, str]


def _confirm(reference: str, draft: Draft) -> Did:
    return aftercare.confirm(reference, at=now()), "confirm"


def _object(reference: str, draft: Draft) -> Did:
    words, photos = draft.typed.get("words", ""), photos_for_report(draft.photos)
    return aftercare.object_to(reference, words=words, photos=photos, at=now()), "objection"


def _answer(reference: str, draft: Draft) -> Did:
    words, photos = draft.typed.get("words", ""), photos_for_report(draft.photos)
    return aftercare.answer(reference, words=words, photos=photos, at=now()), "answer"


def _words(reference: str, draft: Draft) -> Did:
    """Corrected words; to withdraw them the box must be ticked, so that no slip of a thumb does it."""
    withdrawn = "withdraw" in draft.typed
    words = "" if withdrawn else draft.typed.get("description", "")
    if not withdrawn and not words.strip():
        raise Invalid({"withdraw": [_("Για να αποσύρετε τα λόγια σας, σημειώστε το κουτάκι.")]})
    return aftercare.amend(reference, at=now(), description=words), "withdraw" if withdrawn else "words"


def _photos(reference: str, draft: Draft) -> Did:
    chosen = _ids(draft.typed.getlist("photo_id"))
    if not chosen:
        raise Invalid({"photo_id": [_("Σημειώστε ποια φωτογραφία θέλετε να αποσύρετε.")]})
    return aftercare.amend(reference, at=now(), withdraw_photos=chosen), "photos"


def _more(reference: str, draft: Draft) -> Did:
    words, photos = draft.typed.get("more", ""), photos_for_report(draft.photos)
    if not (words.strip() or photos):
        raise Invalid({"words": [_("Γράψτε κάτι ή προσθέστε μια φωτογραφία.")]})
    return aftercare.amend(reference, at=now(), words=words, photos=photos), "more"


def _withdrawal(reference: str, draft: Draft) -> Did:
    return dispatching.withdraw(reference, words=draft.typed.get("why", ""), at=now()), "withdrawal"


WORK: dict[str, Callable[[str, Draft], Did]] = {
    "confirm": _confirm,
    "objection": _object,
    "answer": _answer,
    "words": _words,
    "photos": _photos,
    "more": _more,
    "withdrawal": _withdrawal,
}


def _ids(typed: list[str]) -> list[UUID]:
    ids = []
    for text in typed:
        try:
            ids.append(UUID(text))
        except ValueError:
            continue
    return ids
