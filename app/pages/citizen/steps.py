"""The steps of a new report as one table: their order, the way back, what stands at each and what it must say.

The phone gets the same table with the shell and reads it as this module does (``web/src/core/steps.ts``); the cases of
``web/tests/core/steps.json`` hold both to the same answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from app.categories.models import OTHER, Category
from app.categories.questions import ANSWER_LIMIT, QUESTION_SENTENCES
from app.language import localized
from app.reports.validation import CONTACT_SENTENCES, DESCRIPTION_LIMIT, NAME_LIMIT, NO_WORDS, TOO_LONG

#: A step to go to, and what must hold for it; the first of a list whose condition holds is taken. Conditions: ``asks``
#: (the category asks something), ``near`` (something is known nearby), ``checked`` (all was seen once), ``to_check``
#: (the button that leads past what is optional); none always holds.
Ways = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Step:
    """One question of a new report."""

    #: As people count them: questions and what is known already belong to what it is.
    number: int
    title: Any
    template: str
    back: Ways = ()
    next: Ways = ()
    #: The names of its fields; one that ends in a dot stands for all that begin with it.
    fields: tuple[str, ...] = ()
    #: What errors of this step may be called besides, by the page or by the API.
    errors: tuple[str, ...] = ()


_WRITE = (("checked", "check"), ("", "words"))

STEPS: Mapping[str, Step] = {
    "photo": Step(
        1,
        _l("Νέα αναφορά"),
        "_photo.html",
        next=(("checked", "check"), ("", "place")),
        fields=("again", "said"),
        errors=("photo", "uploads"),
    ),
    "place": Step(
        2,
        _l("Πού είναι;"),
        "_place.html",
        back=(("", "photo"),),
        next=(("checked", "check"), ("", "category")),
        fields=("lon", "lat", "accuracy_m", "address", "things"),
        errors=("where", "location"),
    ),
    "category": Step(
        3,
        _l("Τι συμβαίνει;"),
        "_category.html",
        back=(("", "place"),),
        next=(("asks", "questions"), ("near", "known"), *_WRITE),
        fields=("category",),
    ),
    "questions": Step(
        3,
        _l("Λίγα ακόμη"),
        "_questions.html",
        back=(("", "category"),),
        next=(("near", "known"), *_WRITE),
        fields=("stopper.", "answers."),
    ),
    "known": Step(
        3,
        _l("Μήπως είναι κάτι από αυτά;"),
        "_known.html",
        back=(("asks", "questions"), ("", "category")),
        next=_WRITE,
    ),
    "words": Step(
        4,
        _l("Θέλετε να πείτε κάτι;"),
        "_said.html",
        back=(("asks", "questions"), ("", "category")),
        next=(("checked", "check"), ("to_check", "check"), ("", "contact")),
        fields=("description",),
    ),
    "contact": Step(
        5,
        _l("Πώς σας ενημερώνουμε;"),
        "_contact.html",
        back=(("", "words"),),
        next=(("", "check"),),
        fields=("contact_email", "contact_phone", "contact_name"),
        errors=("contact.",),
    ),
    "check": Step(6, _l("Όλα σωστά;"), "_check.html", back=(("", "words"),), errors=("form",)),
}


def is_of(name: str, names: Sequence[str]) -> bool:
    """Whether a field is one of these, some of which stand for all that begin with them."""
    return any(name == field or (field.endswith(".") and name.startswith(field)) for field in names)


def fields_of(step: str, typed: Iterable[str]) -> list[str]:
    """The names of a step's fields; of those that a category asks for, as far as they were typed."""
    fields = STEPS[step].fields
    return [name for name in fields if not name.endswith(".")] + [
        name for name in typed if is_of(name, [prefix for prefix in fields if prefix.endswith(".")])
    ]


def step_of(error: str) -> str:
    """The step at which what is wrong with a field is put right."""
    return next((name for name, step in STEPS.items() if is_of(error, (*step.fields, *step.errors))), "check")


def asks(kind: Category | None) -> bool:
    return kind is not None and bool(kind.questions or kind.stoppers)


def _first(ways: Ways, holding: Iterable[str]) -> str | None:
    conditions = {"", *holding}
    return next((step for condition, step in ways if condition in conditions), None)


def before(step: str, kind: Category | None) -> str | None:
    """Where «Πίσω» leads."""
    return _first(STEPS[step].back, ["asks"] if asks(kind) else [])


def after(step: str, kind: Category | None, *, checked: bool, to: str = "", near: bool = False) -> str:
    """Where «Συνέχεια» leads; ``checked``: all was seen once, ``to``: the step that the pressed button names."""
    holds = {"asks": asks(kind), "near": near, "checked": checked, "to_check": to == "check"}
    return _first(STEPS[step].next, [condition for condition, does in holds.items() if does]) or "check"


def table(kinds: Sequence[Category]) -> dict[str, Any]:
    """All of it as the phone reads it, in the reader's language."""
    return {
        "steps": {
            name: {"back": step.back, "next": step.next, "fields": step.fields, "errors": step.errors}
            for name, step in STEPS.items()
        },
        "categories": {kind.code: _asked(kind) for kind in kinds if asks(kind)},
        "wordy": [OTHER],
        "limits": {"description": DESCRIPTION_LIMIT, "answer": ANSWER_LIMIT, "name": NAME_LIMIT},
        "sentences": {
            name: str(sentence) % GAPS
            for name, sentence in (
                SENTENCES | QUESTION_SENTENCES | CONTACT_SENTENCES | {"tooLong": TOO_LONG, "needsWords": NO_WORDS}
            ).items()
        },
    }


def _asked(kind: Category) -> dict[str, Any]:
    return {
        "stoppers": [
            {"code": stopper["code"], "stop": bool(stopper.get("stop")), "say": localized(stopper, "say")}
            for stopper in kind.stoppers
        ],
        "questions": [
            {
                "code": question["code"],
                "datatype": question["datatype"],
                "required": bool(question.get("required")),
                "text": localized(question, "text"),
                "values": [value["key"] for value in question.get("values", [])],
            }
            for question in kind.questions
        ],
    }


#: What a step says when it is not answered.
SENTENCES = {
    "noSpot": _l("Δείξτε το σημείο στον χάρτη, ή γράψτε τον δρόμο και διαλέξτε τον."),
    "noNumbers": _l("Γράψτε τις συντεταγμένες ως αριθμούς, π.χ. 23,5484 και 41,0856."),
    "noCategory": _l("Διαλέξτε τι συμβαίνει."),
}
#: The phone fills the gaps of a sentence itself.
GAPS = {name: f"{{{name}}}" for name in ("question", "values", "limit", "length")}
