"""Who may do what, as a table of named facts. One test walks every route with every role."""

from __future__ import annotations

import enum

from flask_babel import lazy_gettext as _l
from flask_login import current_user

from app.accounts.models import Role, User
from app.errors import Forbidden, LoginRequired


class Act(enum.StrEnum):
    SEE_OFFICE = "see_office"
    SEE_REPORTER = "see_reporter"
    TRIAGE_REPORT = "triage_report"
    DISPATCH_REPORT = "dispatch_report"
    SEE_CREW_DAY = "see_crew_day"
    WORK_ON_ANY_ORDER = "work_on_any_order"
    WORK_ON_OWN_ORDER = "work_on_own_order"


OFFICE = frozenset({Role.DISPATCHER, Role.HEAD, Role.ADMIN})

MAY: dict[Act, frozenset[Role]] = {
    Act.SEE_OFFICE: OFFICE,
    Act.SEE_REPORTER: OFFICE,
    Act.TRIAGE_REPORT: OFFICE,
    Act.DISPATCH_REPORT: OFFICE,
    Act.SEE_CREW_DAY: OFFICE | {Role.CREW},
    Act.WORK_ON_ANY_ORDER: OFFICE,
    Act.WORK_ON_OWN_ORDER: OFFICE | {Role.CREW},
}


def somebody() -> User | None:
    """The staff user who is asking, or None for a citizen."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def may(user: User | None, act: Act) -> bool:
    return user is not None and user.active and user.role in MAY[act]


def require(act: Act) -> User:
    """The asking user, who may do this. Raises LoginRequired or Forbidden."""
    user = somebody()
    if user is None:
        raise LoginRequired(_l("Συνδεθείτε για να συνεχίσετε."))
    if not may(user, act):
        raise Forbidden(_l("Ο λογαριασμός σας δεν έχει αυτό το δικαίωμα. Ζητήστε το από τον προϊστάμενο."))
    return user
