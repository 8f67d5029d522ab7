"""What a category looks like to the outside."""

from __future__ import annotations

from typing import Any

from app.categories.models import Category
from app.language import code_and_names


def category(kind: Category) -> dict[str, Any]:
    """A category with everything a form or a program needs."""
    return {
        "code": kind.code,
        "name_el": kind.name_el,
        "name_en": kind.name_en,
        "description_el": kind.description_el,
        "description_en": kind.description_en,
        "group": code_and_names(kind.group),
        "keywords": kind.keywords,
        "questions": kind.questions,
        "target_days": kind.target_days,
        "usual_days": kind.usual_days,
        "stoppers": kind.stoppers,
        "photo_wanted": kind.photo_wanted,
        "publish_policy": kind.publish_policy.value,
        "asset_kind": kind.asset_kind,
        "icon": kind.icon,
    }
