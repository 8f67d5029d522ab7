"""Is this installation well? For load balancers, the operator and script/server."""

from __future__ import annotations

import logging
from collections.abc import Callable

from flask import Blueprint, Response
from sqlalchemy import text

from app.extensions import db
from app.http import json_answer
from app.media import store

health = Blueprint("health", __name__)

#: The worker writes a heartbeat every 10 s; three missed ones mean it is gone.
WORKER_SILENT_AFTER_S = 30


def database_answers() -> str:
    db.session.execute(text("SELECT postgis_lib_version()"))
    return "ok"


def worker_answers() -> str:
    alive = db.session.scalar(
        text(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => :silent)"
        ),
        {"silent": WORKER_SILENT_AFTER_S},
    )
    return "ok" if alive else "no worker has been heard of for 30 seconds"


def storage_answers() -> str:
    well, reason = store.here().is_well()
    return "ok" if well else reason


CHECKS: dict[str, Callable[[], str]] = {
    "database": database_answers,
    "worker": worker_answers,
    "storage": storage_answers,
}


def findings() -> dict[str, str]:
    """One word or sentence for each part; "ok" where all is well."""
    found = {}
    for part, check in CHECKS.items():
        try:
            found[part] = check()
        except Exception:
            logging.getLogger(__name__).exception("health check of %s failed", part)
            db.session.rollback()
            found[part] = "does not answer"
    return found


@health.get("/healthz")
def healthz() -> Response:
    """200 when database, worker and storage answer, else 503 naming the part."""
    found = findings()
    answer = json_answer(found, 200 if set(found.values()) == {"ok"} else 503)
    answer.headers["Cache-Control"] = "no-store"
    return answer
