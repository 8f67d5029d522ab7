"""Who is asking: a session cookie for people, a bearer token for programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Request, current_app, g, request, session
from flask_babel import lazy_gettext as _l
from flask_login import AnonymousUserMixin
from itsdangerous import BadData, URLSafeTimedSerializer

from app.accounts import service, sessions
from app.accounts.models import ApiToken, StaffSession, User
from app.errors import LoginRequired
from app.extensions import csrf, login, now, unit_of_work
from app.logs import security

#: In X-Requested-With of what the citizen's phone kept and now sends.
OUTBOX = "outbox"

#: Of the browser's signed cookie: which staff session it is in.
_KEY = "staff"

View = TypeVar("View", bound=Callable[..., Any])


def bearer() -> ApiToken | None:
    """The token this request came with, if any."""
    token: ApiToken | None = g.get("bearer")
    return token


def this_session() -> StaffSession | None:
    """The staff session of this browser, if any, whether or not the second factor was shown."""
    if "staff_session" not in g:
        key = session.get(_KEY)
        g.staff_session = sessions.session_in_force(key, at=now()) if isinstance(key, str) else None
    staff_session: StaffSession | None = g.staff_session
    return staff_session


def _from_session(request: Request) -> User | None:
    """Asked where no bearer token came along: _read_bearer has answered for those."""
    staff_session = this_session()
    return staff_session.user if staff_session is not None and staff_session.passed else None


def _read_bearer(request: Request) -> None:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return
    token_row = service.token_in_force(token.strip(), at=now())
    if token_row is None:
        raise LoginRequired(_l("Το κλειδί (Bearer) δεν ισχύει ή έχει ανακληθεί. Εκδώστε νέο."))
    g.bearer = token_row
    # A program is who its token says, whatever cookie comes along.
    g._login_user = token_row.user if token_row.user is not None and token_row.user.active else AnonymousUserMixin()


def _from_an_outbox(request: Request) -> bool:
    """Whether a phone sends what waited: it acts for nobody signed in, whoever may be by then in the same browser.

    A foreign page cannot set the header without asking us first, and we let none.
    """
    if bearer() is not None or request.headers.get("X-Requested-With") != OUTBOX:
        return False
    g._login_user = AnonymousUserMixin()
    return True


def sign_in(user: User, *, passed: bool = True) -> None:
    """Open a session here, in place of what this browser had; unless ``passed``, it still waits for a second factor."""
    _end_here()
    session[_KEY] = sessions.open_session(user, at=now(), user_agent=request.user_agent.string, passed=passed)
    security.info("account %s signed in%s", user.id, "" if passed else ", the second step is to come")
    if passed:
        g._login_user = user


def half_signed_in() -> StaffSession | None:
    """The session of who gave the password here and still owes the second factor."""
    staff_session = this_session()
    return staff_session if staff_session is not None and not staff_session.passed else None


def sign_out() -> None:
    """End the session of this browser, here and for whoever copied its cookie."""
    staff_session = _end_here()
    if staff_session is not None:
        security.info("account %s signed out", staff_session.user_id)


def _end_here() -> StaffSession | None:
    staff_session = this_session()
    if staff_session is not None:
        sessions.end_session(staff_session, at=now())
    session.pop(_KEY, None)
    g.pop("staff_session", None)
    g._login_user = AnonymousUserMixin()
    return staff_session


def _note_use() -> None:
    """Before anything else of the request is under way, so that nothing of it is committed with this."""
    staff_session = this_session()
    if staff_session is not None and now() - staff_session.used_at >= sessions.NOTED:
        with unit_of_work():
            sessions.note_use(staff_session, at=now())


_WITHOUT_CSRF = "without_csrf"


def without_csrf(view: View) -> View:
    """A view that trusts no cookie: what it is given says by itself what may be done."""
    setattr(view, _WITHOUT_CSRF, True)
    return view


def has_form_of_ours() -> bool:
    """Whether the form came from a page of ours, though its session is over: only then is anything of it kept."""
    signer = URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="wtf-csrf-token")  # as Flask-WTF signs
    try:
        signer.loads(request.form.get("csrf_token", ""))
    except BadData:
        return False
    return True


def register(app: Flask) -> None:
    """Attach loaders, and CSRF protection to everything a browser's cookie could be abused for.

    A bearer token is never sent by a browser on its own, so it needs no CSRF token; nor does an API request
    without any session, which has nothing to abuse: a device's cookie is SameSite=Lax, so no foreign page can post
    with it.
    """
    login.init_app(app)
    login.request_loader(_from_session)

    @app.before_request
    def know_who_asks() -> None:
        _read_bearer(request)
        if _KEY in session:
            _note_use()
        by_token = bearer() is not None
        stateless = request.path.startswith("/api/") and (_from_an_outbox(request) or _KEY not in session)
        open_to_all = getattr(app.view_functions.get(request.endpoint or ""), _WITHOUT_CSRF, False)
        safe = request.method in ("GET", "HEAD", "OPTIONS", "TRACE")
        if not (safe or by_token or stateless or open_to_all):
            csrf.protect()
