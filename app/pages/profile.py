"""The staff's own account: where one is signed in, the second step, keys for programs, the password."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, TypeVar

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.accounts import factors, passkeys, service, sessions
from app.accounts.login import bearer, sign_in, this_session
from app.accounts.models import ApiToken, Role, Scope, StaffSession, User
from app.errors import Invalid, LoginRequired, NotFound
from app.extensions import now, unit_of_work
from app.notices.service import how_many_failed
from app.pages.account import account, square
from app.pages.refusal import Refusal, typed_stays

Row = TypeVar("Row", StaffSession, ApiToken)

SCOPES = {
    Scope.READ.value: _l("Ανάγνωση"),
    Scope.OFFICE.value: _l("Αποφάσεις του γραφείου"),
    Scope.WORK.value: _l("Εντολές εργασίας"),
}


def _me() -> tuple[User, StaffSession]:
    """Who is signed in here, and in which session: an account is its owner's, never a program's with a token."""
    session = this_session()
    if session is None or not session.passed or bearer() is not None:
        raise LoginRequired(_("Συνδεθείτε για να συνεχίσετε."))
    return session.user, session


def _ask_again(user: User) -> None:
    """The password once more, before something weighty. Raises Invalid."""
    service.check_password(user, request.form.get("password", ""))


def _chosen(those: Sequence[Row], gone: str) -> Row:
    """The one of these that the form names. Raises NotFound with the sentence ``gone``."""
    which = request.form.get("which", type=int)
    row = next((row for row in those if row.id == which), None)
    if row is None:
        raise NotFound(gone)
    return row


def show(refusal: Refusal | None = None, **once: Any) -> str:
    """The page; ``once`` is what is shown this one time: a new token, codes for paper, an app's secret."""
    user, session = _me()
    # Typed before and refused, or new; once it is kept, it is not shown again.
    secret = request.form.get("secret") if refusal else once.get("secret")
    return render_template(
        "account/own.html",
        frame="crew/frame.html" if user.role == Role.CREW else "office/frame.html",
        refusal=refusal,
        errors=refusal.errors if refusal else {},
        sessions=sessions.sessions_of(user, at=now()),
        this_one=session.id,
        tokens=service.tokens_of(user, at=now()),
        mine=factors.factors_of(user),
        passkeys_possible=passkeys.are_possible(),
        paper_codes_left=factors.paper_codes_left(user),
        SCOPES=SCOPES,
        how_many_failed=how_many_failed,
        square=square(user, secret) if secret else "",
        **once | {"secret": secret},
    )


@account.get("/account")
def own() -> str:
    """The own account."""
    return show()


@account.post("/account/sessions")
def end_sessions() -> Response:
    """End one session, or all but this one."""
    user, session = _me()
    with unit_of_work():
        if request.form.get("which") == "others":
            sessions.end_sessions(user, at=now(), but=session.id)
        else:
            chosen = _chosen(sessions.sessions_of(user, at=now()), _("Αυτή η σύνδεση έχει ήδη λήξει."))
            sessions.end_session(chosen, at=now())
    flash(_("Έγινε: εκεί χρειάζεται νέα σύνδεση."), "ok")
    return redirect(url_for("account.own"), 303)


@account.post("/account/password")
@typed_stays(show, but=(LoginRequired,))
def change_password() -> Response:
    """A new password; everywhere else one has to sign in anew."""
    user, _here = _me()
    with unit_of_work():
        _ask_again(user)
        service.choose_password(user, request.form.get("new_password", ""), at=now())
        sign_in(user)
    flash(_("Ο κωδικός άλλαξε. Σε όλες τις άλλες συσκευές χρειάζεται νέα σύνδεση."), "ok")
    return redirect(url_for("account.own"), 303)


@account.post("/account/app")
@typed_stays(show, but=(LoginRequired,))
def set_up_app() -> Response:
    """First the square to scan, then the code that shows that it worked; codes for paper come with it."""
    user, session = _me()
    if not request.form.get("secret"):
        return Response(show(secret=factors.new_secret()), mimetype="text/html")
    with unit_of_work():
        _ask_again(user)
        factors.set_up_app(user, request.form["secret"], request.form.get("code", ""), at=now())
        sessions.end_sessions(user, at=now(), but=session.id)
        codes = factors.new_paper_codes(user, at=now())
    return _shown_once(codes=codes)


@account.post("/account/codes")
@typed_stays(show, but=(LoginRequired,))
def new_codes() -> Response:
    """New codes for paper; those before are no good any more."""
    user, _here = _me()
    with unit_of_work():
        _ask_again(user)
        if not factors.has_any(user):
            raise NotFound(_("Πρώτα συνδέστε μια εφαρμογή κωδικών."))
        codes = factors.new_paper_codes(user, at=now())
    return _shown_once(codes=codes)


@account.post("/account/passkeys")
@typed_stays(show, but=(LoginRequired,))
def add_passkey() -> Response:
    """First the name and the password; then, with the challenge that gave, what the browser made."""
    (user, session), form = _me(), request.form
    name = form.get("passkey_name", "").replace("\0", "").strip()
    if not passkeys.are_possible():
        raise NotFound(_("Εδώ δεν γίνονται κλειδιά εισόδου."))
    if not form.get("credential"):
        _ask_again(user)
        with unit_of_work():
            options = passkeys.registration_options(user, session)
        return _shown_once(passkey=options, passkey_name=name or sessions.device_label(request.user_agent.string))
    with unit_of_work():
        passkeys.add(user, session, form["credential"], name, at=now())
        sessions.end_sessions(user, at=now(), but=session.id)
        codes = None if factors.paper_codes_left(user) else factors.new_paper_codes(user, at=now())
    if codes:
        return _shown_once(codes=codes)
    flash(_("Το κλειδί εισόδου καταχωρίστηκε."), "ok")
    return redirect(url_for("account.own"), 303)


@account.post("/account/factors/remove")
@typed_stays(show, but=(LoginRequired,))
def remove_factor() -> Response:
    """Give up an app or a passkey; the last one only where the role allows it."""
    user, _here = _me()
    with unit_of_work():
        _ask_again(user)
        if factors.is_required(user) and len(factors.factors_of(user)) < 2:
            raise Invalid(
                {"password": [_("Ο ρόλος σας χρειάζεται δεύτερο βήμα. Συνδέστε άλλη εφαρμογή στη θέση της.")]}
            )
        factors.remove(user, request.form.get("which", 0, type=int))
    flash(_("Δεν ανοίγει πια με αυτό."), "ok")
    return redirect(url_for("account.own"), 303)


@account.post("/account/tokens")
@typed_stays(show, but=(LoginRequired,))
def new_token() -> Response:
    """A key for a program, shown this once."""
    (user, _here), form = _me(), request.form
    name, days = form.get("name", "").replace("\0", "").strip(), form.get("days", type=int)
    scopes = [scope for scope in Scope if scope.value in form.getlist("scope")]
    errors: dict[str, list[str]] = {}
    if not name:
        errors["name"] = [_("Γράψτε σε ποιο πρόγραμμα θα το δώσετε.")]
    if not scopes:
        errors["scope"] = [_("Διαλέξτε τουλάχιστον ένα.")]
    if days is None or not 1 <= days <= service.TOKEN_LIVES_AT_MOST.days:
        most = service.TOKEN_LIVES_AT_MOST.days
        errors["days"] = [_("Γράψτε έναν αριθμό ημερών, από 1 έως %(most)s.", most=most)]
    if errors or days is None:
        raise Invalid(errors)
    with unit_of_work():
        _ask_again(user)
        token = service.issue_token(name, at=now(), user=user, scopes=scopes, lives=timedelta(days=days))
    return _shown_once(token=token)


@account.post("/account/tokens/revoke")
def revoke_token() -> Response:
    """The program with this key gets in no more."""
    user, _here = _me()
    with unit_of_work():
        token = _chosen(service.tokens_of(user, at=now()), _("Αυτό το κλειδί δεν ισχύει πια."))
        service.revoke_token(token, at=now())
    flash(_("Το κλειδί ανακλήθηκε."), "ok")
    return redirect(url_for("account.own"), 303)


def _shown_once(**what: Any) -> Response:
    return Response(show(**what), mimetype="text/html")
