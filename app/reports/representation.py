"""A report as whoever asks may see it."""

from __future__ import annotations

from flask import Response

from app.accounts.permissions import Act, current_staff, may
from app.http import json_answer
from app.moderation import visibility
from app.reports import presenting
from app.reports.permissions import has_key, is_reporter
from app.reports.queries import later_words
from app.reports.row_queries import report_by_reference


def report_response(reference: str) -> Response:
    """The answer with the report for the office, its reporter, or everybody. Raises NotFound."""
    sees_all = may(current_staff(), Act.SEE_REPORTER)
    report = report_by_reference(reference)
    own = not sees_all and has_key(report)
    visibility.require_visible(report, office=sees_all or is_reporter(report))
    if not (sees_all or own):
        return json_answer(presenting.public(report, report.photos), version=report.version)
    view = presenting.office if sees_all else presenting.reporter
    return json_answer(view(report, later_words(report.id)), version=report.version)
