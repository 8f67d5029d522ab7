"""Who is asking: a session cookie for people, a bearer token for programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Request, current_app, g, request, session
from flask_babel import lazy_gettext as _l
from flask_login import AnonymousUserMixin, login_user
from itsdangerous import BadData, URLSafeTimedSerializer

from app.accounts import service
from app.accounts.models import ApiToken, User
from app.errors import LoginRequired
from app.extensions import csrf, db, login

#: In X-Requested-With of what the citizen's phone kept and now sends.
OUTBOX = "outbox"

View = TypeVar("View", bound=Callable[..., Any])


def bearer() -> ApiToken | None:
    """The token this request came with, if any."""
    token: ApiToken | None = g.get("bearer")
    return token


def _from_session(kept: str) -> User | None:
    number, _dot, key = kept.partition(".")
    user = db.session.get(User, int(number)) if number.isdigit() else None
    return user if user is not None and user.session_key == key else None


def _from_token(request: Request) -> User | None:
    token = bearer()
    return token.user if token else None


def _read_bearer(request: Request) -> None:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return
    known = service.token_in_force(token.strip())
    if known is None:
        raise LoginRequired(_l("Το κλειδί (Bearer) δεν ισχύει ή έχει ανακληθεί. Εκδώστε νέο."))
    g.bearer = known
    # A program is who its token says, whatever cookie comes along.
    g._login_user = known.user if known.user is not None and known.user.active else AnonymousUserMixin()


def _from_an_outbox(request: Request) -> bool:
    """Whether a phone sends what waited: it acts for nobody signed in, whoever may be by then in the same browser.

    A foreign page cannot set the header without asking us first, and we let none.
    """
    if bearer() is not None or request.headers.get("X-Requested-With") != OUTBOX:
        return False
    g._login_user = AnonymousUserMixin()
    return True


def sign_in(user: User) -> None:
    login_user(user, remember=False)


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
    login.user_loader(_from_session)
    login.request_loader(_from_token)

    @app.before_request
    def know_who_asks() -> None:
        _read_bearer(request)
        by_token = bearer() is not None
        stateless = request.path.startswith("/api/") and (_from_an_outbox(request) or "_user_id" not in session)
        open_to_all = getattr(app.view_functions.get(request.endpoint or ""), _WITHOUT_CSRF, False)
        safe = request.method in ("GET", "HEAD", "OPTIONS", "TRACE")
        if not (safe or by_token or stateless or open_to_all):
            csrf.protect()
