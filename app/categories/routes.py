"""The categories API."""

from __future__ import annotations

from flask import Response
from flask_babel import lazy_gettext as _l
from flask_smorest import Blueprint

from app.categories import presenting as category_presenting
from app.categories import queries as category_queries
from app.categories.schemas import CategoryOut, CategoryPage
from app.errors import NotFound
from app.http import json_answer

categories = Blueprint("categories", __name__, url_prefix="/categories", description="Kinds of everyday issues")


@categories.get("")
@categories.response(200, CategoryPage)
def all_categories() -> Response:
    """All categories that can be chosen, in order."""
    return json_answer({"items": [category_presenting.category(kind) for kind in category_queries.active_categories()]})


@categories.get("/<code>")
@categories.response(200, CategoryOut)
def one_category(code: str) -> Response:
    """One category with its questions."""
    category = next((kind for kind in category_queries.active_categories() if kind.code == code), None)
    if category is None:
        raise NotFound(_l("Δεν υπάρχει τέτοια κατηγορία."))
    return json_answer(category_presenting.category(category))
