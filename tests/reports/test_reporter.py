"""Eleni comes back to her report: she confirms, objects, answers, corrects, takes back and adds."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.extensions import now
from app.media.models import Photo
from app.moderation import blocks
from app.moderation.models import BlockedKind
from app.reports.models import ReporterWords, ReportHistory, ReportPhoto
from tests.dispatch.test_road_api import Program
from tests.media import camera
from tests.reports.reporter import Eleni, eleni_reports, found, put_right
from tests.reports.test_submit_api import POTHOLE
from tests.town import Town

Bearer = Callable[[User], dict[str, str]]


@pytest.fixture
def nikos(client: FlaskClient, town: Town, bearer: Bearer) -> Program:
    return Program(client, bearer(town.nikos))


@pytest.fixture
def eleni(client: FlaskClient, town: Town, session: Session, bearer: Bearer, nikos: Program) -> Eleni:
    """Her pothole has been put right."""
    return put_right(client, session, nikos, Program(client, bearer(town.thanasis)))


def last_row(session: Session, reference: str) -> ReportHistory:
    question = select(ReportHistory).where(ReportHistory.report_id == found(session, reference).id)
    return session.scalars(question.order_by(ReportHistory.id.desc()).limit(1)).one()


def publicly(client: FlaskClient, reference: str) -> Any:
    """What a stranger sees."""
    return client.application.test_client().get(f"/api/v1/reports/{reference}").json


# -- after the repair -------------------------------------------------------------------------------------------------


def test_she_confirms_and_the_report_is_closed_by_her(eleni: Eleni, session: Session) -> None:
    answer = eleni.confirms()
    assert (answer.status_code, answer.json["status"]) == (200, "closed")
    row = last_row(session, eleni.reference)
    assert (row.move, row.detail, row.actor_id) == ("close", {"by": "reporter"}, None)
    assert eleni.confirms().status_code == 409


def test_her_confirmation_sent_twice_over_a_bad_line_is_one(eleni: Eleni, session: Session) -> None:
    assert [eleni.does("confirmation", action="tap").status_code for _ in range(2)] == [200, 200]
    rows = select(func.count()).where(ReportHistory.move == "close")
    assert session.scalar(rows) == 1


def test_nobody_confirms_what_is_not_done(client: FlaskClient, town: Town) -> None:
    eleni = eleni_reports(client)
    assert eleni.confirms().status_code == 409
    assert eleni.objects().status_code == 409
    assert eleni.answers("Δίπλα στο σχολείο").status_code == 409


def test_without_her_key_nothing_happens(client: FlaskClient, session: Session, eleni: Eleni) -> None:
    for key in ("", "wrong", eleni.key + "x"):
        stranger = Eleni(client, eleni.reference, key)
        answers = (stranger.confirms(), stranger.objects(), stranger.answers("x"), stranger.amends(description="x"))
        assert {answer.status_code for answer in answers} == {404}
    assert found(session, eleni.reference).status == "resolved"


def test_she_objects_with_words_and_a_photo_that_the_office_and_she_see_and_nobody_else(
    client: FlaskClient, eleni: Eleni, session: Session, nikos: Program
) -> None:
    answer = eleni.objects("Η λακκούβα άνοιξε ξανά", eleni.uploads())
    assert (answer.status_code, answer.json["status"]) == (200, "resolved")
    assert answer.json["said"][0] | {"at": ""} == {"kind": "objection", "words": "Η λακκούβα άνοιξε ξανά", "at": ""}
    assert [photo["moment"] for photo in answer.json["photos"]] == ["after", "later"]
    office = nikos.get(f"/reports/{eleni.reference}").json
    assert office["objected_at"]
    assert office["said"] == answer.json["said"]
    seen = publicly(client, eleni.reference)
    assert "said" not in seen
    assert "objected_at" not in seen
    assert [photo["moment"] for photo in seen["photos"]] == ["after"]
    row = last_row(session, eleni.reference)
    assert (row.move, row.public_words, row.internal_words, row.detail) == ("object", "", "", {})


def test_an_objection_needs_words_and_is_made_once(eleni: Eleni, session: Session) -> None:
    wordless = eleni.objects("  ")
    assert wordless.status_code == 422
    assert wordless.json["errors"]["words"]
    too_long = eleni.objects("α" * 4001)
    assert "words" in too_long.json["errors"]
    assert found(session, eleni.reference).objected_at is None
    assert eleni.objects().status_code == 200
    assert eleni.objects("Ακόμη μια φορά").status_code == 409
    assert session.scalar(select(func.count()).select_from(ReporterWords)) == 1


def test_she_objects_after_it_was_closed_too(eleni: Eleni, session: Session) -> None:
    eleni.confirms()
    assert eleni.objects("Χάλασε το ίδιο βράδυ").json["status"] == "resolved"
    report = found(session, eleni.reference)
    assert report.closed_at is None
    assert report.objected_at is not None


def test_the_office_opens_it_again_and_the_objection_is_answered(
    eleni: Eleni, session: Session, nikos: Program
) -> None:
    eleni.objects()
    assert nikos.move(f"/reports/{eleni.reference}", move="reopen", words="Θα ξαναπάει").status_code == 200
    report = found(session, eleni.reference)
    assert (report.status, report.objected_at, report.resolved_at) == ("accepted", None, None)


def test_the_office_closes_it_all_the_same_and_the_objection_is_answered(
    eleni: Eleni, session: Session, nikos: Program
) -> None:
    eleni.objects()
    assert nikos.move(f"/reports/{eleni.reference}", move="close", words="Είναι άλλη λακκούβα").status_code == 200
    report = found(session, eleni.reference)
    assert (report.status, report.objected_at) == ("closed", None)
    assert report.closed_at is not None


# -- a question of the office -----------------------------------------------------------------------------------------


def test_she_answers_the_offices_question_and_only_the_office_reads_it(
    client: FlaskClient, town: Town, session: Session, nikos: Program
) -> None:
    eleni = eleni_reports(client)
    nikos.move(f"/reports/{eleni.reference}", move="ask", words="Σε ποιον αριθμό;")
    assert eleni.answers("").status_code == 422
    answer = eleni.answers("Στο 12, μπροστά στον φούρνο")
    assert answer.json["status"] == "received"
    assert last_row(session, eleni.reference).detail == {"by": "reporter"}
    told = client.application.test_client().get(f"/api/v1/reports/{eleni.reference}/history").text
    assert "φούρνο" not in told
    assert nikos.get(f"/reports/{eleni.reference}").json["said"][0]["words"] == "Στο 12, μπροστά στον φούρνο"


# -- her own words and photos -----------------------------------------------------------------------------------------


def with_a_photo(client: FlaskClient, category: str) -> Eleni:
    body = json.dumps(POTHOLE | {"category": category, "description": "Λείπει σανίδα"})
    photo = (io.BytesIO(camera.file(camera.street())), "a.jpg")
    answer = client.post("/api/v1/reports", data={"report": body, "photo": photo})
    return Eleni(client, answer.json["reference"], answer.json["tracking_url"].rsplit("/", 1)[1])


def release(nikos: Program, reference: str) -> None:
    path = f"/reports/{reference}"
    headers = nikos.headers | {"If-Match": nikos.etag(path)}
    assert nikos.client.patch(f"/api/v1{path}", json={"released": True}, headers=headers).status_code == 200


def test_a_correction_after_the_release_hides_the_words_until_the_office_looks_again(
    client: FlaskClient, town: Town, session: Session, nikos: Program
) -> None:
    eleni = with_a_photo(client, "bench")
    release(nikos, eleni.reference)
    assert publicly(client, eleni.reference)["description"] == "Λείπει σανίδα"
    assert eleni.amends(description="Λείπουν δύο σανίδες").json["description"] == "Λείπουν δύο σανίδες"
    seen = publicly(client, eleni.reference)
    assert (seen["description"], seen["photos"], seen["released"]) == (None, [], False)
    release(nikos, eleni.reference)
    assert publicly(client, eleni.reference)["description"] == "Λείπουν δύο σανίδες"


def test_history_says_that_something_was_corrected_and_never_what_had_stood_there(
    client: FlaskClient, town: Town, session: Session
) -> None:
    eleni = with_a_photo(client, "bench")
    photo = eleni.sees()["photos"][0]["id"]
    eleni.amends(description="Άλλα λόγια", withdraw_photos=[photo], uploads=[eleni.uploads(), eleni.uploads()])
    row = last_row(session, eleni.reference)
    assert (row.move, row.detail) == (
        "amend",
        {"changed": {"description": True, "photos_withdrawn": 1, "photos_added": 2}},
    )
    for row in session.scalars(select(ReportHistory)):
        assert "σανίδα" not in f"{row.public_words}{row.internal_words}{row.detail}"


def test_words_and_photos_that_she_takes_back_are_gone(client: FlaskClient, town: Town, session: Session) -> None:
    eleni = with_a_photo(client, "bench")
    shown = eleni.sees()["photos"][0]
    answer = eleni.amends(description="", withdraw_photos=[shown["id"]]).json
    assert (answer["description"], answer["photos"]) == ("", [])
    assert session.scalar(select(func.count()).select_from(ReportPhoto)) == 0
    assert session.scalar(select(func.count()).select_from(Photo)) == 0
    assert client.get(shown["urls"]["small"]).status_code == 404


def test_she_cannot_take_back_the_crews_photo_or_another_reports(
    client: FlaskClient, eleni: Eleni, session: Session
) -> None:
    other = with_a_photo(client, "pothole")
    for photo in (eleni.sees()["photos"][0]["id"], other.sees()["photos"][0]["id"]):
        assert eleni.amends(withdraw_photos=[photo]).status_code == 422
    assert session.scalar(select(func.count()).select_from(ReportPhoto)) == 2


def test_a_photo_added_later_is_hidden_until_the_office_releases_it_too(
    client: FlaskClient, town: Town, session: Session, nikos: Program
) -> None:
    eleni = with_a_photo(client, "bench")
    release(nikos, eleni.reference)
    added = eleni.amends(uploads=[eleni.uploads()]).json["photos"][-1]
    plain = added["urls"]["small"].split("?")[0]
    stranger = client.application.test_client()
    assert [photo["moment"] for photo in publicly(client, eleni.reference)["photos"]] == ["before"]
    assert stranger.get(plain).status_code == 404
    assert stranger.get(added["urls"]["small"]).status_code == 200
    moved = nikos.move(f"/reports/{eleni.reference}", move="accept", release=True)
    assert moved.status_code == 200, moved.text
    assert [photo["moment"] for photo in publicly(client, eleni.reference)["photos"]] == ["before", "later"]
    assert stranger.get(plain).status_code == 200


def test_where_words_are_public_at_once_a_correction_and_a_new_photo_are_too(
    client: FlaskClient, town: Town, session: Session
) -> None:
    eleni = with_a_photo(client, "pothole")
    eleni.amends(description="Πιο βαθιά τώρα", uploads=[eleni.uploads()])
    seen = publicly(client, eleni.reference)
    assert seen["description"] == "Πιο βαθιά τώρα"
    assert [photo["moment"] for photo in seen["photos"]] == ["before", "later"]


def test_what_the_office_has_hidden_stays_hidden_whatever_she_corrects(
    client: FlaskClient, town: Town, nikos: Program
) -> None:
    eleni = eleni_reports(client)
    path = f"/reports/{eleni.reference}"
    hidden = client.patch(
        f"/api/v1{path}", json={"released": False}, headers=nikos.headers | {"If-Match": nikos.etag(path)}
    )
    assert hidden.status_code == 200
    eleni.amends(description="Το ίδιο με άλλα λόγια")
    assert publicly(client, eleni.reference)["description"] is None


def test_a_blocked_word_in_a_correction_waits_for_the_office_even_where_words_are_public_at_once(
    client: FlaskClient, town: Town, session: Session
) -> None:
    eleni = eleni_reports(client)
    blocks.block(BlockedKind.WORD, "σκουληκι", by=town.nikos, at=now())
    session.commit()
    eleni.amends(description="Ο τάδε είναι ΣΚΟΥΛΉΚΙ")
    assert publicly(client, eleni.reference)["description"] is None
    assert eleni.sees()["description"] == "Ο τάδε είναι ΣΚΟΥΛΉΚΙ"


def test_a_word_more_is_for_the_office_only(client: FlaskClient, town: Town, nikos: Program) -> None:
    eleni = eleni_reports(client)
    assert eleni.amends(words="Έπεσε και ένα μηχανάκι").json["said"][0]["kind"] == "addition"
    assert "μηχανάκι" not in json.dumps(publicly(client, eleni.reference))
    assert "μηχανάκι" in nikos.get(f"/reports/{eleni.reference}").text


def test_a_correction_that_corrects_nothing_is_told_so(client: FlaskClient, town: Town, session: Session) -> None:
    eleni = eleni_reports(client)
    assert eleni.amends(description="Βαθιά λακκούβα").status_code == 422
    assert found(session, eleni.reference).version == 1


def test_she_adds_five_photos_and_no_more(client: FlaskClient, town: Town) -> None:
    eleni = eleni_reports(client)
    assert eleni.amends(uploads=[eleni.uploads() for _ in range(3)]).status_code == 200
    sixth = eleni.amends(uploads=[eleni.uploads() for _ in range(3)])
    assert sixth.status_code == 422
    assert sixth.json["errors"]["photo"]
    assert eleni.amends(uploads=[eleni.uploads() for _ in range(2)]).status_code == 200


def test_another_browsers_photo_is_not_hers_to_add(client: FlaskClient, town: Town) -> None:
    eleni = eleni_reports(client)
    stranger = Eleni(client.application.test_client(), eleni.reference, "")
    assert eleni.amends(uploads=[stranger.uploads()]).status_code == 422
