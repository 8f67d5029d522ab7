"""Who may do what, as a table of named facts. One test walks every route with every role."""

from __future__ import annotations

import enum

from flask import g
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from app.accounts.models import ApiToken, Role, Scope, User
from app.errors import Forbidden, LoginRequired
from app.logs import security


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

#: What a program's token has to be given for.
FOR: dict[Act, Scope] = {
    Act.SEE_OFFICE: Scope.READ,
    Act.SEE_REPORTER: Scope.READ,
    Act.TRIAGE_REPORT: Scope.OFFICE,
    Act.DISPATCH_REPORT: Scope.OFFICE,
    Act.SEE_CREW_DAY: Scope.READ,
    Act.WORK_ON_ANY_ORDER: Scope.WORK,
    Act.WORK_ON_OWN_ORDER: Scope.WORK,
}


def current_staff() -> User | None:
    """The staff user who is asking, or None for a citizen."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def may(user: User | None, act: Act) -> bool:
    """Whether this person may; asked by a program, whether its token was given for this as well."""
    token: ApiToken | None = g.get("bearer")
    within = token is None or FOR[act] in token.scopes
    return user is not None and user.active and user.role in MAY[act] and within


def require(act: Act) -> User:
    """The asking user, who may do this. Raises LoginRequired or Forbidden."""
    user = current_staff()
    if user is None:
        raise LoginRequired(_l("Συνδεθείτε για να συνεχίσετε."))
    if not may(user, act):
        security.info("account %s may not %s", user.id, act)
        raise Forbidden(_l("Ο λογαριασμός σας δεν έχει αυτό το δικαίωμα. Ζητήστε το από τον προϊστάμενο."))
    return user
