"""The town in the database: outlines, categories, crews, people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from flask import current_app
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from sqlalchemy import func, select

from app import actions
from app.accounts.models import Role, User
from app.categories.models import Category
from app.cli.checkup.finding import Check, Finding, look, well, wrong
from app.crews.models import Crew, Membership
from app.dispatch.models import JobPlanStep
from app.extensions import db, now
from app.geo import outline_queries
from app.geo.models import Area, AreaKind
from app.geo.outline_queries import Tiling
from app.language import localized
from app.media import uploads
from app.notices.queries import notices_overdue, subscriptions_overdue
from app.reports import housekeeping
from app.search import tally_queries

#: Digitising and rounding leave hairs between outlines; the nearest part takes what falls in them.
HAIR_M2 = 10_000
#: Nights may fail, and be made up for.
FORGOTTEN_WITHIN = timedelta(days=2)
#: The worker sums up every minute; so many lines are an hour of a very busy town.
MOST_WAITING = 20_000


def municipality() -> Iterator[Finding]:
    kind = AreaKind.MUNICIPALITY
    municipality_row = db.session.execute(
        select(Area.code, Area.name_el, Area.name_en, Area.approximate).where(Area.kind == kind)
    )
    rows = municipality_row.mappings().all()
    if not rows:
        yield wrong(_("Δεν υπάρχει το όριο του Δήμου. Φορτώστε το: flask geo import ΑΡΧΕΙΟ --kind municipality"))
        return
    if len(rows) > 1:
        yield wrong(
            _(
                "Υπάρχουν %(count)s Δήμοι (%(codes)s)· πρέπει να μείνει ένας.",
                count=len(rows),
                codes=", ".join(row["code"] for row in rows),
            )
        )
    bad = outline_queries.invalid_outlines()
    if bad:
        yield wrong(_("Άκυρα όρια: %(codes)s. Φορτώστε τα ξανά με flask geo import.", codes=", ".join(bad)))
    elif rows[0]["approximate"]:
        yield look(
            _(
                "Το όριο «%(name)s» είναι κατά προσέγγιση. Φορτώστε το επίσημο με flask geo import.",
                name=localized(rows[0]),
            )
        )
    else:
        yield well(_("Υπάρχει το όριο «%(name)s».", name=localized(rows[0])))


def units() -> Iterator[Finding]:
    for tiling in outline_queries.tilings(AreaKind.MUNICIPALITY, AreaKind.UNIT):
        if not tiling.parts:
            yield wrong(_("Δεν υπάρχουν δημοτικές ενότητες. Φορτώστε τις: flask geo import ΑΡΧΕΙΟ --kind unit"))
        elif _off(tiling):
            yield wrong(
                _(
                    "Οι δημοτικές ενότητες δεν καλύπτουν σωστά τον Δήμο: %(how)s. Φορτώστε τα από την ίδια πηγή.",
                    how=_how(tiling),
                )
            )
        else:
            yield well(
                ngettext(
                    "%(num)s δημοτική ενότητα καλύπτει τον Δήμο.",
                    "%(num)s δημοτικές ενότητες καλύπτουν τον Δήμο.",
                    tiling.parts,
                )
            )


def communities() -> Iterator[Finding]:
    tilings = outline_queries.tilings(AreaKind.UNIT, AreaKind.COMMUNITY)
    empty = [t.code for t in tilings if not t.parts]
    off = [t for t in tilings if t.parts and _off(t)]
    if not tilings:
        return
    if empty:
        yield wrong(
            _(
                "Ενότητες χωρίς κοινότητες: %(codes)s. Φορτώστε τις: flask geo import ΑΡΧΕΙΟ --kind community",
                codes=", ".join(empty),
            )
        )
    for tiling in off:
        yield wrong(
            _(
                "Οι κοινότητες της ενότητας %(code)s δεν την καλύπτουν σωστά: %(how)s. Φορτώστε τις ξανά.",
                code=tiling.code,
                how=_how(tiling),
            )
        )
    if not empty and not off:
        total = sum(t.parts for t in tilings)
        yield well(
            ngettext("%(num)s κοινότητα καλύπτει τις ενότητες.", "%(num)s κοινότητες καλύπτουν τις ενότητες.", total)
        )


def _off(tiling: Tiling) -> bool:
    return max(tiling.gap_m2, tiling.overlap_m2, tiling.outside_m2) > HAIR_M2


def _how(tiling: Tiling) -> str:
    return str(
        _(
            "κενά %(gap)s m², επικαλύψεις %(overlap)s m², έξω %(outside)s m²",
            gap=format_decimal(round(tiling.gap_m2)),
            overlap=format_decimal(round(tiling.overlap_m2)),
            outside=format_decimal(round(tiling.outside_m2)),
        )
    )


def categories() -> Iterator[Finding]:
    count = db.session.scalar(select(func.count()).select_from(Category).where(Category.active)) or 0
    if not count:
        yield wrong(_("Καμία κατηγορία δεν είναι ενεργή: οι πολίτες δεν μπορούν να στείλουν αναφορά."))
        return
    yield well(ngettext("%(num)s ενεργή κατηγορία.", "%(num)s ενεργές κατηγορίες.", count))
    planned = select(JobPlanStep.category_id)
    bare = db.session.scalars(
        select(Category.code).where(Category.active, Category.id.not_in(planned)).order_by(Category.code)
    ).all()
    if bare:
        yield look(
            _("Κατηγορίες χωρίς σχέδιο εργασιών: %(codes)s. Ορίστε ποια ειδικότητα πηγαίνει.", codes=", ".join(bare))
        )


def crews() -> Iterator[Finding]:
    active = db.session.scalars(select(Crew).where(Crew.active).order_by(Crew.code)).unique().all()
    if not active:
        yield wrong(_("Δεν υπάρχει ενεργό συνεργείο: καμία εντολή δεν μπορεί να ανατεθεί."))
        return
    staffed = set(db.session.scalars(select(Membership.crew_id).distinct()))
    lacking = False
    for crew in active:
        if not crew.trades:
            lacking = True
            yield wrong(
                _("Το συνεργείο «%(name)s» δεν έχει ειδικότητα: δεν θα προτείνεται ποτέ.", name=localized(crew))
            )
        if crew.id not in staffed:
            lacking = True
            yield look(
                _("Το συνεργείο «%(name)s» δεν έχει μέλη: κανείς δεν βλέπει τις εντολές του.", name=localized(crew))
            )
    if not lacking:
        yield well(
            ngettext(
                "%(num)s συνεργείο, με ειδικότητα και μέλη.", "%(num)s συνεργεία, με ειδικότητα και μέλη.", len(active)
            )
        )


def staff() -> Iterator[Finding]:
    admins = db.session.scalar(select(func.count()).select_from(User).where(User.role == Role.ADMIN, User.active))
    if admins:
        yield well(_("Υπάρχει διαχειριστής."))
    else:
        yield wrong(_("Δεν υπάρχει ενεργός διαχειριστής: κανείς δεν μπορεί να αλλάξει ρυθμίσεις."))
    demo = db.session.scalar(select(func.count()).select_from(User).where(User.demo, User.active)) or 0
    if not demo:
        return
    sentence = ngettext(
        "Υπάρχει %(num)s λογαριασμός επίδειξης με γνωστό κωδικό. Απενεργοποιήστε τον πριν ανοίξει η υπηρεσία.",
        "Υπάρχουν %(num)s λογαριασμοί επίδειξης με γνωστό κωδικό. Απενεργοποιήστε τους πριν ανοίξει η υπηρεσία.",
        demo,
    )
    # Secure cookies are switched on when the town goes live.
    yield wrong(sentence) if current_app.config.get("SESSION_COOKIE_SECURE") else look(sentence)


def retention() -> Iterator[Finding]:
    """What the nights should have forgotten."""
    late = now() - FORGOTTEN_WITHIN
    overdue = {
        _("στοιχεία επικοινωνίας"): housekeeping.contacts_overdue(late),
        _("διευθύνσεις δικτύου"): housekeeping.senders_overdue(late),
        _("πρόχειρα"): housekeeping.drafts_overdue(late),
        _("μισές φωτογραφίες"): uploads.overdue(late),
        _("παλιές ενέργειες"): actions.overdue(late),
        _("παρακολουθήσεις"): subscriptions_overdue(late),
        _("ειδοποιήσεις"): notices_overdue(late),
    }
    counted = {
        name: db.session.scalar(select(func.count()).select_from(question.subquery()))
        for name, question in overdue.items()
    }
    left = ", ".join(f"{name} {count}" for name, count in counted.items() if count)
    if left:
        yield look(_("Έπρεπε να έχουν ξεχαστεί: %(what)s. Δείτε αν τρέχει ο worker.", what=left))
    else:
        yield well(_("Ό,τι έπρεπε να ξεχαστεί, ξεχάστηκε."))


def counts() -> Iterator[Finding]:
    """The kept counts against counting everything: seconds with a million reports."""
    wrong_ones, waiting = tally_queries.how_many_wrong(), tally_queries.changes_waiting()
    if wrong_ones:
        yield wrong(_("%(count)s μετρητές αναφορών δεν συμφωνούν. Ξαναμετρήστε με flask recount.", count=wrong_ones))
    elif waiting > MOST_WAITING:
        yield look(_("%(count)s αλλαγές περιμένουν να αθροιστούν. Δείτε αν τρέχει ο worker.", count=waiting))
    else:
        yield well(_("Οι μετρητές των αναφορών συμφωνούν."))


CHECKS: tuple[Check, ...] = (municipality, units, communities, categories, crews, staff, retention, counts)
