"""Bearer tokens for programs, by API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response
from flask_babel import lazy_gettext as _l
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from app.accounts import factors, login_throttle, service
from app.accounts.login import bearer
from app.accounts.models import Scope
from app.errors import Forbidden, LoginRequired
from app.extensions import limiter, now, unit_of_work
from app.http import Input, json_answer

tokens = Blueprint("tokens", __name__, url_prefix="/tokens", description="Bearer tokens for programs")


class TokenIn(Input):
    email = fields.String(required=True)
    password = fields.String(required=True)
    code = fields.String(load_default="", metadata={"description": "of the second step, where the account has one"})
    label = fields.String(load_default="api", metadata={"description": "what the token is for"})
    scopes = fields.List(
        fields.Enum(Scope, by_value=True),
        load_default=lambda: list(Scope),
        metadata={"description": "what it may be used for; never more than its user may"},
    )
    days = fields.Integer(
        load_default=service.TOKEN_LIVES.days,
        validate=validate.Range(1, service.TOKEN_LIVES_AT_MOST.days),
        metadata={"description": "days until it ends"},
    )


class TokenOut(Schema):
    token = fields.String(required=True)
    role = fields.String(required=True)


@tokens.post("")
@limiter.limit(login_throttle.PER_ADDRESS)
@tokens.arguments(TokenIn)
@tokens.response(201, TokenOut)
def issue_token(wanted: dict[str, Any]) -> Response:
    """A token for a staff account; it is shown this once."""
    login_throttle.require_attempt(wanted["email"])
    with unit_of_work():
        user = service.authenticate(wanted["email"], wanted["password"])
        if factors.has_any(user):
            factors.verify_code(user, wanted["code"], at=now())
        elif factors.is_required(user):
            raise Forbidden(_l("Ο ρόλος χρειάζεται δεύτερο βήμα: συνδεθείτε μία φορά στη σελίδα και ορίστε το."))
        lives = timedelta(days=wanted["days"])
        token = service.issue_token(wanted["label"], at=now(), user=user, scopes=wanted["scopes"], lives=lives)
        role = user.role.value
    login_throttle.clear_attempts()
    return json_answer({"token": token, "role": role}, 201)


@tokens.delete("/current")
@tokens.response(204)
def revoke_token() -> Response:
    """Revoke the token this very request came with."""
    token = bearer()
    if token is None:
        raise LoginRequired(_l("Στείλτε το κλειδί που θέλετε να ανακληθεί ως Bearer."))
    with unit_of_work():
        service.revoke_token(token, at=now())
    return Response(status=204)
