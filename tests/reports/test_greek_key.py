"""One key for one word, however it is typed: the phone's search and the database's must agree."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.conftest import ROOT

WORDS: dict[str, list[str]] = json.loads((ROOT / "web/tests/core/greek-words.json").read_text())


@pytest.mark.parametrize(("key", "words"), WORDS.items(), ids=WORDS)
def test_the_database_hears_greek_as_the_phone_does(session: Session, key: str, words: list[str]) -> None:
    assert {word: session.scalar(select(func.greek_key(word))) for word in words} == dict.fromkeys(words, key)


def test_numbers_of_poles_and_houses_stay_as_they_are(session: Session) -> None:
    assert session.scalar(select(func.greek_key("Φ-1838"))) == "v-1838"
    assert session.scalar(select(func.greek_key("Μεραρχίας 38"))) == "merarxias 38"


def test_enough_words_are_compared() -> None:
    assert sum(map(len, WORDS.values())) >= 150
