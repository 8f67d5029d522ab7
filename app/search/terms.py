"""Search terms, however they are spelled: words, kinds, report numbers, telephones."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, and_, any_, false, func, or_, select, text

from app.categories.models import Category
from app.extensions import db
from app.language import spellings
from app.reports.models import Report, ReportContact
from app.reports.references import reference_from

_CATEGORY_WORDS = Category.name_el + " " + Category.name_en + " " + func.array_to_string(Category.keywords, " ")


def terms_match(words: str, *, alike: bool, public: bool) -> ColumnElement[bool]:
    """Whether a report's words, kind or number are what was typed; for the office its reporter's telephone, too.

    With ``alike`` misspellings pass, once ``RELAX_SIMILARITY`` has been said in this transaction.
    """
    reference = reference_from(words)
    if reference and public:
        return Report.reference == reference
    sounds = _sounds_alike if alike else _sounds_like
    in_text = sounds(Report.folded_words, words)
    ways: list[ColumnElement[bool]] = [in_text & Report.released_at.is_not(None) if public else in_text]
    ways.append(sounds(Report.street_key, words))
    if reference:
        ways = [Report.reference == reference]
    elif kinds := _kinds_that_sound(sounds, words):
        ways.append(Report.category_id.in_(kinds))
    phones = None if public else _ways_to_write_a_phone(words)
    if phones:
        left = select(ReportContact.report_id).where(ReportContact.phone.in_(phones))
        ways.append(Report.id == any_(func.array(left.scalar_subquery())))
    return or_(*ways)


def _kinds_that_sound(sounds: Callable[[Any, str], ColumnElement[bool]], words: str) -> list[int]:
    """Asked for beforehand: where no kind is meant, as for most words, reports are found by the index on words."""
    # OFFSET 0 lets each key be made once, not once for each spelling.
    keys = select(Category.id, func.greek_key(_CATEGORY_WORDS).label("key")).offset(0).subquery()
    return list(db.session.scalars(select(keys.c.id).where(sounds(keys.c.key, words))))


def _ways_to_write_a_phone(typed: str) -> list[str]:
    """A telephone number with and without Greece's 30; nothing when something else was typed."""
    digits = re.sub(r"[\s().\-/+]", "", typed)
    if not re.fullmatch("[0-9]{8,15}", digits):
        return []
    plain = re.sub(r"^(?:00)?30(?=[0-9]{10}$)", "", digits)
    return [start + plain for start in ("", "30", "+30", "0030", "+", "00")]


def _sounds_like(column: ColumnElement[str] | Any, words: str) -> ColumnElement[bool]:
    """Whether the words stand somewhere in a column of ``greek_key``."""
    plain = re.sub(r"([%_\\])", r"\\\1", words)
    return or_(*(column.like(func.concat("%", func.greek_key(variant), "%")) for variant in spellings(plain)))


def _sounds_alike(column: ColumnElement[str] | Any, words: str) -> ColumnElement[bool]:
    """Whether each word has one much like it in a column of ``greek_key``; shorter ones say too little."""
    long = [word for word in words.split() if len(word) >= 4][:6]
    if not long:
        return false()
    return and_(
        *(or_(*(column.bool_op("%>")(func.greek_key(variant)) for variant in spellings(word))) for word in long)
    )


#: For this transaction, so that the index on ``folded_words`` can be asked: two wrong letters in ten still pass.
RELAX_SIMILARITY = text("SELECT set_config('pg_trgm.word_similarity_threshold', '0.45', true)")
