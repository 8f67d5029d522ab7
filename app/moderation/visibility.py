"""What of a report everybody may see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from flask_babel import gettext as _

from app.errors import NotFound
from app.moderation.models import Suspicion


class AttachedPhoto(Protocol):
    """A photo of a report: by the reporter, or by the crew."""

    @property
    def by_crew(self) -> bool: ...

    @property
    def added_at(self) -> datetime: ...


class Moderated(Protocol):
    """A report, or its row: what moderation has written on it."""

    @property
    def suspicion(self) -> Suspicion | None: ...

    @property
    def released_at(self) -> datetime | None: ...


P = TypeVar("P", bound=AttachedPhoto)


def require_visible(report: Moderated, *, office: bool) -> None:
    """Raises NotFound for a report that waits aside until the office has looked, unless the office is asking."""
    if report.suspicion is not None and not office:
        raise NotFound(_("Δεν υπάρχει αναφορά με αυτόν τον αριθμό."))


def is_public(photo: AttachedPhoto, report: Moderated) -> bool:
    """Whether everybody may see this photo: the crew's always, the reporter's if it was there at the last release."""
    if report.suspicion is not None:
        return False
    return photo.by_crew or (report.released_at is not None and photo.added_at <= report.released_at)


def visible_photos(report: Moderated, photos: Sequence[P], *, all_of_them: bool) -> list[P]:
    """Those of the report's photos that everybody may see, or all of them."""
    return [photo for photo in photos if all_of_them or is_public(photo, report)]
