"""Is this installation well? For load balancers, the operator and script/server."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, current_app, request
from sqlalchemy import text

from app.accounts.permissions import Act, require
from app.extensions import MAIL, OURS, PUSH, db
from app.http import json_answer
from app.media import disk_space, store
from app.notices import service as notices

health = Blueprint("health", __name__)

#: The worker writes a heartbeat every 10 s; three missed ones mean it is gone.
WORKER_SILENT_AFTER_S = 30
#: An operator's backup touches this file of DATA_DIR when it is done.
BACKUP_MARK = "last_backup"
# A job is due from when it was queued, or from when it was put off to.
_OLDEST = """
SELECT j.queue_name, max(extract(epoch FROM now() - greatest(j.scheduled_at, e.at)))
FROM procrastinate_jobs j
CROSS JOIN LATERAL (SELECT min(at) AS at FROM procrastinate_events WHERE job_id = j.id AND type = 'deferred') e
WHERE j.status IN ('todo', 'doing') AND (j.scheduled_at IS NULL OR j.scheduled_at <= now())
GROUP BY j.queue_name"""


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
    well, reason = store.current_store().is_well()
    return "ok" if well else reason


CHECKS: dict[str, Callable[[], str]] = {
    "database": database_answers,
    "worker": worker_answers,
    "storage": storage_answers,
}


def findings() -> dict[str, str]:
    """One word or sentence for each part; "ok" where all is well."""
    results = {}
    for part, check in CHECKS.items():
        try:
            results[part] = check()
        except Exception:
            logging.getLogger(__name__).exception("health check of %s failed", part)
            db.session.rollback()
            results[part] = "does not answer"
    return results


@health.get("/healthz")
def healthz() -> Response:
    """200 when database, worker and storage answer, else 503 naming the part; ``?full`` adds the figures."""
    results: dict[str, Any] = dict(findings())
    status = 200 if set(results.values()) == {"ok"} else 503
    if "full" in request.args:
        only_for_the_operator()
        results["figures"] = figures()
    answer = json_answer(results, status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@health.get("/metrics")
def metrics() -> Response:
    """The same figures in Prometheus' text format, version 0.0.4."""
    only_for_the_operator()
    lines = [f"# TYPE {name.partition('{')[0]} gauge\n{name} {value}" for name, value in as_gauges(figures())]
    answer = Response("\n".join(dict.fromkeys("\n".join(lines).split("\n"))) + "\n", mimetype="text/plain")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def only_for_the_operator() -> None:
    """This very machine, asked without a proxy in between, or somebody of the office (a bearer token does)."""
    from_here = request.remote_addr in ("127.0.0.1", "::1") and "X-Forwarded-For" not in request.headers
    if not from_here:
        require(Act.SEE_OFFICE)


def figures() -> dict[str, Any]:
    """Ages in seconds, the disk in bytes; an age is None where there is nothing old, or nothing at all."""
    disk = disk_space.free_space()
    backup = current_app.config["DATA_DIR"] / BACKUP_MARK
    return {
        "oldest_job_s": dict.fromkeys((OURS, MAIL, PUSH), 0.0) | waiting_jobs(),
        "letters_failed": notices.how_many_failed(),
        "disk_free_bytes": disk.free,
        "disk_reserve_bytes": disk.reserve,
        "last_backup_s": time.time() - backup.stat().st_mtime if backup.exists() else None,
    }


def waiting_jobs() -> dict[str, float]:
    """By queue, for how long the job that is due longest has waited or been under way."""
    rows = db.session.execute(text(_OLDEST))
    return {queue: float(age) for queue, age in rows}


def as_gauges(figures: dict[str, Any]) -> list[tuple[str, float]]:
    flat: list[tuple[str, float]] = []
    for name, value in figures.items():
        if isinstance(value, dict):
            flat += [(f'kathimerina_{name}{{queue="{key}"}}', number) for key, number in value.items()]
        elif value is not None:
            flat.append((f"kathimerina_{name}", value))
    return flat
