"""Questions about who follows what and what was told, each one round trip."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from shapely.geometry import Point
from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import joinedload

from app.accounts.models import CitizenDevice
from app.extensions import db
from app.geo.models import Area
from app.geo.shapes import point
from app.notices.models import Channel, Notice, NoticeKind, NoticeState, PushEndpoint, Subscription
from app.reports.lifecycle import Move
from app.reports.models import Category, Report, ReportHistory

#: A circle is never wider than this; the index on the centres answers for it, the radius decides.
WIDEST_M = 5000

#: Whether the news in ``n`` (category_id, unit_id, community_id, town_id, location) are what subscription ``s`` wants.
_WANTED = f"""(
    s.category_id = n.category_id
        AND (s.area_id IS NULL OR s.area_id IN (n.unit_id, n.community_id, n.town_id))
    OR s.topic = 'area' AND s.area_id IN (n.unit_id, n.community_id, n.town_id)
    OR s.topic = 'circle' AND ST_DWithin(s.centre, n.location, {WIDEST_M})
        AND ST_DWithin(s.centre, n.location, s.radius_m)
)"""

# The reporters (of this report and of those merged into it), whoever follows one of them, and whoever follows its
# kind, its area or what is near: one notice a recipient and channel, service before news.
_TELL = f"""
INSERT INTO notice (kind, channel, recipient, language, about, history_id, subscription_id, state, queued_at)
WITH n AS MATERIALIZED (
    SELECT h.id, h.move, h.report_id, r.category_id, r.unit_id, r.community_id, u.parent_id AS town_id, r.location,
        r.suspicion IS NULL AS trusted
    FROM report_history h JOIN report r ON r.id = h.report_id LEFT JOIN area u ON u.id = r.unit_id
    WHERE h.id = :history_id
),
family AS MATERIALIZED (
    SELECT report_id AS id FROM n
    UNION ALL
    SELECT m.id FROM n JOIN report m ON m.merged_into_id = n.report_id WHERE m.suspicion IS NULL
),
followers AS (
    SELECT s.*, 'service' AS kind FROM subscription s, n
    WHERE s.report_id IN (SELECT id FROM family) AND n.move = ANY(:followed)
    UNION ALL
    SELECT s.*, 'news' FROM subscription s, n WHERE n.move = ANY(:news) AND {_WANTED}
),
told AS (
    SELECT 'service' AS kind, 'mail' AS channel, lower(c.email) AS recipient, r.language, NULL::bigint AS subscription,
        0 AS place
    FROM family JOIN report r ON r.id = family.id JOIN report_contact c ON c.report_id = r.id
    WHERE c.email IS NOT NULL AND NOT coalesce(:flooded, false)
    UNION ALL
    SELECT f.kind, f.channel, coalesce(f.email, p.url), f.language, f.id, CASE f.kind WHEN 'service' THEN 1 ELSE 2 END
    FROM n, followers f LEFT JOIN push_endpoint p ON p.id = f.push_endpoint_id
    WHERE n.trusted AND f.frequency = 'at_once' AND f.confirmed_at IS NOT NULL AND f.ended_at IS NULL
        AND p.gone_at IS NULL
)
SELECT DISTINCT ON (channel, recipient) kind, channel, recipient, language, 'history:' || :history_id,
    :history_id, subscription, 'waiting', :at
FROM told ORDER BY channel, recipient, place, subscription
ON CONFLICT ON CONSTRAINT uq_notice_told_once DO NOTHING
RETURNING id
"""
