"""A category's own questions: whether the issue is ours at all, and whether the answers answer them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.categories.models import Category
from app.errors import Invalid
from app.language import language, localized
from app.text import clean

ANSWER_LIMIT = 1000
LARGEST_NUMBER = 1e12

#: What an answer is told that does not answer its question.
QUESTION_SENTENCES = {
    "answer": _l("Απαντήστε: %(question)s"),
    "chooseFrom": _l("Διαλέξτε από: %(values)s."),
    "number": _l("Γράψτε έναν αριθμό, π.χ. 3 ή 2,5."),
    "moment": _l("Γράψτε ημερομηνία και ώρα, π.χ. 2026-05-01T10:30."),
    "answerTooLong": _l("Η απάντηση είναι πολύ μεγάλη. Χωρούν %(limit)s χαρακτήρες."),
}


def stopping(kind: Category, stoppers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The category's questions whose answer, «yes», says that it is not for us at all."""
    return [stopper for stopper in kind.stoppers if stopper.get("stop") and stoppers.get(stopper["code"]) == "yes"]


def require_ours(kind: Category, stoppers: Mapping[str, Any]) -> None:
    """Raises Invalid, with whom to call, when a question was answered so that it is not for us."""
    if stopped := stopping(kind, stoppers):
        raise Invalid({f"stopper.{stopper['code']}": [localized(stopper, "say")] for stopper in stopped})


def valid_answers(category: Category, answers: dict[str, Any]) -> dict[str, Any]:
    """The answers to the category's own questions; unknown codes are left aside.

    Raises Invalid naming ``answers.CODE`` for a missing compulsory answer or one of the wrong kind.
    """
    valid: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for question in category.questions:
        code = question["code"]
        value = answers.get(code)
        if isinstance(value, str):
            value = clean(value)
        if value in (None, "", []):
            if question.get("required"):
                errors[f"answers.{code}"] = [QUESTION_SENTENCES["answer"] % {"question": localized(question, "text")}]
            continue
        try:
            valid[code] = _answer(question, value)
        except ValueError as wrong:
            errors[f"answers.{code}"] = [str(wrong)]
    if errors:
        raise Invalid(errors)
    return valid


def _answer(question: dict[str, Any], value: Any) -> Any:
    datatype = question["datatype"]
    keys = [v["key"] for v in question.get("values", [])]
    if datatype == "multivaluelist":
        chosen = value if isinstance(value, list) else [value]
        if not set(map(str, chosen)) <= set(keys):
            raise ValueError(QUESTION_SENTENCES["chooseFrom"] % {"values": ", ".join(keys)})
        return [key for key in keys if key in set(map(str, chosen))]
    if isinstance(value, list | dict):
        raise ValueError(_("Δώστε μία μόνο τιμή."))
    if datatype == "singlevaluelist":
        if str(value) not in keys:
            raise ValueError(QUESTION_SENTENCES["chooseFrom"] % {"values": ", ".join(keys)})
        return str(value)
    if datatype == "number":
        try:
            number = float(str(value).replace(",", "."))
        except ValueError:
            number = math.nan
        if not math.isfinite(number) or abs(number) > LARGEST_NUMBER:
            raise ValueError(QUESTION_SENTENCES["number"])
        return int(number) if number.is_integer() else number
    if datatype == "datetime":
        try:
            return datetime.fromisoformat(str(value)).isoformat()
        except ValueError:
            raise ValueError(QUESTION_SENTENCES["moment"]) from None
    text = str(value)
    if len(text) > ANSWER_LIMIT:
        raise ValueError(QUESTION_SENTENCES["answerTooLong"] % {"limit": ANSWER_LIMIT})
    return text


def written_answers(kind: Category, answers: Mapping[str, Any]) -> list[str]:
    """The answers that were written and not chosen."""
    written = [question["code"] for question in kind.questions if question["datatype"] in ("string", "text")]
    return [str(answers[code]) for code in written if code in answers]


class Asking(Protocol):
    """A category, or its row: what it asks."""

    @property
    def questions(self) -> list[dict[str, Any]]: ...


def choices_of(question: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The keys of the answers one can choose from, each with its words in the reader's language, or in Greek."""
    return [(value["key"], value.get(language()) or value["el"]) for value in question.get("values", [])]


def answer_lines(kind: Asking, answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Answers, each with its question, in the questions' order and the reader's language."""
    lines = []
    for question in kind.questions:
        answer = answers.get(question["code"])
        if answer in (None, "", []):
            continue
        names = dict(choices_of(question))
        values = answer if isinstance(answer, list) else [answer]
        lines.append((localized(question, "text"), ", ".join(names.get(str(value), str(value)) for value in values)))
    return lines
