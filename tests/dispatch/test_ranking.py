"""Who should go: the trade first, then the area, then who has less to do, then who is nearer."""

from __future__ import annotations

from datetime import time

import pytest
from shapely.geometry import Point
from sqlalchemy.orm import Session

from app.crews.models import Crew, crew_area
from app.dispatch import service
from app.dispatch.queries import crews_for, orders
from app.extensions import unit_of_work
from app.geo.shapes import to_wkb
from app.reports import submission
from app.reports.models import Report, Source
from tests.town import MONDAY, SPOT, Town

NEAR, FAR = Point(23.5201, 41.0701), Point(23.545, 41.095)


@pytest.fixture
def pothole(town: Town) -> Report:
    return submission.submit(category="pothole", spot=SPOT, source=Source.STAFF, at=MONDAY).report


def a_crew(
    town: Town, session: Session, code: str, *, trade: str = "metalwork", area: str = "905401", base: Point
) -> Crew:
    crew = Crew(
        code=code, name_el=code, name_en=code, base=to_wkb(base), shift_start=time(7), shift_end=time(15),
        shift_days=[1, 2, 3, 4, 5, 6, 7], works_on_holidays=True, trades=[town.trades[trade]],
    )  # fmt: skip
    session.add(crew)
    session.flush()
    session.execute(crew_area.insert(), [{"crew_id": crew.id, "area_id": town.areas[area].id}])
    return crew


def busy(town: Town, crew: str) -> None:
    with unit_of_work():
        reference = submission.submit(category="bench", spot=SPOT, source=Source.STAFF, at=MONDAY).report.reference
        service.dispatch(reference, steps=[service.Step(crew=crew)], by=town.nikos, at=MONDAY, version=None)


def ranked(town: Town, pothole: Report) -> list[str]:
    return [crew.code for crew in crews_for(pothole.id, town.trades["metalwork"], today=MONDAY.date())]


def test_each_reason_counts_more_than_all_that_come_after_it(town: Town, session: Session, pothole: Report) -> None:
    town.metalwork.active = town.carpentry.active = False
    a_crew(town, session, "wrong trade", trade="painting", base=NEAR)
    a_crew(town, session, "other area", area="905402", base=NEAR)
    a_crew(town, session, "busy", base=NEAR)
    busy(town, "busy")
    a_crew(town, session, "far", base=FAR)
    a_crew(town, session, "near", base=NEAR)
    assert ranked(town, pothole) == ["near", "far", "busy", "other area", "wrong trade"]


def test_equals_stand_in_the_order_of_their_codes(town: Town, session: Session, pothole: Report) -> None:
    town.metalwork.active = town.carpentry.active = False
    for code in ("b", "c", "a"):
        a_crew(town, session, code, base=NEAR)
    assert ranked(town, pothole) == ["a", "b", "c"]


def test_a_crew_that_is_no_more_is_not_in_the_list(town: Town, session: Session, pothole: Report) -> None:
    town.metalwork.active = False
    assert ranked(town, pothole) == ["wood"]


def test_work_that_has_ended_makes_nobody_busy(town: Town, session: Session, pothole: Report) -> None:
    busy(town, "metal")
    [before] = [crew.open_orders for crew in crews_for(pothole.id, None, today=MONDAY.date()) if crew.code == "metal"]
    with unit_of_work():
        [order] = orders(crew_id=town.metalwork.id)
        service.cancel(order.id, reason="", by=town.nikos, at=MONDAY, version=None)
    [after] = [crew.open_orders for crew in crews_for(pothole.id, None, today=MONDAY.date()) if crew.code == "metal"]
    assert (before, after) == (1, 0)
