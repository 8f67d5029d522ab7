"""Signing in and out, for the staff."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts import service
from app.accounts.login import sign_in, sign_out
from app.accounts.models import User
from app.accounts.permissions import Act, may, somebody
from app.errors import LoginRequired
from app.extensions import limiter, unit_of_work
from app.pages.outcome import Refusal, typed_stays
from app.pages.preferences import local_path

account = Blueprint("account", __name__)


def home_of(user: User) -> str:
    """Where this person's day begins."""
    return url_for("office.desk") if may(user, Act.SEE_OFFICE) else url_for("crew.day_page")


def to_login(error: LoginRequired) -> Response:
    """Send a stranger to the door, and remember where they wanted to go."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("account.login", next=wanted), 303)


def _wanted(user: User) -> str:
    """The page they came for when it is one of ours and for them, else their home."""
    path = local_path(request.values.get("next") or "/")
    for_office = path.startswith(url_for("office.desk"))
    return home_of(user) if path == "/" or (for_office and not may(user, Act.SEE_OFFICE)) else path


def show(refusal: Refusal | None = None) -> str:
    return render_template("account/login.html", refusal=refusal, next=local_path(request.values.get("next") or "/"))


@account.get("/login")
def login() -> str | Response:
    """The door."""
    user = somebody()
    return redirect(_wanted(user)) if user else show()


@account.post("/login")
@limiter.limit("30 per minute")
@typed_stays(show, but=())
def enter() -> Response:
    """E-mail and password."""
    user = service.authenticate(request.form.get("email", ""), request.form.get("password", ""))
    with unit_of_work():
        sign_in(user)
    return redirect(_wanted(user), 303)


@account.post("/logout")
def leave() -> Response:
    """Out again."""
    with unit_of_work():
        sign_out()
    flash(_("Αποσυνδεθήκατε."))
    return redirect(url_for("account.login"), 303)
