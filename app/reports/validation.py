"""What a reporter typed, cleaned and checked. Every refusal names the field and says what to do."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.errors import Invalid
from app.language import named
from app.reports.models import Category

DESCRIPTION_LIMIT = 4000
ANSWER_LIMIT = 1000
#: RFC 5321, 4.5.3.1.3, without the brackets.
LONGEST_EMAIL = 254
_WRONG_EMAIL = _l("Το e-mail δεν φαίνεται σωστό. Γράψτε το όπως onoma@example.gr.")

# XML 1.0 forbids these, PostgreSQL refuses NUL, and no person types them.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]{2,}")
_PHONE = re.compile(r"\+?[0-9]{8,15}")


def clean(text: str) -> str:
    """Composed Unicode, LF line ends, no control characters, no blank edges."""
    return unicodedata.normalize("NFC", _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))).strip()


def description(text: str, field: str = "description") -> str:
    """Free words, cleaned. Raises Invalid at ``field`` when they are too long."""
    cleaned = clean(text)
    if len(cleaned) > DESCRIPTION_LIMIT:
        raise Invalid(
            {
                field: [
                    _(
                        "Η περιγραφή έχει %(length)s χαρακτήρες και χωρούν %(limit)s. Συντομέψτε την λίγο.",
                        length=len(cleaned),
                        limit=DESCRIPTION_LIMIT,
                    )
                ]
            }
        )
    return cleaned


def stopping(kind: Category, stoppers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The category's questions whose answer, «yes», says that it is not for us at all."""
    return [one for one in kind.stoppers if one.get("stop") and stoppers.get(one["code"]) == "yes"]


def require_ours(kind: Category, stoppers: Mapping[str, Any]) -> None:
    """Raises Invalid, with whom to call, when a question was answered so that it is not for us."""
    for one in stopping(kind, stoppers):
        raise Invalid({f"stopper.{one['code']}": [named(one, "say")]})


def contact(given: dict[str, Any] | None) -> dict[str, str | None] | None:
    """Name, e-mail and phone, each optional; None when nothing was given."""
    given = given or {}
    name, email, phone = (clean(str(given.get(key) or "")) for key in ("name", "email", "phone"))
    errors: dict[str, list[Any]] = {}
    deliverable = _deliverable(email) if email else ""
    if deliverable is None:
        errors["contact.email"] = [_WRONG_EMAIL]
    digits = re.sub(r"[\s().\-/]", "", phone)
    if phone and not _PHONE.fullmatch(digits):
        errors["contact.phone"] = [_("Το τηλέφωνο δεν φαίνεται σωστό. Γράψτε 10 ψηφία, π.χ. 6900000000.")]
    if len(name) > 200:
        errors["contact.name"] = [_("Το όνομα είναι πολύ μεγάλο. Χωρούν 200 χαρακτήρες.")]
    if errors:
        raise Invalid(errors)
    if not (name or deliverable or digits):
        return None
    return {"name": name or None, "email": deliverable or None, "phone": digits or None}


def email(typed: str) -> str:
    """The one address somebody gave. Raises Invalid at ``email``."""
    address = clean(typed)
    if not address:
        raise Invalid({"email": [_("Γράψτε το e-mail σας.")]})
    deliverable = _deliverable(address)
    if deliverable is None:
        raise Invalid({"email": [_WRONG_EMAIL]})
    return deliverable


def _deliverable(email: str) -> str | None:
    """The address as mail servers write it, or None when no letter could be addressed to it."""
    if len(email) > LONGEST_EMAIL:
        return None  # before it is parsed: that takes a time that grows with its square
    local, _at, domain = email.rpartition("@")
    try:
        written = f"{local}@{domain.encode('idna').decode()}"
        local.encode("ascii")
        Address(addr_spec=written)
    except (ValueError, MessageError, IndexError):
        return None
    return written if len(written) <= LONGEST_EMAIL and _EMAIL.fullmatch(written) else None


def answers(category: Category, given: dict[str, Any]) -> dict[str, Any]:
    """The answers to the category's own questions; unknown codes are left aside.

    Raises Invalid naming ``answers.CODE`` for a missing compulsory answer or one of the wrong kind.
    """
    kept: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for question in category.questions:
        code = question["code"]
        value = given.get(code)
        if isinstance(value, str):
            value = clean(value)
        if value in (None, "", []):
            if question.get("required"):
                errors[f"answers.{code}"] = [_("Απαντήστε: %(question)s", question=named(question, "text"))]
            continue
        try:
            kept[code] = _answer(question, value)
        except ValueError as wrong:
            errors[f"answers.{code}"] = [str(wrong)]
    if errors:
        raise Invalid(errors)
    return kept


def _answer(question: dict[str, Any], value: Any) -> Any:
    datatype = question["datatype"]
    keys = [v["key"] for v in question.get("values", [])]
    if datatype == "multivaluelist":
        chosen = value if isinstance(value, list) else [value]
        if not set(map(str, chosen)) <= set(keys):
            raise ValueError(_("Διαλέξτε από: %(values)s.", values=", ".join(keys)))
        return [key for key in keys if key in set(map(str, chosen))]
    if isinstance(value, list | dict):
        raise ValueError(_("Δώστε μία μόνο τιμή."))
    if datatype == "singlevaluelist":
        if str(value) not in keys:
            raise ValueError(_("Διαλέξτε από: %(values)s.", values=", ".join(keys)))
        return str(value)
    if datatype == "number":
        try:
            number = float(str(value).replace(",", "."))
        except ValueError:
            number = math.nan
        if not math.isfinite(number) or abs(number) > 1e12:
            raise ValueError(_("Γράψτε έναν αριθμό, π.χ. 3 ή 2,5."))
        return int(number) if number.is_integer() else number
    if datatype == "datetime":
        try:
            return datetime.fromisoformat(str(value)).isoformat()
        except ValueError:
            raise ValueError(_("Γράψτε ημερομηνία και ώρα, π.χ. 2026-05-01T10:30.")) from None
    text = str(value)
    if len(text) > ANSWER_LIMIT:
        raise ValueError(_("Η απάντηση είναι πολύ μεγάλη. Χωρούν %(limit)s χαρακτήρες.", limit=ANSWER_LIMIT))
    return text
