"""The technician writes down when a crew does not go out."""

from __future__ import annotations

from flask import Flask

from app.extensions import db
from tests import town as the_town


def test_leave_is_written_down_and_taken_back(own_database: Flask) -> None:
    with own_database.app_context():
        the_town.build(db.session())
        db.session.commit()
    run = own_database.test_cli_runner()
    told = run.invoke(args=["crew", "away", "metal", "2099-12-24", "2099-12-31", "--why", "Άδειες"])
    assert told.output == "2099-12-24 – 2099-12-31  Άδειες\n"
    assert run.invoke(args=["crew", "absences", "wood"]).output == ""
    assert run.invoke(args=["crew", "back", "metal", "2099-12-27"]).output == ""


def test_a_crew_or_days_that_cannot_be_are_refused_with_a_sentence(own_database: Flask) -> None:
    with own_database.app_context():
        the_town.build(db.session())
        db.session.commit()
    run = own_database.test_cli_runner()
    assert "Δεν υπάρχει ενεργό συνεργείο" in run.invoke(args=["crew", "away", "nobody", "2099-12-24"]).output
    assert "πριν από την πρώτη" in run.invoke(args=["crew", "away", "metal", "2099-12-24", "2099-12-20"]).output
