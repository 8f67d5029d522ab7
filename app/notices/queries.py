"""Questions about who follows what and what was told, each one round trip."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from geoalchemy2 import WKBElement
from shapely.geometry import Point
from sqlalchemy import Select, delete, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import contains_eager, joinedload

from app.accounts.models import CitizenDevice
from app.categories.models import Category
from app.extensions import db
from app.geo.models import Area, AreaKind
from app.geo.queries import NEAR_WHICH
from app.notices.models import Channel, Notice, NoticeKind, NoticeState, PushEndpoint, Subscription
from app.reports.lifecycle import UNDO_WITHIN, UNDOABLE, Move
from app.reports.models import Report, ReportContact, ReportHistory
from app.reports.queries import not_undone
from app.retention import Kept, is_over

WIDEST_M = 5000
#: No circle reaches further: the index on the centres answers for its box, then each radius decides.
_REACH_M = WIDEST_M * 1.05
MOST_LETTERS_AN_HOUR = 20

#: History rows as ``n``: what a subscription is held against. A report that the office comes to trust is new to all.
_HAPPENED = f"""
SELECT h.id, h.at, h.move AS own_move,
    CASE WHEN jsonb_exists(h.detail, 'trusted') THEN 'submit' ELSE h.move END AS move,
    h.report_id, r.category_id, r.unit_id, r.community_id, u.parent_id AS town_id, r.location,
    ST_Buffer(r.location, {_REACH_M}) AS reach
FROM report_history h JOIN report r ON r.id = h.report_id
    AND NOT EXISTS (SELECT FROM report_history u WHERE u.undoes_id = h.id)
LEFT JOIN area u ON u.id = r.unit_id"""

#: Who of all that follow wants to hear of the row ``n``. Whoever follows a report that was merged follows the one
#: that stays; a report under suspicion is told to nobody.
_FOLLOWERS = """
SELECT s.*, 'service' AS kind FROM subscription s
WHERE n.move = ANY(:followed) AND s.report_id = ANY(ARRAY(
    SELECT n.report_id UNION ALL SELECT m.id FROM report m WHERE m.merged_into_id = n.report_id))
UNION ALL
SELECT s.*, 'news' FROM subscription s
WHERE n.move = ANY(:news) AND s.category_id = n.category_id
    AND (s.area_id IS NULL OR s.area_id IN (n.unit_id, n.community_id, n.town_id))
UNION ALL
SELECT s.*, 'news' FROM subscription s
WHERE n.move = ANY(:news) AND s.topic = 'area' AND s.area_id IN (n.unit_id, n.community_id, n.town_id)
UNION ALL
SELECT s.*, 'news' FROM subscription s
WHERE n.move = ANY(:news) AND s.centre && n.reach AND ST_DWithin(s.centre, n.location, s.radius_m)"""

# One notice a recipient and channel, service before news. The reporters' own letters have a limit, since an address
# in a report's form may be a stranger's.
_TELL = f"""
INSERT INTO notice (kind, channel, recipient, language, about, history_id, subscription_id, state, queued_at)
WITH n AS MATERIALIZED ({_HAPPENED} WHERE h.id = :history_id),
told AS (
    SELECT 'service' AS kind, 'mail' AS channel, lower(c.email) AS recipient, r.language, NULL::bigint AS wish,
        0 AS rank
    FROM n JOIN report r ON r.id = n.report_id OR r.merged_into_id = n.report_id
    JOIN report_contact c ON c.report_id = r.id AND c.email IS NOT NULL
    WHERE n.own_move = ANY(:reporter) AND {MOST_LETTERS_AN_HOUR} > (
        SELECT count(*) FROM notice x WHERE x.recipient = lower(c.email) AND x.queued_at > :lately)
    UNION ALL
    SELECT f.kind, f.channel, coalesce(f.email, p.url), f.language, f.id, CASE f.kind WHEN 'service' THEN 1 ELSE 2 END
    FROM n JOIN report r ON r.id = n.report_id AND r.suspicion IS NULL
    CROSS JOIN LATERAL ({_FOLLOWERS}) f
    LEFT JOIN push_endpoint p ON p.id = f.push_endpoint_id
    WHERE f.frequency = 'at_once' AND f.confirmed_at <= n.at AND f.ended_at IS NULL AND p.gone_at IS NULL
)
SELECT DISTINCT ON (channel, recipient) kind, channel, recipient, language, 'history:' || :history_id,
    :history_id, wish, 'waiting', :at
FROM told ORDER BY channel, recipient, rank, wish
ON CONFLICT ON CONSTRAINT uq_notice_told_once DO NOTHING
RETURNING id, channel"""


def create_notices(
    history_id: int, *, reporter: frozenset[Move], followed: frozenset[Move], news: frozenset[Move], at: datetime
) -> list[tuple[int, Channel]]:
    """Write a notice for everybody who hears of this row; the new ones' ids and channels. Nobody gets a second."""
    values = {"history_id": history_id, "followed": sorted(followed), "news": sorted(news), "at": at}
    values["reporter"] = sorted(reporter)
    rows = db.session.execute(text(_TELL), values | {"lately": at - timedelta(hours=1)})
    return [(notice_id, Channel(channel)) for notice_id, channel in rows]


_MORNING = f"""
WITH due AS (
    SELECT id FROM subscription
    WHERE told_until < :until AND confirmed_at IS NOT NULL AND ended_at IS NULL
    ORDER BY id FOR UPDATE SKIP LOCKED
),
n AS MATERIALIZED (
    {_HAPPENED} WHERE r.suspicion IS NULL AND h.at <= :until
        AND h.at > (SELECT min(s.told_until) FROM subscription s JOIN due USING (id))
),
heard AS (
    SELECT f.id, f.email, f.language, f.told_until, f.topic, n.id AS history, n.report_id, n.at
    FROM n CROSS JOIN LATERAL ({_FOLLOWERS}) f JOIN due ON due.id = f.id
    WHERE n.at > f.told_until
),
latest AS (SELECT DISTINCT ON (id, report_id) * FROM heard ORDER BY id, report_id, history DESC),
moved AS (
    UPDATE subscription s SET told_until = CASE s.frequency WHEN 'daily' THEN CAST(:until AS timestamptz) END
    FROM due WHERE s.id = due.id
)
SELECT email, language, id, array_agg(history ORDER BY history DESC) AS history
FROM latest GROUP BY email, language, id ORDER BY email, language, id"""


def morning_news(*, until: datetime, followed: frozenset[Move], news: frozenset[Move]) -> list[dict[str, Any]]:
    """What the daily subscriptions have not been told yet, as [{email, language, id, history}]; told from now on."""
    values = {"until": until, "followed": sorted(followed), "news": sorted(news)}
    return [dict(row._mapping) for row in db.session.execute(text(_MORNING), values)]


def create_notice(**values: Any) -> int | None:
    """A new notice's id, or None when the same was told to the same recipient before."""
    added = insert(Notice).values(state=NoticeState.WAITING, **values)
    return db.session.scalar(added.on_conflict_do_nothing(constraint="uq_notice_told_once").returning(Notice.id))


def letter_about(*, about: str, recipient: str) -> int | None:
    """The letter about this to this address."""
    return db.session.scalar(
        select(Notice.id).where(Notice.about == about, Notice.recipient == recipient, Notice.channel == Channel.MAIL)
    )


def locked_notice(notice_id: int, state: NoticeState) -> Notice | None:
    """The notice in this state, held: two workers at once queue up here."""
    return db.session.scalars(
        select(Notice)
        .where(Notice.id == notice_id, Notice.state == state)
        .with_for_update(of=Notice)
        .execution_options(populate_existing=True)
    ).one_or_none()


def how_many_letters(recipient: str, *, since: datetime, kind: NoticeKind | None = None, sent: bool = False) -> int:
    """How many letters this address was written, or sent, since then."""
    question = select(func.count()).where(
        Notice.recipient == recipient,
        Notice.channel == Channel.MAIL,
        (Notice.sent_at if sent else Notice.queued_at) > since,
    )
    if kind is not None:
        question = question.where(Notice.kind == kind)
    return db.session.scalar(question) or 0


def row_unless_undone(history_id: int) -> ReportHistory | None:
    """The history row, unless it was taken back."""
    return db.session.scalars(select(ReportHistory).where(ReportHistory.id == history_id, not_undone())).one_or_none()


def later_moves(row: ReportHistory) -> frozenset[Move]:
    """What happened to the same report since."""
    later = select(ReportHistory.move).where(
        ReportHistory.report_id == row.report_id, ReportHistory.id > row.id, not_undone()
    )
    return frozenset(db.session.scalars(later.distinct()))


def failed(*, after: int | None, limit: int) -> list[Notice]:
    """What could not be delivered, newest first, each with the report it is about."""
    question = (
        select(Notice)
        .where(Notice.state == NoticeState.FAILED)
        .options(joinedload(Notice.history))
        .order_by(Notice.id.desc())
    )
    if after is not None:
        question = question.where(Notice.id < after)
    return list(db.session.scalars(question.limit(limit)))


def how_many_failed() -> int:
    return db.session.scalar(select(func.count()).where(Notice.state == NoticeState.FAILED)) or 0


_TOPIC = (
    joinedload(Subscription.report).joinedload(Report.category),
    joinedload(Subscription.report).joinedload(Report.near_place),
    joinedload(Subscription.category),
    joinedload(Subscription.area).defer(Area.outline),
    joinedload(Subscription.near_place),
    joinedload(Subscription.push_endpoint),
)


def subscription_by_token(token: str) -> Subscription | None:
    """The subscription its letters' links stand for, with what it is about."""
    return db.session.scalars(select(Subscription).where(Subscription.token == token).options(*_TOPIC)).one_or_none()


def subscriptions(ids: Sequence[int]) -> dict[int, Subscription]:
    rows = db.session.scalars(select(Subscription).where(Subscription.id.in_(ids)).options(*_TOPIC))
    return {row.id: row for row in rows}


def of_the_same(subscription: Subscription) -> list[Subscription]:
    """Everything this address or browser follows, or is asked about."""
    same = (
        Subscription.email == subscription.email
        if subscription.channel is Channel.MAIL
        else Subscription.push_endpoint_id == subscription.push_endpoint_id
    )
    question = select(Subscription).where(same, Subscription.ended_at.is_(None)).options(*_TOPIC)
    return list(db.session.scalars(question.order_by(Subscription.id)))


def locked_subscription(
    wish: str, *, email: str | None = None, push_endpoint_id: int | None = None
) -> Subscription | None:
    """The same wish of the same address or browser, held."""
    who = Subscription.email == email if email else Subscription.push_endpoint_id == push_endpoint_id
    return db.session.scalars(
        select(Subscription).where(Subscription.wish == wish, who).with_for_update()
    ).one_or_none()


def how_many_followed(email: str) -> int:
    """How many things this address follows, or is asked about."""
    live = select(func.count()).where(Subscription.email == email, Subscription.ended_at.is_(None))
    return db.session.scalar(live) or 0


def nearest_place(spot: Point) -> int | None:
    """The place that says best where a circle is."""
    nearest = "ORDER BY location <-> ST_MakePoint(:lon, :lat)::geography, code LIMIT 1"
    question = text(f"SELECT id FROM place WHERE {NEAR_WHICH} {nearest}")
    return db.session.scalar(question, {"lon": spot.x, "lat": spot.y})


def is_proven_reader(device: str | None, email: str) -> bool:
    """Whether this browser's holder has shown before that they read this address."""
    shown = select(CitizenDevice.device).where(
        CitizenDevice.device == device, func.lower(CitizenDevice.email) == email.lower()
    )
    return device is not None and db.session.scalar(shown.limit(1)) is not None


def endpoint_by_url(url: str) -> PushEndpoint | None:
    return db.session.scalars(select(PushEndpoint).where(PushEndpoint.url == url)).one_or_none()


def history_rows(ids: Sequence[int]) -> list[tuple[ReportHistory, Report]]:
    """History rows with their whole reports, newest first."""
    rows = db.session.execute(_whole_rows().where(ReportHistory.id.in_(ids)))
    return [(row, report) for row, report in rows]


def _whole_rows() -> Select[ReportHistory, Report]:
    return (
        select(ReportHistory, Report)
        .join(Report, Report.id == ReportHistory.report_id)
        .options(joinedload(Report.category).defer(Category.keywords), joinedload(Report.near_place))
        .order_by(ReportHistory.id.desc())
    )


MOST_IN_A_FEED = 50


def feed_rows(
    *,
    news: frozenset[Move],
    at: datetime,
    category_id: int | None = None,
    area_id: int | None = None,
    centre: WKBElement | None = None,
    radius_m: int | None = None,
) -> list[tuple[ReportHistory, Report]]:
    """The newest public news of a kind, an area and a circle; each is optional and ANDed.

    A feed cannot take back what it said, so what may still be undone at this moment is not in it yet.
    """
    settled = or_(ReportHistory.move.not_in(UNDOABLE), ReportHistory.at < at - UNDO_WITHIN)
    question = _whole_rows().where(ReportHistory.move.in_(news), Report.suspicion.is_(None), not_undone(), settled)
    if category_id is not None:
        question = question.where(Report.category_id == category_id)
    if area_id is not None:
        town = select(Area.id).where(Area.id == area_id, Area.kind == AreaKind.MUNICIPALITY).exists()
        question = question.where(or_(Report.unit_id == area_id, Report.community_id == area_id, town))
    if centre is not None:
        question = question.where(func.ST_DWithin(Report.location, centre, radius_m))
    rows = db.session.execute(question.limit(MOST_IN_A_FEED))
    return [(row, report) for row, report in rows]


def own_report(report_id: int, email: str) -> Report | None:
    """The report this address made itself: this one, or one that was merged into it."""
    return db.session.scalars(
        select(Report)
        .join(Report.contact)
        .where(or_(Report.id == report_id, Report.merged_into_id == report_id))
        .where(func.lower(ReportContact.email) == email)
        .options(contains_eager(Report.contact), joinedload(Report.category), joinedload(Report.near_place))
        .order_by((Report.id != report_id), Report.id)
        .limit(1)
    ).one_or_none()


def subscriptions_overdue(at: datetime) -> Select[Any]:
    """The ids of subscriptions that nobody confirmed, and of those that were ended."""
    unconfirmed = Subscription.ended_at.is_(None) & Subscription.confirmed_at.is_(None)
    return select(Subscription.id).where(
        (unconfirmed & is_over(Subscription.created_at, Kept.UNCONFIRMED, at))
        | is_over(Subscription.ended_at, Kept.ENDED, at)
    )


def notices_overdue(at: datetime) -> Select[Any]:
    """The ids of notices that were told or put aside long ago."""
    over = Notice.state.in_([NoticeState.SENT, NoticeState.DISMISSED])
    return select(Notice.id).where(over, is_over(Notice.queued_at, Kept.NOTICES, at))


def forget(at: datetime) -> None:
    """Addresses that nobody confirmed or that follow no more, old notices, and browsers that are gone."""
    db.session.execute(delete(Subscription).where(Subscription.id.in_(subscriptions_overdue(at))))
    db.session.execute(delete(Notice).where(Notice.id.in_(notices_overdue(at))))
    db.session.execute(delete(PushEndpoint).where(is_over(PushEndpoint.gone_at, Kept.ENDED, at)))
