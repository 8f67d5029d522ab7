"""The database: versions, Greek, migrations, jobs, clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import psycopg
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import text

from app.cli.checkup.finding import Check, Finding, look, well, wrong
from app.cli.checkup.machine import ROOT
from app.cli.work import conninfo
from app.extensions import db, now

OLDEST_POSTGRES, OLDEST_POSTGIS = 14, (3, 1)
EXTENSIONS = ("postgis", "pg_trgm", "btree_gist")
#: The worker writes a heartbeat every 10 s.
WORKER_SILENT_AFTER = timedelta(seconds=30)
CLOCKS_APART = timedelta(seconds=5)


def answers() -> Iterator[Finding]:
    """First of all, with a short patience of its own: a silent host must not hold the doctor up."""
    try:
        psycopg.connect(conninfo(), connect_timeout=5).close()
    except psycopg.Error as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        yield wrong(_("Η βάση δεν απαντά (%(reason)s). Ξεκινήστε την και ελέγξτε το DATABASE_URL.", reason=reason))
    else:
        yield well(_("Η βάση απαντά."))


def postgres_version() -> Iterator[Finding]:
    number = int(str(db.session.scalar(text("SHOW server_version_num"))))
    versions = {"version": str(db.session.scalar(text("SHOW server_version"))).split()[0], "oldest": OLDEST_POSTGRES}
    if number // 10000 < OLDEST_POSTGRES:
        yield wrong(_("PostgreSQL %(version)s: χρειάζεται τουλάχιστον %(oldest)s. Αναβαθμίστε.", **versions))
    else:
        yield well(_("PostgreSQL %(version)s.", **versions))


def extensions() -> Iterator[Finding]:
    rows = db.session.execute(text("SELECT extname, extversion FROM pg_extension"))
    installed: dict[str, str] = dict(rows.all())
    for name in EXTENSIONS:
        if name not in installed:
            yield wrong(
                _("Λείπει η επέκταση %(name)s. Ως διαχειριστής της βάσης: CREATE EXTENSION %(name)s;", name=name)
            )
    if "postgis" in installed:
        version = installed["postgis"]
        if tuple(int(n) for n in version.split(".")[:2]) < OLDEST_POSTGIS:
            yield wrong(_("PostGIS %(version)s: χρειάζεται τουλάχιστον 3.1. Αναβαθμίστε.", version=version))
        else:
            yield well(_("PostGIS %(version)s.", version=version))


def greek() -> Iterator[Finding]:
    encoding = db.session.scalar(text("SHOW server_encoding"))
    if encoding != "UTF8":
        yield wrong(
            _(
                "Η βάση είναι σε %(encoding)s. Χρειάζεται UTF8: φτιάξτε νέα βάση και μεταφέρετε τα δεδομένα.",
                encoding=encoding,
            )
        )
        return
    lowers = db.session.scalar(text("SELECT lower('ΠΛΑΤΕΙΑ ΈΛΕΟΥΣ') LIKE 'πλατεια έλεου_'"))
    installed = db.session.scalar(text("SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'"))
    trigrams = not installed or db.session.scalar(text("SELECT cardinality(show_trgm('δρόμος')) > 0"))
    if lowers and trigrams:
        yield well(_("Η βάση ξέρει ελληνικά (πεζά, κεφαλαία, αναζήτηση με λάθη)."))
    else:
        yield wrong(
            _(
                "Η βάση δεν ξέρει ελληνικά γράμματα και η αναζήτηση δεν θα βρίσκει. Φτιάξτε τη βάση με "
                "LC_CTYPE C.UTF-8 ή με ICU και μεταφέρετε τα δεδομένα."
            )
        )


def migrations() -> Iterator[Finding]:
    heads = set(ScriptDirectory(str(ROOT / "migrations")).get_heads())
    current = set(MigrationContext.configure(db.session.connection()).get_current_heads())
    if current == heads:
        yield well(_("Η βάση είναι στην τελευταία μορφή της (%(head)s).", head=", ".join(sorted(heads))))
    else:
        yield wrong(
            _(
                "Η βάση είναι στη μορφή %(here)s και το πρόγραμμα θέλει %(head)s. Κρατήστε αντίγραφο και τρέξτε "
                "flask db upgrade.",
                here=", ".join(sorted(current)) or "—",
                head=", ".join(sorted(heads)),
            )
        )


def worker() -> Iterator[Finding]:
    alive = db.session.scalar(
        text("SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - :silent"),
        {"silent": WORKER_SILENT_AFTER},
    )
    if alive:
        yield well(ngettext("Τρέχει %(num)s εργάτης υποβάθρου.", "Τρέχουν %(num)s εργάτες υποβάθρου.", alive))
    else:
        yield wrong(_("Δεν τρέχει εργάτης υποβάθρου: φωτογραφίες και ειδοποιήσεις περιμένουν. Τρέξτε flask worker."))


def failed_jobs() -> Iterator[Finding]:
    rows = db.session.execute(
        text("SELECT task_name, count(*) FROM procrastinate_jobs WHERE status = 'failed' GROUP BY 1 ORDER BY 2 DESC")
    ).all()
    if not rows:
        yield well(_("Καμία εργασία υποβάθρου δεν απέτυχε."))
        return
    total = sum(count for _name, count in rows)
    yield look(
        ngettext(
            "%(num)s εργασία υποβάθρου απέτυχε (%(names)s). Δείτε γιατί στο ημερολόγιο του flask worker.",
            "%(num)s εργασίες υποβάθρου απέτυχαν (%(names)s). Δείτε γιατί στο ημερολόγιο του flask worker.",
            total,
            names=", ".join(f"{name} {count}" for name, count in rows),
        )
    )


def clock() -> Iterator[Finding]:
    theirs = db.session.scalar(text("SELECT clock_timestamp()"))
    apart = abs(now() - theirs) if theirs else CLOCKS_APART
    if apart < CLOCKS_APART:
        yield well(_("Το ρολόι συμφωνεί με της βάσης."))
    else:
        yield wrong(
            _(
                "Το ρολόι διαφέρει από της βάσης κατά %(seconds)s δευτερόλεπτα. Συγχρονίστε και τα δύο (NTP).",
                seconds=round(apart.total_seconds()),
            )
        )


CHECKS: tuple[Check, ...] = (postgres_version, extensions, greek, clock)
CHECKS_OF_TABLES: tuple[Check, ...] = (worker, failed_jobs)
