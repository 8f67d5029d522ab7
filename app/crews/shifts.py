"""On which days a crew goes out. Every verb that plans asks here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Protocol

from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy import select

from app.calendar import is_holiday
from app.crews.models import Absence, Crew
from app.errors import Invalid
from app.extensions import db
from app.language import localized

#: A crew that is away for longer has no next day that could be proposed.
LOOKED_AHEAD_DAYS = 366


class HasShifts(Protocol):
    """A crew, or a row that says as much of it."""

    @property
    def id(self) -> int: ...
    @property
    def shift_days(self) -> Collection[int]: ...
    @property
    def works_on_holidays(self) -> bool: ...


def next_shifts(crews: Sequence[HasShifts], day: date) -> dict[int, date | None]:
    """By crew id the first day from ``day`` on that it goes out, in one question; None: not within a year."""
    away = defaultdict(list)
    wanted = Absence.crew_id.in_([crew.id for crew in crews]) & (Absence.last_day >= day)
    for absence in db.session.scalars(select(Absence).where(wanted)):
        away[absence.crew_id].append(absence)
    return {crew.id: _next_shift(crew, day, away[crew.id]) for crew in crews}


def _next_shift(crew: HasShifts, day: date, absences: list[Absence]) -> date | None:
    ahead = (day + timedelta(days=number) for number in range(LOOKED_AHEAD_DAYS))
    return next((shift_day for shift_day in ahead if _goes_out(crew, shift_day, absences)), None)


def _goes_out(crew: HasShifts, day: date, absences: list[Absence]) -> bool:
    """By its shift, the holidays and its absences."""
    on_shift = day.isoweekday() in crew.shift_days and (crew.works_on_holidays or not is_holiday(day))
    return on_shift and not any(absence.first_day <= day <= absence.last_day for absence in absences)


def planned_day(crew: Crew, *, wanted: date | None, earliest: date) -> date:
    """The day as ``wanted``, else the crew's first from ``earliest`` on.

    Raises Invalid, with the next day it does go out, for one that has passed or on which it does not.
    """
    if wanted is not None and wanted < earliest:
        raise Invalid({"planned_day": [_("Η ημέρα έχει περάσει. Διαλέξτε σήμερα ή αργότερα.")]})
    day = next_shifts([crew], wanted or earliest)[crew.id]
    if day is None:
        raise Invalid(
            {"crew": [_("Το «%(crew)s» δεν έχει βάρδια μέσα στον επόμενο χρόνο. Διαλέξτε άλλο.", crew=localized(crew))]}
        )
    if wanted is not None and day != wanted:
        not_then = _(
            "Το «%(crew)s» δεν βγαίνει εκείνη την ημέρα. Η επόμενη βάρδιά του: %(day)s.",
            crew=localized(crew),
            day=format_date(day, "EEEE d MMMM"),
        )
        raise Invalid({"planned_day": [not_then]})
    return day
