"""The steps of a new report: their order, what each asks, and which comes next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from app.categories.models import Category

#: Every step with its template, in order.
PARTS = {
    "photo": "_photo.html",
    "place": "_place.html",
    "category": "_category.html",
    "questions": "_questions.html",
    "known": "_known.html",
    "words": "_said.html",
    "contact": "_contact.html",
    "check": "_check.html",
}

TITLES = {
    "photo": _l("Νέα αναφορά"),
    "place": _l("Πού είναι;"),
    "category": _l("Τι συμβαίνει;"),
    "questions": _l("Λίγα ακόμη"),
    "known": _l("Μήπως είναι κάτι από αυτά;"),
    "words": _l("Θέλετε να πείτε κάτι;"),
    "contact": _l("Πώς σας ενημερώνουμε;"),
    "check": _l("Όλα σωστά;"),
}

#: As people count them: questions and what is known already belong to what it is.
_NUMBERS = {"photo": 1, "place": 2, "category": 3, "questions": 3, "known": 3, "words": 4, "contact": 5, "check": 6}

_FIELDS = {
    "place": ("lon", "lat", "accuracy_m", "address"),
    "category": ("category",),
    "words": ("description",),
    "contact": ("contact_email", "contact_phone", "contact_name"),
}

#: The step an error belongs to, by the first part of its field's name.
_STEP_OF = {name: step for step, names in _FIELDS.items() for name in names} | {
    "photo": "photo",
    "where": "place",
    "answers": "questions",
    "stopper": "questions",
    "form": "check",
}


def number_of(step: str) -> int:
    return _NUMBERS[step]


def fields_of(step: str, typed: Mapping[str, Any]) -> Iterable[str]:
    """The names of a step's fields, those of a category's questions as far as they were typed."""
    if step == "questions":
        return [name for name in typed if name.startswith(("answers.", "stopper."))]
    return _FIELDS.get(step, ())


def step_of(field: str) -> str:
    return _STEP_OF.get(field.partition(".")[0], "check")


def asks(kind: Category | None) -> bool:
    return kind is not None and bool(kind.questions or kind.stoppers)


def before(step: str, kind: Category | None) -> str | None:
    """Where «Πίσω» leads."""
    if step in ("known", "words"):
        return "questions" if asks(kind) else "category"
    return {"place": "photo", "category": "place", "questions": "category", "contact": "words", "check": "words"}.get(
        step
    )


def after(step: str, kind: Category | None, *, checked: bool, to: str = "") -> str:
    """Where «Συνέχεια» leads, before it is asked whether something is known there; ``checked``: all was seen once."""
    if step == "category" and asks(kind):
        return "questions"
    if step in ("place", "category", "questions") and not (checked and step == "place"):
        return "category" if step == "place" else "known"
    if checked or step == "contact" or to == "check":
        return "check"
    return {"photo": "place", "known": "words", "words": "contact"}[step]
