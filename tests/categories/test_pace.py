"""How long a category really takes: eight of ten, in the town's working days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.calendar import ATHENS
from app.categories.models import Category
from app.categories.pace import measure, percentile, working_days
from app.reports.lifecycle import Status
from app.reports.models import Report
from tests.reports.reporter import eleni_reports
from tests.town import Town


@pytest.mark.parametrize(
    ("received", "resolved", "days"),
    [
        (date(2026, 11, 16), date(2026, 11, 16), 0),
        (date(2026, 11, 16), date(2026, 11, 17), 1),
        (date(2026, 11, 20), date(2026, 11, 23), 1),  # over a weekend
        (date(2026, 4, 9), date(2026, 4, 14), 1),  # Good Friday, Easter Sunday and Monday of the Orthodox
        (date(2026, 4, 2), date(2026, 4, 7), 3),  # Western Easter is nobody's holiday here
        (date(2026, 6, 26), date(2026, 6, 30), 1),  # the town's feast, 29 June
        (date(2026, 12, 23), date(2026, 12, 28), 2),  # Christmas and the day after
    ],
)
def test_working_days_from_the_report_to_the_repair(received: date, resolved: date, days: int) -> None:
    assert working_days(received, resolved) == days


@pytest.mark.parametrize(
    ("spans", "usual"),
    [
        ({4: 5}, 4),
        ({1: 4, 9: 1}, 1),  # four of five is eight of ten
        ({1: 3, 5: 1, 9: 1}, 5),
        ({1: 4, 2: 1, 7: 1}, 2),  # of six, the fifth
        ({2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 7: 1, 8: 1, 9: 1, 10: 1, 40: 1}, 9),
    ],
)
def test_eight_of_ten_by_nearest_rank(spans: dict[int, int], usual: int) -> None:
    assert percentile(spans) == usual


def repaired(client: FlaskClient, session: Session, category: str, received: datetime, resolved: datetime) -> None:
    reference = eleni_reports(client, category=category).reference
    session.execute(
        update(Report)
        .where(Report.reference == reference)
        .values(status=Status.RESOLVED, received_at=received, resolved_at=resolved)
    )
    session.commit()


def usual(session: Session, town: Town, code: str) -> tuple[int | None, int]:
    session.expire_all()
    kind = session.get_one(Category, town.categories[code].id)
    return kind.usual_days, kind.usual_of


MAY = datetime(2026, 5, 11, 9, tzinfo=UTC)


def test_each_category_learns_its_own_pace_over_orthodox_easter(
    client: FlaskClient, town: Town, session: Session
) -> None:
    thursday = datetime(2026, 4, 9, 7, tzinfo=UTC)
    for days in (5, 5, 5, 6, 11):  # Tuesday, Tuesday, Tuesday, Wednesday, Monday
        repaired(client, session, "pothole", thursday, thursday + timedelta(days=days))
    for _ in range(4):
        repaired(client, session, "bench", thursday, thursday + timedelta(days=5))
    measure(MAY)
    assert usual(session, town, "pothole") == (2, 5)
    assert usual(session, town, "bench") == (None, 0)  # four say nothing
    assert client.get("/api/v1/categories/pothole").json["usual_days"] == 2
    assert eleni_reports(client).sees()["usual_days"] == 2


def test_a_day_is_the_day_in_serres(client: FlaskClient, town: Town, session: Session) -> None:
    for _ in range(5):  # both on the 17th by the clock of Serres, and on the 16th and 17th by that of Greenwich
        repaired(
            client, session, "light",
            datetime(2026, 11, 17, 0, 30, tzinfo=ATHENS), datetime(2026, 11, 18, 23, 30, tzinfo=ATHENS),
        )  # fmt: skip
    measure(datetime(2026, 11, 20, tzinfo=UTC))
    assert usual(session, town, "light") == (1, 5)


def test_what_is_older_than_a_year_does_not_count_any_more(client: FlaskClient, town: Town, session: Session) -> None:
    for _ in range(5):
        repaired(client, session, "light", MAY - timedelta(days=10), MAY)
    measure(MAY + timedelta(days=364))
    assert usual(session, town, "light")[1] == 5
    measure(MAY + timedelta(days=366))
    assert usual(session, town, "light") == (None, 0)


def test_what_is_still_open_does_not_count(client: FlaskClient, town: Town, session: Session) -> None:
    for _ in range(6):
        eleni_reports(client)
    measure(MAY)
    assert usual(session, town, "pothole") == (None, 0)
