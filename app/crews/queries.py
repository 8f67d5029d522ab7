"""Questions about crews."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload, selectinload

from app.crews.models import Crew, Membership, Vehicle
from app.errors import Invalid
from app.extensions import db
from app.prepared import PREPARED


def crews() -> list[Crew]:
    """The crews that can be sent, with their trades."""
    return list(
        db.session.scalars(select(Crew).where(Crew.active).options(selectinload(Crew.trades)).order_by(Crew.code))
    )


def crew_by_code(code: str) -> Crew:
    """Raises Invalid at the field ``crew``."""
    crew = db.session.scalars(_BY_CODE, {"code": code}).unique().one_or_none()
    if crew is None:
        raise Invalid({"crew": [_("Διαλέξτε ένα από τα συνεργεία της λίστας.")]})
    return crew


_BY_CODE = (
    select(Crew)
    .where(Crew.code == bindparam("code"), Crew.active)
    .options(joinedload(Crew.trades))
    .execution_options(**PREPARED)
)


def crew_of(user_id: int) -> Crew | None:
    """The crew this staff user goes out with."""
    return db.session.scalars(_OF_MEMBER, {"user_id": user_id}).one_or_none()


_OF_MEMBER = (
    select(Crew)
    .join(Membership, Membership.crew_id == Crew.id)
    .where(Membership.user_id == bindparam("user_id"))
    .execution_options(**PREPARED)
)


def vehicles() -> list[Vehicle]:
    return list(db.session.scalars(select(Vehicle).where(Vehicle.active).order_by(Vehicle.plate)))
