"""Others whom it concerns too, others who object to what is published, and reports that wait aside."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.extensions import db, now
from app.moderation.flags import unsettled
from app.moderation.models import Flag, Suspicion
from app.reports import queries, triage
from app.reports.models import Report, Support
from app.search import queries as search_queries
from app.search.filters import Filters
from tests.dispatch.test_road_api import Program
from tests.media import camera
from tests.reports.reporter import Eleni, eleni_reports, found
from tests.reports.test_races import at_once, settled
from tests.reports.test_submit_api import POTHOLE, report
from tests.town import Town

Bearer = Callable[[User], dict[str, str]]


@pytest.fixture
def nikos(client: FlaskClient, town: Town, bearer: Bearer) -> Program:
    return Program(client, bearer(town.nikos))


def says_me_too(browser: FlaskClient, reference: str) -> Any:
    return browser.post(f"/api/v1/reports/{reference}/support")


# -- «Κι εγώ» ---------------------------------------------------------------------------------------------------------


def test_a_neighbour_counts_once_however_often_he_taps(app: Flask, client: FlaskClient, town: Town) -> None:
    reference = eleni_reports(client).reference
    neighbour = app.test_client()
    assert [says_me_too(neighbour, reference).json for _ in range(3)] == [{"supporters": 1}] * 3
    assert says_me_too(app.test_client(), reference).json == {"supporters": 2}
    assert client.get(f"/api/v1/reports/{reference}").json["supporters"] == 2


def test_eleni_does_not_count_for_her_own_report(client: FlaskClient, town: Town, session: Session) -> None:
    assert says_me_too(client, eleni_reports(client).reference).json == {"supporters": 0}
    assert session.scalar(select(func.count()).select_from(Support)) == 0


def test_two_neighbours_at_the_same_moment_count_two_and_one_who_taps_twice_counts_one(own_database: Flask) -> None:
    settled(own_database)
    reference = own_database.test_client().post("/api/v1/reports", json=POTHOLE).json["reference"]
    known = own_database.test_client()
    says_me_too(known, reference)
    key = known.get_cookie("device")
    assert key is not None

    def taps_again() -> Any:
        browser = own_database.test_client()
        browser.set_cookie("device", key.value)
        return says_me_too(browser, reference)

    def stranger() -> Any:
        return says_me_too(own_database.test_client(), reference)

    answers = at_once(*[taps_again] * 4, *[stranger] * 4)
    assert {answer.status_code for answer in answers} == {200}
    with own_database.app_context():
        counted = db.session.scalars(select(Report)).one().supporters
        assert counted == db.session.scalar(select(func.count()).select_from(Support)) == 5


def test_a_merged_reports_supporter_counts_for_the_one_that_stays(
    app: Flask, client: FlaskClient, town: Town, session: Session, nikos: Program
) -> None:
    stays, goes = eleni_reports(client).reference, eleni_reports(client).reference
    nikos.move(f"/reports/{goes}", move="merge", into=stays)
    assert says_me_too(app.test_client(), goes).json == {"supporters": 1}
    assert (found(session, stays).supporters, found(session, goes).supporters) == (1, 0)


def test_nobody_waits_for_what_was_rejected_or_is_over(app: Flask, client: FlaskClient, nikos: Program) -> None:
    reference = eleni_reports(client).reference
    nikos.move(f"/reports/{reference}", move="reject", words="Ιδιωτικός χώρος")
    answer = says_me_too(app.test_client(), reference)
    assert (answer.status_code, answer.json["state"]) == (409, "rejected")
    assert says_me_too(app.test_client(), "000-000-000").status_code == 404


def test_a_second_report_hears_how_many_wait_for_the_first_and_sees_its_public_photo(
    app: Flask, client: FlaskClient, town: Town
) -> None:
    photos = [(io.BytesIO(camera.file(camera.street())), f"{n}.jpg") for n in range(2)]
    first = client.post("/api/v1/reports", data={"report": json.dumps(POTHOLE), "photo": photos}).json
    says_me_too(app.test_client(), first["reference"])
    (near,) = report(app.test_client()).json["nearby"]
    assert (near["reference"], near["category"], near["supporters"]) == (first["reference"], "pothole", 1)
    assert near["photo_id"] == first["photos"][0]["id"]
    assert near["place"] == {"kind": "village", "name_el": "Λευκώνας", "name_en": "Lefkonas"}
    assert near["place_distance_m"] == 0


def test_an_unreleased_photo_is_not_shown_to_the_next_one_who_reports_it(client: FlaskClient, town: Town) -> None:
    bench = json.dumps(POTHOLE | {"category": "bench"})
    photo = (io.BytesIO(camera.file(camera.street())), "a.jpg")
    client.post("/api/v1/reports", data={"report": bench, "photo": photo})
    (near,) = report(client, category="bench").json["nearby"]
    assert near["photo_id"] is None


# -- what must not stay ------------------------------------------------------------------------------------------------


def flags(browser: FlaskClient, reference: str, **said: str) -> int:
    return browser.post(f"/api/v1/reports/{reference}/flags", json={"reason": "personal"} | said).status_code


def test_a_reader_says_that_a_name_is_in_it_and_the_office_hides_it(
    app: Flask, client: FlaskClient, town: Town, session: Session
) -> None:
    reference = eleni_reports(client, description="Φταίει ο γείτονας").reference
    reader = app.test_client()
    assert flags(reader, reference, words="Γράφει το όνομά μου") == 204
    assert flags(reader, reference, reason="offensive", words="Και βρίζει") == 204
    assert flags(reader, reference, reason="rude") == 422
    flagged = found(session, reference)
    assert flagged.flagged_at is not None
    assert [(flag.reason, flag.words) for flag in unsettled(flagged.id)] == [("offensive", "Και βρίζει")]
    triage.settle(reference, by=town.nikos, at=now(), version=None, hide=True)
    session.commit()
    settled_report = found(session, reference)
    assert (settled_report.flagged_at, settled_report.released_at) == (None, None)
    assert session.scalars(select(Flag)).one().settled_at is not None
    assert client.application.test_client().get(f"/api/v1/reports/{reference}").json["description"] is None


def test_the_office_sees_nothing_wrong_and_it_stays_public(
    app: Flask, client: FlaskClient, town: Town, session: Session
) -> None:
    reference = eleni_reports(client).reference
    flags(app.test_client(), reference)
    triage.settle(reference, by=town.nikos, at=now(), version=None, hide=False)
    session.commit()
    assert app.test_client().get(f"/api/v1/reports/{reference}").json["description"] == "Βαθιά λακκούβα"
    assert unsettled(found(session, reference).id) == []


# -- what waits aside --------------------------------------------------------------------------------------------------


@pytest.fixture
def doubtful(client: FlaskClient, town: Town, session: Session) -> Eleni:
    """A pothole with a photo that waits aside until the office has looked."""
    photo = (io.BytesIO(camera.file(camera.street())), "a.jpg")
    answer = client.post("/api/v1/reports", data={"report": json.dumps(POTHOLE), "photo": photo}).json
    kept = found(session, answer["reference"])
    kept.suspicion, kept.released_at = Suspicion.BLOCKED_WORD, None
    session.commit()
    return Eleni(client, answer["reference"], answer["tracking_url"].rsplit("/", 1)[1])


def test_what_waits_aside_is_in_no_public_list_page_search_or_photo(app: Flask, doubtful: Eleni) -> None:
    stranger = app.test_client()
    assert stranger.get(f"/api/v1/reports/{doubtful.reference}").status_code == 404
    assert stranger.get(f"/api/v1/reports/{doubtful.reference}/history").status_code == 404
    for search in ("", "?q=λακκουβα", f"?q={doubtful.reference}", "?format=geojson", "?category=pothole"):
        assert doubtful.reference not in stranger.get(f"/api/v1/reports{search}").text
    photo = doubtful.sees()["photos"][0]["urls"]["small"].split("?")[0]
    assert stranger.get(photo).status_code == 404
    assert report(stranger).json["nearby"] == []
    assert says_me_too(stranger, doubtful.reference).status_code == 404
    assert flags(stranger, doubtful.reference) == 404


def test_its_reporter_and_the_office_see_what_waits_aside(
    app: Flask, doubtful: Eleni, nikos: Program, session: Session
) -> None:
    with_her_key_elsewhere = Eleni(app.test_client(), doubtful.reference, doubtful.key)
    assert with_her_key_elsewhere.sees()["description"] == "Βαθιά λακκούβα"
    assert doubtful.client.get(f"/api/v1/reports/{doubtful.reference}").status_code == 200
    assert nikos.get(f"/reports/{doubtful.reference}").json["suspicion"] == "blocked_word"
    assert doubtful.reference in [one.reference for one in search_queries.page(Filters(), public=False).reports]


def test_once_the_office_has_looked_it_is_a_report_like_all(
    app: Flask, doubtful: Eleni, town: Town, session: Session
) -> None:
    triage.trust(doubtful.reference, by=town.nikos, at=now(), version=None)
    session.commit()
    seen = app.test_client().get(f"/api/v1/reports/{doubtful.reference}").json
    assert seen["description"] == "Βαθιά λακκούβα"
    assert len(seen["photos"]) == 1


def test_her_own_reports_are_found_by_browser_and_by_address(
    app: Flask, client: FlaskClient, town: Town, session: Session
) -> None:
    hers = [eleni_reports(client, contact={"email": "Eleni@example.gr"}).reference for _ in range(2)]
    report(app.test_client())
    device = found(session, hers[0]).device
    assert device is not None
    assert [one.reference for one in queries.of_device(device)] == hers[::-1]
    assert [one.reference for one in queries.of_emails(["eleni@EXAMPLE.gr"])] == hers[::-1]
