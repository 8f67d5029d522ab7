"""The office has written something in Greek alone; whoever reads English sees it, and hears it spoken as Greek."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.categories.models import Category, Referral
from app.extensions import now, unit_of_work
from app.geo.shapes import point
from app.language import is_greek
from app.reports import submission, transitions
from app.reports.lifecycle import Move
from app.reports.models import Report, Source
from tests.conftest import login_as
from tests.town import MONDAY, Town

NOTE = "<small>(in Greek)</small>"
DOG = "Αδέσποτα ζώα"
REASON = "Το παγκάκι είναι ιδιωτικό."


def greek(words: str) -> str:
    return f'<span lang="el">{words}</span>'


@pytest.fixture
def greek_only(town: Town, session: Session) -> Category:
    """A fence of which the office has written nothing in English, but for the word of one answer."""
    fence = town.categories["fence"]
    fence.name_en = ""
    fence.group.name_en = ""
    fence.stoppers = [
        {"code": "wires", "text_el": "Κρέμονται καλώδια;", "say_el": "Μην πλησιάσετε. Καλέστε το 112.", "phone": "112"}
    ]
    fence.questions = [
        {
            "code": "material",
            "datatype": "singlevaluelist",
            "required": True,
            "text_el": "Από τι είναι;",
            "values": [{"key": "wood", "el": "Ξύλο"}, {"key": "metal", "el": "Μέταλλο", "en": "Metal"}],
        }
    ]
    session.add(Referral(code="dogs", name_el=DOG, name_en="", keywords=[], say_el="Καλέστε τον Δήμο.", say_en=""))
    session.commit()
    return fence


def rejected(kind: str, words: str) -> Report:
    with unit_of_work():
        report = submission.submit(
            category=kind,
            spot=point(23.52, 41.07),
            source=Source.WEB,
            at=MONDAY,
            description="Έσπασε",
            answers={"material": "wood"},
        ).report
    with unit_of_work():
        held = transitions.lock_report(report.reference, None)
        transitions.move(held, Move.REJECT, by=None, at=now(), public=words)
    return report


def test_every_step_says_it_in_greek_and_marks_it(client: FlaskClient, greek_only: Category) -> None:
    steps = client.get("/new/shell?lang=en").text
    for name in (greek_only.name_el, greek_only.group.name_el, DOG, "Ξύλο"):
        assert greek(name) in steps
        assert f"{greek(name)} {NOTE}" not in steps, "a name needs no remark"
    for sentence in ("Κρέμονται καλώδια;", "Μην πλησιάσετε. Καλέστε το 112.", "Από τι είναι;", "Καλέστε τον Δήμο."):
        assert f"{greek(sentence)} {NOTE}" in steps
    assert ">Metal</label>" in steps


def test_a_greek_page_marks_nothing(client: FlaskClient, greek_only: Category) -> None:
    report = rejected("fence", REASON)
    for path in ("/new/shell?lang=el", "/reports?lang=el", f"/r/{report.reference}?lang=el"):
        page = client.get(path).text
        assert ' lang="el"' not in page.replace('<html lang="el"', ""), path
        assert "(στα ελληνικά)" not in page


def test_the_offices_words_on_a_reports_page_are_marked(client: FlaskClient, greek_only: Category) -> None:
    report = rejected("fence", REASON)
    page = client.get(f"/r/{report.reference}?lang=en").text
    assert f'<h1 class="track__title">{greek(greek_only.name_el)}</h1>' in page
    assert f'<p class="timeline__words">{greek(REASON)} {NOTE}</p>' in page
    assert f"<title>{greek_only.name_el} ·" in page, "a title holds no marks"
    assert greek(greek_only.name_el) in client.get("/reports?lang=en&state=closed").text


def test_what_was_written_in_english_is_left_as_it_is(client: FlaskClient, town: Town) -> None:
    report = rejected("bench", "The bench is <private>.")
    page = client.get(f"/r/{report.reference}?lang=en").text
    assert '<p class="timeline__words">The bench is &lt;private&gt;.</p>' in page


def test_a_choice_of_a_list_carries_its_language_itself(client: FlaskClient, town: Town, greek_only: Category) -> None:
    choice = f'<option value="fence" lang="el">{greek_only.name_el}</option>'
    assert choice in client.get("/follow?lang=en").text
    login_as(client, town.nikos)
    assert choice in client.get("/office?lang=en").text


@pytest.mark.parametrize(
    ("words", "so"),
    [("Σπάσιμο", True), ("ἀρχὴ", True), ("lakkouva", False), ("12", False), ("", False), ("Ο LED σβήνει", True)],
)
def test_greek_is_told_by_its_letters(words: str, so: bool) -> None:
    assert is_greek(words) is so
