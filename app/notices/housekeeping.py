"""The daily letter in the morning, and what is forgotten at night."""

from __future__ import annotations

from datetime import datetime, time
from itertools import groupby

from flask import current_app

from app.calendar import ATHENS
from app.extensions import defer, defer_many, job, jobs, now, unit_of_work
from app.media import disk_space
from app.notices import queries
from app.notices.models import Channel, NoticeKind
from app.notices.service import FOLLOWED, NEWS, SOON

MORNING = time(7, 30)


@job("notices.morning")
def morning(timestamp: int) -> None:
    """The daily letters. Asked every hour; ``timestamp`` is Procrastinate's, in seconds."""
    tell_the_day(now())


def tell_the_day(at: datetime) -> None:
    """From half past seven in Serres on, once a day, whatever the clocks did at night or however late we are."""
    local = at.astimezone(ATHENS)
    until = datetime.combine(local.date(), MORNING, tzinfo=ATHENS)
    if local < until:
        return
    with unit_of_work():
        news = queries.morning_news(until=until, followed=FOLLOWED, news=NEWS)
        letters = [
            _letter(email, language, list(items), day=local.date().isoformat(), at=at)
            for (email, language), items in groupby(news, key=lambda one: (one["email"], one["language"]))
        ]
        defer_many("notices.deliver", [{"notice_id": notice_id} for notice_id in letters if notice_id is not None])


def _letter(email: str, language: str, items: list[dict[str, object]], *, day: str, at: datetime) -> int | None:
    """One letter with all that this address follows by day; what two wishes share is told under the first."""
    seen_topics: set[object] = set()
    groups = []
    for item in items:
        fresh = [row for row in item["history"] if row not in seen_topics]  # type: ignore[attr-defined]
        seen_topics.update(fresh)
        if fresh:
            groups.append({"subscription": item["id"], "history": fresh})
    return queries.create_notice(
        kind=NoticeKind.DIGEST,
        channel=Channel.MAIL,
        recipient=email,
        language=language,
        about=f"day:{day}:{language}",
        detail={"groups": groups},
        queued_at=at,
    )


# Before the sizes of a wave of photos, which is when the disk fills.
@job("notices.watch_disk", priority=SOON)
def watch_disk(timestamp: int) -> None:
    """Write to the operator well before the disk is full, once a day; ``timestamp`` is Procrastinate's, in seconds."""
    operator, left, at = current_app.config["OPERATOR_EMAIL"], disk_space.free_space(), now()
    if not operator or not left.is_getting_short:
        return
    with unit_of_work():
        notice_id = queries.create_notice(
            kind=NoticeKind.OPERATOR,
            channel=Channel.MAIL,
            recipient=operator,
            language=current_app.config["BABEL_DEFAULT_LOCALE"],
            about=f"disk:{at.astimezone(ATHENS).date().isoformat()}",
            detail={"free": left.free // 1024**2, "reserve": left.reserve // 1024**2},
            queued_at=at,
        )
        if notice_id is not None:
            defer("notices.deliver", notice_id=notice_id)


@job("notices.forget")
def forget(timestamp: int) -> None:
    """What nobody confirmed, what was ended, and old notices; ``timestamp`` is Procrastinate's, in seconds."""
    with unit_of_work():
        queries.forget(now())


# What was decided at 07:29:59 is committed by then, and nobody may take it back any more.
jobs.periodic(cron="42 * * * *")(jobs.tasks["notices.morning"])
jobs.periodic(cron="*/10 * * * *")(jobs.tasks["notices.watch_disk"])
jobs.periodic(cron="47 1 * * *")(jobs.tasks["notices.forget"])
