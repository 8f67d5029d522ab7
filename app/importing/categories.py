"""Words of another system for our categories."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.categories.models import Category, CategoryGroup, PublishPolicy
from app.errors import Invalid
from app.extensions import db
from app.geo.latin import slug

CREATE, REFUSE = "create", "refuse"


class UnknownCategory(Exception):
    """No category of ours for this word, and none is to be made."""


@dataclass(frozen=True, slots=True)
class KnownCategory:
    id: int
    asset_kind: str | None


class Categories:
    """Words of the other system → our categories; unknown ones are made, refused or put into one of ours.

    A word is looked up in ``codes`` (folded word → code), then among our codes and names.
    """

    def __init__(self, codes: Mapping[str, str], unknown: str, *, active: bool, target_days: int) -> None:
        self._unknown = unknown
        self._active = active
        self._target_days = target_days
        self._by_code: dict[str, KnownCategory] = {}
        self._by_word: dict[str, KnownCategory] = {}
        for category in db.session.scalars(select(Category).order_by(Category.id.desc())):
            self._by_code[category.code] = entry = KnownCategory(category.id, category.asset_kind)
            for word in (category.name_el, category.name_en, category.code):
                self._by_word[_fold(word)] = entry
        for word, code in codes.items():
            self._by_word[_fold(word)] = self._ours(code, f"category.codes.{word}")
        self._otherwise = None if unknown in (CREATE, REFUSE) else self._ours(unknown, "category.unknown")

    def _ours(self, code: str, key: str) -> KnownCategory:
        try:
            return self._by_code[code]
        except KeyError:
            sentence = _(
                "Αντιστοίχιση, κλειδί «%(key)s»: δεν υπάρχει κατηγορία με κωδικό «%(code)s».", key=key, code=code
            )
            raise Invalid({key: [sentence]}, sentence) from None

    def find(self, word: str) -> KnownCategory:
        """Raises UnknownCategory."""
        entry = self._by_word.get(_fold(word)) or self._otherwise
        if entry is not None:
            return entry
        if self._unknown == REFUSE or not word:
            raise UnknownCategory(word)
        self._by_word[_fold(word)] = made = self._make(word)
        return made

    def _make(self, word: str) -> KnownCategory:
        word = " ".join(word.split())
        stem = code = slug(word) or "imported"
        number = 1
        while code in self._by_code:
            number += 1
            code = f"{stem}-{number}"
        category = Category(
            code=code,
            group_id=_imported_group(),
            name_el=word,
            name_en=word,
            target_days=self._target_days,
            photo_wanted=False,
            publish_policy=PublishPolicy.AFTER_RELEASE,
            active=self._active,
        )
        db.session.add(category)
        db.session.flush()
        self._by_code[code] = made = KnownCategory(category.id, None)
        return made


def _fold(word: str) -> str:
    return " ".join(word.split()).casefold()


def _imported_group() -> int:
    db.session.execute(
        insert(CategoryGroup)
        .values(code="imported", name_el="Εισαγόμενα", name_en="Imported", position=1000)
        .on_conflict_do_nothing(index_elements=["code"])
    )
    return db.session.execute(select(CategoryGroup.id).where(CategoryGroup.code == "imported")).scalar_one()
