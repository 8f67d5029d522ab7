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
    for attribute in ("_login_user", "bearer", "staff_session"):
        g.pop(attribute, None)  # they belong to the lost connection's session
    try:
        answer = current_app.preprocess_request()
        return current_app.make_response(current_app.dispatch_request() if answer is None else answer)
    except Exception as error:
        return current_app.make_response(current_app.handle_user_exception(error))


#: SQLSTATEs of a value that nobody can hold: no such character (22021, 22P05), a number or time beyond all (22003,
#: 22008). A text with NUL has none: psycopg itself refuses it.
_NOBODY_CAN_HOLD = (None, "22003", "22008", "22021", "22P05")

#: What two people can do at the same moment, of which the database lets one. Every other constraint is there for our
#: own mistakes, and whoever meets one is not to blame.
_TWO_AT_ONCE = frozenset(
    {
        "uq_report_photo_photo_id",
        "uq_blocked_kind_value",
        "uq_subscription_wish_email",
        "uq_subscription_wish_push",
        "uq_push_endpoint_url",
        "uq_second_factor_credential",
        "pk_upload",
    }
)


def _no_such_value(error: Exception) -> Response:
    db.session.rollback()
    return answer(422, "invalid", Invalid.title, _("Μια τιμή δεν μπορεί να διαβαστεί. Ελέγξτε την και στείλτε ξανά."))


def _unheld(error: DataError) -> Response:
    """A value nobody can hold is the sender's; every other fault of the kind is ours."""
    return _no_such_value(error) if getattr(error.orig, "sqlstate", None) in _NOBODY_CAN_HOLD else _ours(error)


def _half_a_character(error: UnicodeEncodeError) -> Response:
    return _no_such_value(error) if error.reason == "surrogates not allowed" else _ours(error)


def _taken(error: IntegrityError) -> Response:
    """Two did the same thing at the same moment, and the database let one of them."""
    refused = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    if refused not in _TWO_AT_ONCE:
        return _ours(error)
    db.session.rollback()
    return answer(409, "conflict", Stale.title, _("Στο μεταξύ το έκανε κάποιος άλλος. Δείτε το ξανά και συνεχίστε."))


def _ours(error: Exception) -> Response:
    """As any other exception: logged with its stack, a page with a number."""
    db.session.rollback()
    return current_app.make_response(current_app.handle_exception(error))


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
    app.register_error_handler(DataError, _unheld)
    app.register_error_handler(UnicodeEncodeError, _half_a_character)
