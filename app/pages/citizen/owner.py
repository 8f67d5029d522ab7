"""Who is looking at a report: its reporter, the office, or anybody."""

from __future__ import annotations

from flask_babel import gettext as _

from app.accounts.citizens import verified_emails
from app.accounts.permissions import Act, current_staff, may
from app.devices import known_device
from app.errors import NotFound
from app.moderation import visibility
from app.reports.permissions import has_key
from app.reports.row_queries import WholeReport, report_by_reference


def require_report(reference: str, key: str | None) -> tuple[WholeReport, bool]:
    """The report of an address, and whether its reporter is looking. Raises NotFound."""
    report = report_by_reference(reference)
    if key is not None and not has_key(report, key):
        raise NotFound(_("Αυτός ο σύνδεσμος δεν υπάρχει. Ελέγξτε ότι τον αντιγράψατε ολόκληρο."))
    own = key is not None or is_mine(report)
    visibility.require_visible(report, office=own or may(current_staff(), Act.SEE_REPORTER))
    return report, own


def is_mine(report: WholeReport) -> bool:
    """Whether this browser sent the report, or has shown that it reads the reporter's e-mail."""
    device = known_device()
    if device is None:
        return False
    if report.device == device:
        return True
    email = report.contact.email if report.contact else None
    return email is not None and email.lower() in verified_emails(device)


def require_reporter(own: bool) -> None:
    """Raises NotFound: to everybody else these addresses are none."""
    if not own:
        raise NotFound(_("Αυτό γίνεται μόνο από όποιον έστειλε την αναφορά. Ανοίξτε τον δικό σας σύνδεσμο."))
