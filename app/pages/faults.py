"""What the database or Python itself refuses still gets a sentence, for programs and for people."""

from __future__ import annotations

import logging

from flask import Flask, Response, current_app, g, request
from flask_babel import gettext as _
from flask_login import AnonymousUserMixin
from procrastinate.exceptions import ConnectorException
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    PendingRollbackError,
)
from sqlalchemy.exc import TimeoutError as NoConnectionInTime

from app.cross_site import SAFE
from app.errors import Invalid, Stale, answer
from app.extensions import db

log = logging.getLogger(__name__)


#: How it shows: to a statement, to the one after it, to a job being queued, to whoever waits for a connection.
AWAY = (OperationalError, InterfaceError, PendingRollbackError, ConnectorException, NoConnectionInTime)


def _database_away(error: Exception) -> Response:
    """A connection was lost or is not to be had: whoever only reads gets one more try on a fresh one."""
    lost = getattr(error, "connection_invalidated", isinstance(error, PendingRollbackError))
    if lost and request.method in SAFE and "tried_again" not in g:
        g.tried_again = True
        return _once_more()
    log.error("the database does not answer: %s", error)
    # The page must not ask the database who is reading it.
    g._login_user = AnonymousUserMixin()
    return answer(
        503,
        "unavailable",
        _("Σε λίγο είμαστε πάλι εδώ"),
        _("Η υπηρεσία δεν απαντά αυτή τη στιγμή. Ό,τι είχατε στείλει είναι ασφαλές. Δοκιμάστε ξανά σε λίγα λεπτά."),
    )


def _once_more() -> Response:
    db.session.remove()
    for known in ("_login_user", "bearer", "staff_session"):
        g.pop(known, None)  # they belong to the lost connection's session
    try:
        said = current_app.preprocess_request()
        return current_app.make_response(current_app.dispatch_request() if said is None else said)
    except Exception as error:
        return current_app.make_response(current_app.handle_user_exception(error))


def _no_such_value(error: Exception) -> Response:
    """A value nobody can hold: NUL or half a character in a text, a number beyond all, JSON nested without end."""
    db.session.rollback()
    return answer(422, "invalid", Invalid.title, _("Μια τιμή δεν μπορεί να διαβαστεί. Ελέγξτε την και στείλτε ξανά."))


def _taken(error: IntegrityError) -> Response:
    """Two did the same thing at the same moment, and the database let one of them."""
    db.session.rollback()
    return answer(409, "conflict", Stale.title, _("Στο μεταξύ το έκανε κάποιος άλλος. Δείτε το ξανά και συνεχίστε."))


def _let_go(_error: BaseException | None) -> None:
    """The answer is made by now: a connection that is lost at its very end changes nothing of it."""
    try:
        db.session.remove()
    except DBAPIError as lost:
        log.warning("a connection was lost after the answer: %s", type(lost).__name__)
        db.session().invalidate()
        db.session.registry.clear()


def register(app: Flask) -> None:
    app.teardown_appcontext(_let_go)  # before Flask-SQLAlchemy's own, as the later is called first
    for kind in AWAY:
        app.register_error_handler(kind, _database_away)
    app.register_error_handler(IntegrityError, _taken)
    for unheld in (DataError, RecursionError, UnicodeEncodeError):
        app.register_error_handler(unheld, _no_such_value)
