"""Words as somebody wrote them: what is Greek on an English page is marked, so that it is spoken right."""

from __future__ import annotations

import re

from flask_babel import gettext as _
from markupsafe import Markup

from app.language import is_greek, language

#: A name needs no remark beside it; a sentence does, or several words that might be one.
_SENTENCE = re.compile(r"[.;!…·]\s*$|(\S+\s+){6}")


def written_in(words: str) -> Markup:
    """The ``lang`` of an element that holds these words alone; nothing where it is the page's."""
    return Markup(' lang="el"') if _is_foreign(words) else Markup()


def as_written(words: str) -> str:
    """The words with their language; a sentence says it to the eye as well."""
    if not _is_foreign(words):
        return words
    marked = Markup('<span lang="el">{}</span>').format(words)
    if _SENTENCE.search(str(words)):
        marked += Markup(" <small>{}</small>").format(_("(στα ελληνικά)"))
    return marked


def _is_foreign(words: str) -> bool:
    return language() == "en" and is_greek(str(words))
