"""Finding a report, and the right category, however the words are typed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from shapely.geometry import Point
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.categories.models import Category, CategoryGroup
from app.categories.queries import likeliest_categories, search_categories
from app.cli.demo_town import _load_categories
from app.crews.models import Trade
from app.dispatch.models import JobPlanStep
from app.search import queries as search_queries
from app.search.cluster_queries import how_many
from app.search.filters import Filters
from app.search.queries import page
from tests.conftest import counted_statements
from tests.dispatch.test_road_api import Program
from tests.reports.reporter import eleni_reports
from tests.reports.test_submit_api import at, report
from tests.town import SPOT, Town

# -- reports -----------------------------------------------------------------------------------------------------------

LAMP = "Η κολόνα φωτισμού στην Πλατεία Ελευθερίας δεν ανάβει"


@pytest.fixture
def lamp(client: FlaskClient, town: Town) -> str:
    """A lamp among other things; its reference."""
    report(client, description="Σπασμένη πλάκα")
    return eleni_reports(client, description=LAMP).reference


def found(words: str, *, public: bool = True) -> list[str]:
    return [one.reference for one in page(Filters(words=words), public=public).reports]


@pytest.mark.parametrize(
    "typed",
    [
        "κολόνα φωτισμού",
        "ΚΟΛΩΝΑ ΦΩΤΙΣΜΟΥ",
        "κολωνα φωτησμου",
        "kolona fotismou",
        "kolona fwtismoy",
        "plateia eleytherias",
        "plateia eleu8erias",
        "den anavei",
        "kollona",
    ],
)
def test_words_are_found_however_they_are_spelled(lamp: str, typed: str) -> None:
    assert found(typed) == [lamp]


@pytest.mark.parametrize("typed", ["φωτισμιυ", "ελευθεριασς κολονα", "plateja", "elefterias"])
def test_a_slip_of_the_finger_is_let_pass_when_nothing_else_is_found(lamp: str, typed: str) -> None:
    assert found(typed) == [lamp]


def test_what_is_quite_another_word_finds_nothing(lamp: str) -> None:
    assert found("ελικόπτερο") == []
    assert found("%") == []


def test_a_plain_hit_keeps_those_that_are_only_alike_away(client: FlaskClient, lamp: str) -> None:
    eleni_reports(client, description="Κολόνι")
    assert found("κολόνα") == [lamp]


def test_on_the_second_page_of_a_misspelled_search_it_goes_on(client: FlaskClient, town: Town) -> None:
    references = [eleni_reports(client, description="Πεζοδρόμιο").reference for _ in range(3)]
    first = page(Filters(words="πεζοδρομγιο"), limit=2)
    second = page(Filters(words="πεζοδρομγιο"), after=first.next, limit=2)
    assert [one.reference for one in first.reports + second.reports] == references[::-1]
    assert second.next is None


def test_a_map_hears_the_words_as_its_list_does_wherever_it_looks(lamp: str) -> None:
    elsewhere = Filters(words="κολόνα", bbox=(23.58, 41.12, 23.6, 41.14))
    assert not search_queries.relaxed_if_empty(elsewhere, public=True).alike
    assert search_queries.relaxed_if_empty(Filters(words="φωτισμιυ"), public=True).alike


@pytest.mark.parametrize("typed", ["kolona", "φωτισμιυ", "ελικόπτερο"])
def test_a_map_shows_as_many_as_its_list(client: FlaskClient, lamp: str, typed: str) -> None:
    listed = client.get(f"/api/v1/reports?q={typed}").json["items"]
    marks = client.get(f"/api/v1/reports/clusters?q={typed}&bbox=23.5,41.05,23.6,41.15&zoom=14").json
    assert marks["count"] == len(listed) == how_many(Filters(words=typed))


def test_a_kind_is_found_by_its_name_in_greek_english_or_greeklish(client: FlaskClient, town: Town) -> None:
    reference = eleni_reports(client, description="", category="bench").reference
    report(client, category="light")
    for typed in ("παγκάκι", "pagkaki", "bench"):
        assert found(typed) == [reference]


def test_words_that_are_not_released_are_found_by_the_office_only(client: FlaskClient, town: Town) -> None:
    reference = eleni_reports(client, category="bench", description="Πίσω από το περίπτερο").reference
    assert found("περίπτερο") == []
    assert found("περιπτερρο") == []
    assert found("περίπτερο", public=False) == [reference]


def test_the_office_finds_a_caller_by_telephone_and_nobody_else_does(client: FlaskClient, town: Town) -> None:
    reference = eleni_reports(client, contact={"phone": "6900000001"}).reference
    eleni_reports(client, contact={"phone": "6900000002"})
    for typed in ("6900000001", "690 000 0001", "+30 690 000 0001", "0030-6900000001"):
        assert found(typed, public=False) == [reference]
        assert found(typed) == []


def test_a_caller_who_left_the_number_with_its_country_is_found_without(client: FlaskClient, town: Town) -> None:
    reference = eleni_reports(client, contact={"phone": "+306900000001"}).reference
    assert found("6900000001", public=False) == [reference]


def test_a_search_takes_few_questions(
    app: Flask, client: FlaskClient, lamp: str, town: Town, bearer: Callable[[User], dict[str, str]]
) -> None:
    assert Program(client, bearer(town.nikos)).get("/reports?q=kolona").status_code == 200
    with counted_statements(app) as seen:
        client.get("/api/v1/reports?q=kolona")
    assert len(seen) <= 3


# -- categories --------------------------------------------------------------------------------------------------------


@pytest.fixture
def offered(town: Town, session: Session) -> None:
    """The demo town's twenty and more categories instead of the small town's four."""
    session.execute(delete(JobPlanStep))
    session.execute(delete(Category))
    session.execute(delete(CategoryGroup))
    _load_categories(DemoTrades(town))
    session.flush()


class DemoTrades(defaultdict[str, Trade]):
    """Whatever trade a category of the demo town asks for."""

    def __init__(self, town: Town) -> None:
        super().__init__(lambda: town.trades["painting"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("λακκούβα", "pothole"),
        ("λακουβα", "pothole"),
        ("lakouva", "pothole"),
        ("lakuba", "pothole"),
        ("lakoyva", "pothole"),
        ("ΛΑΚΟΥΒΕΣ", "pothole"),
        ("λακουνα", "pothole"),
        ("pothole", "pothole"),
        ("potholl", "pothole"),
        ("σκουπίδια", "dumping"),
        ("σκουπιδηα", "dumping"),
        ("skoupidia", "dumping"),
        ("skupidja", "dumping"),
        ("κολόνα φωτισμού", "street-light"),
        ("kolona fotismou", "street-light"),
        ("kolwna fwtismoy", "street-light"),
        ("street light", "street-light"),
        ("lampa", "street-light"),
        ("παγκακη", "bench"),
        ("pagaki", "bench"),
        ("pagkaki", "bench"),
        ("xorta", "grass"),
        ("horta", "grass"),
        ("frehtio", "drain"),
        ("plhmmura", "drain"),
        ("dentro", "tree"),
        ("klada", "tree"),
        ("παιδικη χαρα", "playground"),
        ("graffiti", "graffiti"),
        ("έσπασε το παγκάκι στην πλατεία", "bench"),
    ],
)
def test_the_category_is_found_unaccented_misspelled_greeklish_and_in_english(
    offered: None, typed: str, meant: str
) -> None:
    assert meant in [kind.code for kind in search_categories(typed)][:2]
    assert meant in [kind.code for kind in likeliest_categories(typed, None)]


@pytest.mark.parametrize("typed", ["", " ", "%", "ζζζζζζ", "12", "\0", "'; --"])
def test_what_nobody_understands_finds_nothing_and_the_likeliest_are_still_three(offered: None, typed: str) -> None:
    assert search_categories(typed) == []
    assert len(likeliest_categories(typed, None)) == 3


def test_a_whole_story_is_read_in_one_question(app: Flask, offered: None) -> None:
    story = "Στη γωνία έχει μια μεγάλη λακκούβα και χθες έπεσε μέσα ένα μηχανάκι. " * 40
    with counted_statements(app) as seen:
        kinds = likeliest_categories(story, SPOT)
        assert [kind.group.code for kind in kinds]
    assert kinds[0].code == "pothole"
    assert len(seen) == 1


def test_beside_a_light_pole_it_is_likely_about_the_light(client: FlaskClient, town: Town) -> None:
    assert likeliest_categories("", SPOT)[0].code == "light"
    assert likeliest_categories("", Point(SPOT.x + 0.02, SPOT.y))[0].code != "light"
    assert likeliest_categories("παγκάκι", SPOT)[0].code == "bench"


def test_what_is_often_reported_around_is_likely_here_too(client: FlaskClient, town: Town) -> None:
    for _ in range(3):
        report(client, category="bench", location=at(23.57, 41.12))
    for _ in range(2):
        report(client, category="pothole", location=at(23.53, 41.06))
    assert likeliest_categories("", Point(23.5705, 41.12))[0].code == "bench"
    assert likeliest_categories("", Point(23.5305, 41.06))[0].code == "pothole"
    assert likeliest_categories("", None)[0].code == "bench"
