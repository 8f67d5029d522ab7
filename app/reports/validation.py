"""What a reporter typed, cleaned and checked. Every refusal names the field and says what to do."""

from __future__ import annotations

import re
from email.errors import MessageError
from email.headerregistry import Address
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.categories.models import OTHER, Category
from app.errors import Invalid
from app.text import clean

DESCRIPTION_LIMIT = 4000
#: RFC 5321, 4.5.3.1.3, without the brackets.
LONGEST_EMAIL = 254
NAME_LIMIT = 200
TOO_LONG = _l("Η περιγραφή έχει %(length)s χαρακτήρες και χωρούν %(limit)s. Συντομέψτε την λίγο.")
NO_WORDS = _l("Γράψτε με λίγα λόγια τι συμβαίνει, για να καταλάβει το γραφείο.")
CONTACT_SENTENCES = {
    "email": _l("Το e-mail δεν φαίνεται σωστό. Γράψτε το όπως onoma@example.gr."),
    "phone": _l("Το τηλέφωνο δεν φαίνεται σωστό. Γράψτε 10 ψηφία, π.χ. 6900000000."),
    "name": _l("Το όνομα είναι πολύ μεγάλο. Χωρούν 200 χαρακτήρες."),
}
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]{2,}")
_PHONE = re.compile(r"\+?[0-9]{8,15}")


def description(text: str, field: str = "description") -> str:
    """Free words, cleaned. Raises Invalid at ``field`` when they are too long."""
    cleaned = clean(text)
    if len(cleaned) > DESCRIPTION_LIMIT:
        raise Invalid({field: [TOO_LONG % {"length": len(cleaned), "limit": DESCRIPTION_LIMIT}]})
    return cleaned


def words_needed(category: Category, words: str) -> None:
    """Raises Invalid when a report of no kind does not say either what it is about."""
    if category.code == OTHER and not words:
        raise Invalid({"description": [NO_WORDS]})


def contact(typed: dict[str, Any] | None) -> dict[str, str | None] | None:
    """Name, e-mail and phone, each optional; None when nothing was given."""
    typed = typed or {}
    name, email, phone = (clean(str(typed.get(key) or "")) for key in ("name", "email", "phone"))
    errors: dict[str, list[Any]] = {}
    deliverable = _deliverable(email) if email else ""
    if deliverable is None:
        errors["contact.email"] = [CONTACT_SENTENCES["email"]]
    digits = re.sub(r"[\s().\-/]", "", phone)
    if phone and not _PHONE.fullmatch(digits):
        errors["contact.phone"] = [CONTACT_SENTENCES["phone"]]
    if len(name) > NAME_LIMIT:
        errors["contact.name"] = [CONTACT_SENTENCES["name"]]
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
        raise Invalid({"email": [CONTACT_SENTENCES["email"]]})
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
