"""The office's part of the address space: only its people come in, and nobody keeps a copy."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from werkzeug.wrappers import Response

from app.accounts.permissions import Act, require
from app.dispatch.lifecycle import STATUS_LABELS as ORDER_LABELS
from app.errors import Forbidden, LoginRequired
from app.notices.service import how_many_failed
from app.pages.account import to_login
from app.pages.office import labels
from app.pages.refusal import no_entry
from app.reports.lifecycle import Move

office = Blueprint("office", __name__, url_prefix="/office")
office.register_error_handler(LoginRequired, to_login)
office.register_error_handler(Forbidden, no_entry)


@office.before_request
def only_the_office() -> None:
    require(Act.SEE_OFFICE)


@office.after_request
def keep_no_copy(answer: Response) -> Response:
    """These pages hold people's contacts."""
    answer.headers["Cache-Control"] = "no-store"
    return answer


@office.context_processor
def desk_context() -> dict[str, Any]:
    return {
        "labels": labels,
        "Move": Move,
        "ORDER_LABELS": ORDER_LABELS,
        "how_many_failed": how_many_failed,
    }
