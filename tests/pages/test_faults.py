"""Whose fault it is: what two people did at once or nobody can hold is told to them; our own mistakes are ours."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.extensions import db
from tests import town as the_town
from tests.conftest import login_as, make_app
from tests.reports.test_races import at_once

#: What goes wrong in the probe, and whose it is.
OURS = {
    "a column that must not be empty": "INSERT INTO trade (code, name_el, name_en) VALUES ('x', NULL, 'x')",
    "a check of ours": "UPDATE report SET version = 0; INSERT INTO crew_day VALUES (0, '2026-01-01', 1)",
    "a division by zero": "SELECT 1 / 0",
    "a word that is no number": "SELECT 'x'::int",
    "a column there is not": "SELECT nothing FROM report",
}
THEIRS = {
    "a number beyond all": ("SELECT CAST(:value AS bigint)", "99999999999999999999"),
    "a text with NUL": ("SELECT CAST(:value AS text)", "a\0b"),
    "half a character": ("SELECT CAST(:value AS text)", "\ud800"),
}


@pytest.fixture
def probe(own_database: Flask, tmp_path: Path) -> Iterator[Flask]:
    app = make_app(own_database.config["SQLALCHEMY_DATABASE_URI"], tmp_path)
    app.config["PROPAGATE_EXCEPTIONS"] = False

    @app.get("/probe/<path:name>")
    def ask(name: str) -> str:
        statement, value = THEIRS[name] if name in THEIRS else (OURS[name], None)
        for part in statement.split(";"):
            db.session.execute(text(part), {"value": value} if value else {})
        return "well"

    @app.get("/probe-nested")
    def nested() -> str:
        return nested()

    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("name", OURS)
def test_our_own_mistake_is_a_page_with_a_number_and_a_line_in_the_log(
    probe: Flask, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        page = probe.test_client().get(f"/probe/{name}")
    assert page.status_code == 500
    number = page.headers["X-Request-ID"]
    assert number[:8] in page.text
    assert "κάποιος άλλος" not in page.text
    [line] = [record for record in caplog.records if record.exc_info]
    assert "/probe/" in line.getMessage()


def test_a_program_is_told_the_number_too(probe: Flask) -> None:
    told = probe.test_client().get("/probe/a division by zero", headers={"Accept": "application/json"})
    assert (told.status_code, told.json["request"]) == (500, told.headers["X-Request-ID"])


def test_a_call_without_end_is_ours(probe: Flask) -> None:
    assert probe.test_client().get("/probe-nested").status_code == 500


@pytest.mark.parametrize("name", THEIRS)
def test_what_nobody_can_hold_is_told_to_whoever_sent_it(probe: Flask, name: str) -> None:
    page = probe.test_client().get(f"/probe/{name}")
    assert page.status_code == 422
    assert "δεν μπορεί να διαβαστεί" in page.text


def test_json_nested_without_end_is_refused_with_a_sentence(probe: Flask) -> None:
    deep = "[" * 100_000 + "]" * 100_000
    for body in (deep, f'{{"category": {deep}}}'):
        answer: Any = probe.test_client().post("/api/v1/reports", data=body, content_type="application/json")
        assert answer.status_code == 422, answer.text
        assert "JSON" in str(answer.json["errors"])


def test_two_dispatchers_who_block_the_same_word_at_once_are_not_told_of_a_fault(own_database: Flask) -> None:
    with own_database.app_context():
        town = the_town.build(db.session())
        people = [town.nikos, town.maria]
        db.session.commit()
        browsers = [login_as(own_database.test_client(), person) for person in people]

    page = "/office/blocked"
    tokens = [browser.get(page).text.split('name="csrf_token" value="')[1].split('"')[0] for browser in browsers]

    def block(browser: Any, token: str) -> Any:
        return browser.post(page, data={"csrf_token": token, "kind": "word", "value": "λαχείο", "note": ""})

    answers = at_once(*[lambda b=b, t=t: block(b, t) for b, t in zip(browsers, tokens, strict=True)])
    assert all(answer.status_code in (303, 409, 422) for answer in answers), [a.status_code for a in answers]
