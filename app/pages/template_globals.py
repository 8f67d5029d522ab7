"""What templates may ask for: times, names, states and distances as people read them."""

from __future__ import annotations

from flask import Flask, request

from app.appearance.face import face_in_use
from app.categories.questions import ANSWER_LIMIT, choices_of
from app.extensions import now
from app.geo.places import format_distance
from app.language import (
    ago,
    format_date_long,
    format_date_short,
    format_day,
    format_moment,
    format_moment_full,
    format_short_day,
    language,
    localized,
)
from app.pages import script_words
from app.pages.bits import status_tag, time_tag
from app.pages.icons import icon
from app.pages.security import ground_of_page
from app.pages.written import as_written, written_in
from app.reports.attachments import MAX_PHOTOS
from app.reports.lifecycle import MOVE_LABELS, OPEN, STATUS_LABELS, Status
from app.reports.validation import DESCRIPTION_LIMIT


def current_address() -> str:
    """This page's path and query, to come back to; a form that was just refused comes back as a fresh one."""
    return request.full_path.rstrip("?") if request.method == "GET" else request.path


def register(app: Flask) -> None:
    app.jinja_env.globals.update(
        ago=lambda moment: ago(moment, now()),
        format_date_long=format_date_long,
        format_date_short=format_date_short,
        format_day=format_day,
        format_distance=format_distance,
        format_moment_full=format_moment_full,
        current_address=current_address,
        language=language,
        moment_now=now,
        format_moment=format_moment,
        localized=localized,
        format_short_day=format_short_day,
        MOVE_LABELS=MOVE_LABELS,
        MAX_PHOTOS=MAX_PHOTOS,
        ANSWER_LIMIT=ANSWER_LIMIT,
        DESCRIPTION_LIMIT=DESCRIPTION_LIMIT,
        icon=icon,
        status_tag=status_tag,
        time_tag=time_tag,
        choices_of=choices_of,
        written_in=written_in,
        OPEN=OPEN,
        Status=Status,
        STATUS_LABELS=STATUS_LABELS,
        outbox_labels=script_words.outbox,
        map_words=script_words.map_words,
        ground=ground_of_page,
        own_face=face_in_use,
    )
    app.jinja_env.filters["zip"] = zip
    app.jinja_env.filters["as_written"] = as_written
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
