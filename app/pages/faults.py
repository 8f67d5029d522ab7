"""When the database does not answer, people still get a page that says so."""

from __future__ import annotations

import logging

from flask import Flask, Response, g
from flask_babel import gettext as _
from flask_login import AnonymousUserMixin
from sqlalchemy.exc import OperationalError

from app.errors import answer

log = logging.getLogger(__name__)


def _database_away(error: OperationalError) -> Response:
    log.error("the database does not answer: %s", error)
    # The page must not ask the database who is reading it.
    g._login_user = AnonymousUserMixin()
    page = answer(
        503,
        "unavailable",
        _("Σε λίγο είμαστε πάλι εδώ"),
        _("Η υπηρεσία δεν απαντά αυτή τη στιγμή. Ό,τι είχατε στείλει είναι ασφαλές. Δοκιμάστε ξανά σε λίγα λεπτά."),
    )
    page.headers["Retry-After"] = "60"
    return page


def register(app: Flask) -> None:
    app.register_error_handler(OperationalError, _database_away)
