"""Bearer tokens for programs, by API."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_babel import lazy_gettext as _l
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from app.accounts import service
from app.accounts.login import bearer
from app.errors import LoginRequired
from app.extensions import limiter, now, unit_of_work
from app.http import Input, json_answer

tokens = Blueprint("tokens", __name__, url_prefix="/tokens", description="Bearer tokens for programs")


class TokenIn(Input):
    email = fields.String(required=True)
    password = fields.String(required=True)
    label = fields.String(load_default="api", metadata={"description": "what the token is for"})


class TokenOut(Schema):
    token = fields.String(required=True)
    role = fields.String(required=True)


@tokens.post("")
@limiter.limit("30 per minute")
@tokens.arguments(TokenIn)
@tokens.response(201, TokenOut)
def issue_token(wanted: dict[str, Any]) -> Response:
    """A token for a staff account; it is shown this once."""
    with unit_of_work():
        user = service.authenticate(wanted["email"], wanted["password"])
        token = service.issue_token(wanted["label"], user=user)
        return json_answer({"token": token, "role": user.role.value}, 201)


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
