"""Signing in and out, for the staff."""

from __future__ import annotations

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts import factors, login_throttle, passkeys, service
from app.accounts.login import half_signed_in, sign_in, sign_out
from app.accounts.models import FactorKind, StaffSession, User
from app.accounts.permissions import Act, current_staff, may
from app.errors import LoginRequired
from app.extensions import limiter, now, unit_of_work
from app.pages.preferences import local_path
from app.pages.refusal import Refusal, typed_stays

account = Blueprint("account", __name__)


@account.after_request
def keep_no_copy(answer: Response) -> Response:
    """These pages hold keys and secrets."""
    answer.headers["Cache-Control"] = "no-store"
    return answer


def home_of(user: User) -> str:
    """Where this person's day begins."""
    return url_for("office.desk") if may(user, Act.SEE_OFFICE) else url_for("crew.day_page")


def to_login(error: LoginRequired) -> Response:
    """Send a stranger to the door, and remember where they wanted to go."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("account.login", next=wanted), 303)


def _next() -> str:
    """The page of ours they came for; ``/`` when they came for none."""
    return local_path(request.values.get("next") or "/")


def _wanted(user: User) -> str:
    """The page they came for when it is for them, else their home."""
    path = _next()
    for_office = path.startswith(url_for("office.desk"))
    return home_of(user) if path == "/" or (for_office and not may(user, Act.SEE_OFFICE)) else path


def show(refusal: Refusal | None = None) -> str:
    return render_template("account/login.html", refusal=refusal, next=_next())


account.register_error_handler(LoginRequired, to_login)


@account.get("/login")
def login() -> str | Response:
    """The door."""
    user = current_staff()
    return redirect(_wanted(user)) if user else show()


@account.post("/login")
@limiter.limit(login_throttle.PER_ADDRESS)
@typed_stays(show, but=())
def enter() -> Response:
    """E-mail and password; then the second step, where there is one."""
    email = request.form.get("email", "")
    login_throttle.require_attempt(email)
    user = service.authenticate(email, request.form.get("password", ""))
    passed = not (factors.has_any(user) or factors.is_required(user))
    with unit_of_work():
        sign_in(user, passed=passed)
    if passed:
        login_throttle.remember_browser_of(user)
        return redirect(_wanted(user), 303)
    wanted = _next()
    return redirect(url_for("account.second_step", next=wanted if wanted != "/" else None), 303)


def show_second(refusal: Refusal | None = None) -> str:
    user, session = _halfway()
    mine = factors.factors_of(user)
    new = None if mine else request.form.get("secret") or factors.new_secret()
    with unit_of_work():
        passkey = passkeys.authentication_options(mine, session)
    return render_template(
        "account/second.html",
        refusal=refusal,
        next=_next(),
        secret=new,
        passkey=passkey,
        has_codes=any(factor.kind == FactorKind.TOTP for factor in mine) or factors.paper_codes_left(user) > 0,
        square=square(user, new) if new else "",
    )


def square(user: User, secret: str) -> str:
    """The QR code for an app, as an inline image."""
    try:
        return segno.make(factors.address_for_app(user, secret), micro=False).svg_data_uri(scale=5, border=2)
    except ValueError:  # no base32
        return ""


def _halfway() -> tuple[User, StaffSession]:
    session = half_signed_in()
    if session is None:
        raise LoginRequired(_("Συνδεθείτε για να συνεχίσετε."))
    return session.user, session


@account.get("/login/second")
def second_step() -> str | Response:
    """The code of the second step; or, where the role asks for one that is not there yet, how to get it."""
    if user := current_staff():
        return redirect(_wanted(user))
    return show_second() if half_signed_in() else redirect(url_for("account.login"))


@account.post("/login/second")
@limiter.limit(login_throttle.PER_ADDRESS)
@typed_stays(show_second, but=())
def take_second_step() -> Response:
    """Take the code, and open a session that counts."""
    if there := current_staff():
        return redirect(_wanted(there), 303)
    user, session = _halfway()
    login_throttle.require_attempt(user.email)
    form = request.form
    with unit_of_work():
        if form.get("credential"):
            passkeys.verify(user, session, form["credential"], at=now())
        elif factors.has_any(user):
            factors.verify_code(user, form.get("code", ""), at=now())
        else:
            factors.set_up_app(user, form.get("secret", ""), form.get("code", ""), at=now())
        sign_in(user)
    login_throttle.remember_browser_of(user)
    return redirect(_wanted(user), 303)


@account.post("/logout")
def leave() -> Response:
    """Out again."""
    with unit_of_work():
        sign_out()
    flash(_("Αποσυνδεθήκατε."))
    return redirect(url_for("account.login"), 303)
