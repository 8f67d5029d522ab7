"""Guessing is slowed down by account, not by locking it: a browser its owner has used before has tries of its own.

After OWASP's «Slow Down Online Guessing Attacks with Device Cookies»: whoever guesses from anywhere uses up the tries
that all unknown browsers have together; who has been signed in here before does not notice.
"""

from __future__ import annotations

import hashlib
import secrets
import time

from flask import Flask, current_app, g, request
from flask_babel import lazy_gettext as _l
from itsdangerous import BadData, URLSafeSerializer
from limits import parse
from werkzeug.wrappers import Response

from app.accounts.models import User
from app.devices import is_secure
from app.errors import RateLimited
from app.extensions import limiter
from app.logs import security

ATTEMPTS = parse("10 per 15 minutes")
#: Beside it, for one network address: far above what a town hall behind one needs.
PER_ADDRESS = "300 per minute"
_MOST_KNOWN = 20
_YEAR_S = 365 * 24 * 3600


def require_attempt(email: str) -> None:
    """Count one try for this account. Raises RateLimited, with the seconds to wait, when there were too many."""
    mark = _mark(email)
    key = ("account", mark, _known().get(mark, "strangers"))
    if limiter.enabled and not limiter.limiter.hit(ATTEMPTS, *key):
        ends = limiter.limiter.get_window_stats(ATTEMPTS, *key).reset_time
        g.wait_s = max(1, int(ends - time.time()))
        security.warning("too many tries at the door of one account")
        raise RateLimited(_l("Πολλές προσπάθειες σύνδεσης σε αυτόν τον λογαριασμό. Δοκιμάστε ξανά σε ένα τέταρτο."))
    g.tried_as = key


def clear_attempts() -> None:
    """It was the right person: the tries are forgotten."""
    if limiter.enabled and "tried_as" in g:
        limiter.limiter.clear(ATTEMPTS, *g.tried_as)


def remember_browser_of(user: User) -> None:
    """The right person in a browser, which is known from now on."""
    clear_attempts()
    known_marks = _known()
    known_marks.setdefault(_mark(user.email), secrets.token_hex(8))
    g.known_here = dict(list(known_marks.items())[-_MOST_KNOWN:])


def _mark(email: str) -> str:
    """What stands for an account in keys and cookies."""
    return hashlib.sha256(email.strip().lower().encode("utf-8", "replace")).hexdigest()[:16]


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="known at the door")


def _known() -> dict[str, str]:
    try:
        marks = _signer().loads(request.cookies.get(current_app.config["DOOR_COOKIE"], ""))
    except BadData:
        return {}
    return dict(marks)


def register(app: Flask) -> None:
    @app.after_request
    def remember_browser(answer: Response) -> Response:
        if "known_here" in g:
            name, value = app.config["DOOR_COOKIE"], _signer().dumps(g.known_here)
            answer.set_cookie(name, value, max_age=_YEAR_S, httponly=True, samesite="Strict", secure=is_secure())
        return answer
