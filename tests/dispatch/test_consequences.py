"""What happens to a report when something happens to its work, and the other way round."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.crews.models import Absence, Crew
from app.dispatch import queries, service
from app.dispatch.models import WorkOrder
from app.errors import Invalid
from app.extensions import now, unit_of_work
from app.moderation.models import Suspicion
from app.reports import submission
from app.reports.models import Report, Source
from app.reports.row_queries import report_by_reference
from tests.dispatch.test_road_api import Program, dispatched
from tests.media import camera
from tests.reports.test_submit_api import report
from tests.town import SPOT, Town


def send(nikos: Program, reference: str, **wanted: Any) -> list[dict[str, Any]]:
    path = f"/reports/{reference}"
    answer = nikos.post(f"{path}/work-orders", wanted, nikos.etag(path))
    assert answer.status_code == 201, answer.text
    items: list[dict[str, Any]] = answer.json["items"]
    return items


def status_of(nikos: Program, reference: str) -> str:
    return str(nikos.get(f"/reports/{reference}").json["status"])


# -- work of an earlier life


def test_the_wrong_crew_is_called_off_after_a_reopening_and_the_thing_is_still_broken(
    client: FlaskClient, nikos: Program, thanasis: Program, sofia: Program
) -> None:
    reference, first = dispatched(client, nikos)
    thanasis.move(f"/work-orders/{first}", move="start")
    thanasis.finish(first, camera.file(camera.street()))
    nikos.move(f"/reports/{reference}", move="reopen", words="Ο πολίτης λέει ότι κουνιέται ακόμη.")
    [second] = send(nikos, reference, crew="wood")
    sofia.move(f"/work-orders/{second['id']}", move="start")
    assert nikos.move(f"/work-orders/{second['id']}", move="cancel", reason="Λάθος συνεργείο").status_code == 200
    assert status_of(nikos, reference) == "accepted"
    assert "resolved_at" in nikos.get(f"/reports/{reference}").json
    assert nikos.get(f"/reports/{reference}").json["resolved_at"] is None


# -- work that nobody has


@pytest.mark.parametrize(
    "decision",
    [
        {"move": "reject", "words": "Ιδιωτικός χώρος"},
        {"move": "forward", "forward_to": "ΔΕΥΑ Σερρών"},
        {"move": "merge"},
    ],
)
def test_no_crew_keeps_an_order_of_a_report_that_the_office_put_away(
    client: FlaskClient, nikos: Program, decision: dict[str, str]
) -> None:
    reference, number = dispatched(client, nikos)
    nikos.move(f"/work-orders/{number}", move="unassign")
    if decision["move"] == "merge":
        decision = decision | {"into": report(client).json["reference"]}
    assert nikos.move(f"/reports/{reference}", **decision).status_code == 200
    order = nikos.get(f"/work-orders/{number}").json
    assert (order["status"], order["moves"]) == ("cancelled", [])
    assert order["ended_at"] is not None
    assert nikos.move(f"/work-orders/{number}", move="assign", crew="wood").status_code == 409


def test_an_order_that_waits_can_be_called_off_and_the_office_still_has_the_report(
    client: FlaskClient, nikos: Program
) -> None:
    reference, number = dispatched(client, nikos)
    nikos.move(f"/work-orders/{number}", move="unassign")
    assert nikos.get(f"/work-orders/{number}").json["moves"] == ["assign", "cancel"]
    assert nikos.move(f"/work-orders/{number}", move="cancel").json["status"] == "cancelled"
    assert status_of(nikos, reference) == "accepted"


def test_a_question_to_the_citizen_keeps_the_plan_and_nobody_is_sent_meanwhile(
    client: FlaskClient, nikos: Program
) -> None:
    reference, number = dispatched(client, nikos)
    nikos.move(f"/work-orders/{number}", move="unassign")
    nikos.move(f"/reports/{reference}", move="ask", words="Ποιο από τα δύο παγκάκια;")
    assert nikos.move(f"/work-orders/{number}", move="assign", crew="wood").status_code == 409
    assert nikos.get(f"/work-orders/{number}").json["moves"] == ["cancel"]
    nikos.move(f"/reports/{reference}", move="answer", words="Το αριστερό.")
    [again] = send(nikos, reference, crew="metal")
    assert again["id"] == number


@pytest.mark.parametrize("crew", ["metal", "wood"])
def test_who_is_sent_after_somebody_was_taken_back_waits_for_nobody(
    client: FlaskClient, nikos: Program, thanasis: Program, sofia: Program, crew: str
) -> None:
    reference, number = dispatched(client, nikos)
    nikos.move(f"/work-orders/{number}", move="unassign")
    [sent] = send(nikos, reference, crew=crew)
    assert sent["waits"] is False
    goes = {"metal": thanasis, "wood": sofia}[crew]
    assert goes.move(f"/work-orders/{sent['id']}", move="start").status_code == 200
    # The same trade is the same order; another trade is another one, before the one that waits.
    assert (sent["id"] == number) is (crew == "metal")


def test_the_steps_that_wait_for_a_crew_stay_behind_the_one_that_is_sent(client: FlaskClient, nikos: Program) -> None:
    reference = report(client, category="bench").json["reference"]
    metal, paint = send(nikos, reference, steps=[{"trade": "metalwork", "crew": "metal"}, {"trade": "painting"}])
    [wood] = send(nikos, reference, crew="wood", trade="carpentry")
    order = [one["id"] for one in nikos.get(f"/reports/{reference}/work-orders").json["items"]]
    assert order == [metal["id"], wood["id"], paint["id"]]


def test_when_only_an_order_without_a_crew_is_left_the_report_waits_at_the_office(
    client: FlaskClient, nikos: Program
) -> None:
    reference = report(client, category="bench").json["reference"]
    metal, _paint = send(nikos, reference, steps=[{"trade": "metalwork", "crew": "metal"}, {"trade": "painting"}])
    nikos.move(f"/work-orders/{metal['id']}", move="cancel")
    assert status_of(nikos, reference) == "accepted"


def test_good_work_stays_done_when_the_last_step_is_taken_back_and_called_off(
    client: FlaskClient, nikos: Program, thanasis: Program
) -> None:
    reference = report(client, category="bench").json["reference"]
    steps = [{"trade": "metalwork", "crew": "metal"}, {"trade": "painting", "crew": "wood"}]
    metal, paint = send(nikos, reference, steps=steps)
    thanasis.move(f"/work-orders/{metal['id']}", move="start")
    thanasis.finish(metal["id"], camera.file(camera.street()))
    nikos.move(f"/work-orders/{paint['id']}", move="unassign")
    assert status_of(nikos, reference) == "accepted"
    nikos.move(f"/work-orders/{paint['id']}", move="cancel", reason="Δεν χρειάζεται βάψιμο")
    assert status_of(nikos, reference) == "resolved"


def test_what_one_crew_could_not_do_is_not_done_when_the_next_is_called_off(
    client: FlaskClient, nikos: Program, thanasis: Program
) -> None:
    reference, first = dispatched(client, nikos)
    thanasis.move(f"/work-orders/{first}", move="could_not", reason="Λείπει υλικό")
    [second] = send(nikos, reference, crew="metal")
    thanasis.move(f"/work-orders/{second['id']}", move="start")
    nikos.move(f"/work-orders/{second['id']}", move="cancel", reason="Βροχή")
    assert status_of(nikos, reference) == "accepted"


def test_each_is_offered_what_they_may_do_and_nothing_else(
    client: FlaskClient, nikos: Program, thanasis: Program, sofia: Program
) -> None:
    reference = report(client, category="bench").json["reference"]
    steps = [{"trade": "metalwork", "crew": "metal"}, {"trade": "carpentry", "crew": "wood"}]
    metal, wood = send(nikos, reference, steps=steps)

    def offered(who: Program, order: dict[str, Any]) -> list[str]:
        moves: list[str] = who.get(f"/work-orders/{order['id']}").json["moves"]
        return moves

    assert offered(thanasis, metal) == ["could_not", "start"]
    assert offered(sofia, wood) == []
    assert offered(nikos, metal) == ["assign", "cancel", "could_not", "start", "unassign"]
    assert offered(nikos, wood) == ["assign", "cancel", "unassign"]
    thanasis.move(f"/work-orders/{metal['id']}", move="start")
    assert offered(thanasis, metal) == ["could_not", "finish", "pause"]


# -- what waits aside


def doubtful(session: Session) -> str:
    with unit_of_work():
        made = submission.submit(category="pothole", spot=SPOT, source=Source.STAFF, at=now()).report
        made.suspicion = Suspicion.NOT_BY_HAND
    return made.reference


def test_a_report_that_waits_aside_is_decided_by_api_as_on_the_page(session: Session, nikos: Program) -> None:
    path = f"/reports/{doubtful(session)}"
    assert nikos.get(path).json["moves"] == ["note", "reject"]
    assert nikos.move(path, move="accept").status_code == 409
    assert nikos.post(f"{path}/work-orders", {"crew": "metal"}, nikos.etag(path)).status_code == 409
    headers = nikos.headers | {"If-Match": nikos.etag(path)}
    trusted = nikos.client.patch(f"/api/v1{path}", json={"trusted": True}, headers=headers)
    assert trusted.json["suspicion"] is None
    assert "schedule" in trusted.json["moves"]
    assert nikos.move(path, move="accept").status_code == 200


def test_a_report_is_not_merged_into_one_that_nobody_may_see_yet(
    client: FlaskClient, session: Session, nikos: Program
) -> None:
    refused = nikos.move(f"/reports/{report(client).json['reference']}", move="merge", into=doubtful(session))
    assert refused.status_code == 422
    assert "into" in refused.json["errors"]


def test_what_is_for_somebody_else_is_refused_by_api_as_on_the_page(
    client: FlaskClient, session: Session, town: Town
) -> None:
    town.categories["pothole"].stoppers = [
        {"code": "water", "stop": True, "text_el": "Τρέχει νερό;", "text_en": "Is water running?",
         "say_el": "Καλέστε τη ΔΕΥΑΣ.", "say_en": "Call the water company."}
    ]  # fmt: skip
    session.commit()
    refused = report(client, stoppers={"water": "yes"})
    assert refused.status_code == 422
    assert refused.json["errors"] == {"stopper.water": ["Καλέστε τη ΔΕΥΑΣ."]}
    assert report(client, stoppers={"water": "no"}).status_code == 201


# -- days and places

SUNDAY = datetime.fromisoformat("2026-12-27T09:00+02:00")


def weekdays_only(*crews: Crew) -> None:
    for crew in crews:
        crew.shift_days, crew.works_on_holidays = [1, 2, 3, 4, 5], False


def a_bench(town: Town, at: datetime = SUNDAY) -> Report:
    return submission.submit(category="bench", spot=SPOT, source=Source.STAFF, at=at).report


def sent(
    town: Town, at: datetime = SUNDAY, *, day: date | None = None, crews: tuple[str, ...] = ("metal",)
) -> list[WorkOrder]:
    with unit_of_work():
        steps = [service.Step(crew=crew) for crew in crews]
        reference = a_bench(town, at).reference
        return service.dispatch(reference, steps=steps, by=town.nikos, at=at, version=None, planned_day=day)


def test_a_weekday_crew_that_is_sent_on_a_sunday_goes_on_monday(town: Town) -> None:
    weekdays_only(town.metalwork)
    assert [order.planned_day for order in sent(town)] == [date(2026, 12, 28)]


def test_a_weekday_crew_does_not_go_on_christmas_day_which_is_a_friday(town: Town) -> None:
    weekdays_only(town.metalwork)
    christmas = datetime.fromisoformat("2026-12-25T09:00+02:00")
    assert [order.planned_day for order in sent(town, christmas)] == [date(2026, 12, 28)]


def test_a_day_on_which_the_crew_does_not_go_out_is_refused_with_the_next_one(town: Town) -> None:
    weekdays_only(town.metalwork)
    with pytest.raises(Invalid) as refused:
        sent(town, day=date(2027, 1, 6))  # Epiphany, a Wednesday
    assert "Πέμπτη 7 Ιανουαρίου" in str(refused.value.extra["errors"]["planned_day"])


def test_a_crew_on_leave_goes_when_it_is_back(town: Town, session: Session) -> None:
    weekdays_only(town.metalwork)
    session.add(Absence(crew_id=town.metalwork.id, first_day=date(2026, 12, 21), last_day=date(2026, 12, 30)))
    assert [order.planned_day for order in sent(town)] == [date(2026, 12, 31)]


def test_a_later_step_is_not_planned_before_the_earlier_one(town: Town) -> None:
    weekdays_only(town.metalwork)
    days = [order.planned_day for order in sent(town, crews=("metal", "wood"))]
    assert days == [date(2026, 12, 28), date(2026, 12, 28)]


def test_an_order_that_changes_hands_is_planned_by_the_new_crews_shifts(town: Town) -> None:
    weekdays_only(town.metalwork)
    [order] = sent(town, crews=("wood",))
    assert order.planned_day == date(2026, 12, 27)
    with unit_of_work():
        service.assign(order.id, crew="metal", planned_day=None, by=town.nikos, at=SUNDAY, version=None)
    assert order.planned_day == date(2026, 12, 28)
    with pytest.raises(Invalid):
        service.assign(order.id, crew="metal", planned_day=date(2027, 1, 2), by=town.nikos, at=SUNDAY, version=None)


def test_nobody_is_given_an_order_for_a_day_that_has_passed(town: Town) -> None:
    [order] = sent(town, crews=("wood",))
    yesterday = SUNDAY.date() - timedelta(days=1)
    with pytest.raises(Invalid) as refused:
        service.assign(order.id, crew="metal", planned_day=yesterday, by=town.nikos, at=SUNDAY, version=None)
    assert list(refused.value.extra["errors"]) == ["planned_day"]


def test_each_order_has_a_place_of_its_own_in_the_crews_day(town: Town) -> None:
    places = [order.sequence for _ in range(3) for order in sent(town)]
    assert places == [1, 2, 3]


# -- what comes next


def test_api_page_and_service_agree_on_the_trade_that_comes_next(
    client: FlaskClient, nikos: Program, thanasis: Program, as_user: Any, town: Town
) -> None:
    reference = report(client, category="bench").json["reference"]
    path = f"/reports/{reference}"
    assert nikos.get(f"{path}/crews").json["trade"]["code"] == "metalwork"
    [metal] = send(nikos, reference, crew="metal")
    assert metal["trade"]["code"] == "metalwork"
    thanasis.move(f"/work-orders/{metal['id']}", move="start")
    assert nikos.get(f"{path}/crews").json["trade"]["code"] == "carpentry"
    page = as_user(town.nikos).get(f"/office/reports/{reference}?do=dispatch").text
    assert '<option value="carpentry" selected>' in page
    [wood] = send(nikos, reference, crew="wood")
    assert wood["trade"]["code"] == "carpentry"
    [paint] = send(nikos, reference, crew="wood")
    assert paint["trade"]["code"] == "painting"


def test_a_step_that_waits_for_a_crew_comes_next_before_the_rest_of_the_plan(
    client: FlaskClient, nikos: Program
) -> None:
    reference = report(client, category="bench").json["reference"]
    send(nikos, reference, steps=[{"trade": "metalwork", "crew": "metal"}, {"trade": "painting"}])
    assert nikos.get(f"/reports/{reference}/crews").json["trade"]["code"] == "painting"


def test_a_reopened_job_begins_with_the_first_trade_again(
    client: FlaskClient, nikos: Program, thanasis: Program
) -> None:
    reference, number = dispatched(client, nikos)
    thanasis.move(f"/work-orders/{number}", move="start")
    thanasis.finish(number, camera.file(camera.street()))
    nikos.move(f"/reports/{reference}", move="reopen", words="Άνοιξε πάλι.")
    assert nikos.get(f"/reports/{reference}/crews").json["trade"]["code"] == "metalwork"
    assert queries.work_of(report_by_reference(reference)) == []
