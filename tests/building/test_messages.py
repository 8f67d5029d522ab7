"""Nobody meets a sentence that is missing in their language."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2"), ("templates/**.txt", "jinja2")]


def sentences() -> set[str | tuple[str, ...]]:
    """Every Greek sentence of code and templates."""
    found = extract_from_dir(str(ROOT / "app"), METHODS, keywords=KEYWORDS)
    return {message for _file, _line, message, _comments, _context in found if message}


def test_every_sentence_is_there_in_english() -> None:
    with (ROOT / "app/translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = read_po(file)
    missing = []
    for sentence in sorted(sentences(), key=str):
        known = catalogue.get(sentence if isinstance(sentence, str) else sentence[0])
        said = (known.string if known else None) or ""
        if known is None or known.fuzzy or not all([said] if isinstance(said, str) else said):
            missing.append(sentence)
    assert missing == []


def test_translations_keep_their_placeholders_and_hold_no_greek() -> None:
    with (ROOT / "app/translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = read_po(file)
    for message in catalogue:
        if not message.id:
            continue
        greek = message.id if isinstance(message.id, str) else message.id[-1]
        english = message.string if isinstance(message.string, str) else message.string[-1]
        holders = re.findall(r"%\(\w+\)s", greek)
        assert sorted(holders) == sorted(re.findall(r"%\(\w+\)s", english)), english
        assert not re.search("[α-ωάέήίόύώϊϋ]", english) or english in ("Ελληνικά", "Καθημερινά"), english
