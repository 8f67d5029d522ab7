"""The technician gives people accounts and programs keys."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import StaffSession, User
from app.accounts.service import authenticate, issue_token
from app.accounts.sessions import open_session
from app.errors import LoginRequired
from app.extensions import db, now
from tests import town as the_town
from tests.conftest import login_as

ADD = ["staff", "add", "--role", "admin", "--email", "Anna@example.gr", "--name", "Άννα", "--password"]


def test_a_new_admin_can_sign_in_and_is_not_added_twice(own_database: Flask) -> None:
    run = own_database.test_cli_runner()
    added = run.invoke(args=[*ADD, "ένας-καλός-κωδικός"])
    assert added.exit_code == 0, added.output
    with own_database.app_context():
        assert authenticate("anna@example.gr", "ένας-καλός-κωδικός").role == "admin"
    again = run.invoke(args=[*ADD, "ένας-καλός-κωδικός"])
    assert again.exit_code == 1
    assert "Υπάρχει ήδη" in again.output


def test_a_short_password_is_refused(own_database: Flask) -> None:
    refused = own_database.test_cli_runner().invoke(args=[*ADD, "123"])
    assert refused.exit_code == 1
    with own_database.app_context():
        assert db.session.scalars(select(User)).all() == []


def test_a_new_crew_member_belongs_to_the_crew(own_database: Flask) -> None:
    with own_database.app_context():
        the_town.build(db.session())
        db.session.commit()
    args = ["staff", "add", "--role", "crew", "--crew", "metal", "--email", "x@example.gr", "--name", "Χ"]
    added = own_database.test_cli_runner().invoke(args=[*args, "--password", "ένας-καλός-κωδικός"])
    assert added.exit_code == 0, added.output


def test_a_partners_key_is_shown_once_and_opens_the_door(own_database: Flask) -> None:
    with own_database.app_context():
        the_town.build(db.session())
        db.session.commit()
    key = own_database.test_cli_runner().invoke(args=["staff", "key", "ΔΕΥΑΣ", "--source", "open311"]).output.strip()
    body = {"category": "pothole", "location": {"type": "Point", "coordinates": [23.52, 41.07]}}
    headers = {"Authorization": f"Bearer {key}"}
    assert own_database.test_client().post("/api/v1/reports", json=body, headers=headers).status_code == 201


def test_a_new_password_or_a_closed_account_ends_every_session_and_token(own_database: Flask) -> None:
    with own_database.app_context():
        town = the_town.build(db.session())
        token = {"Authorization": "Bearer " + issue_token("old", at=now(), user=town.nikos)}
        db.session.commit()
        desk = login_as(own_database.test_client(), town.nikos)
    assert desk.get("/office").status_code == 200
    run = own_database.test_cli_runner()
    args = ["staff", "password", "nikos@example.gr", "--password", "καινούριος-κωδικός"]
    assert run.invoke(args=args).exit_code == 0
    assert desk.get("/office").status_code == 303
    assert own_database.test_client().get("/api/v1/crews", headers=token).status_code == 401
    with own_database.app_context():
        assert authenticate("nikos@example.gr", "καινούριος-κωδικός").role == "dispatcher"
    assert run.invoke(args=["staff", "deactivate", "nikos@example.gr"]).exit_code == 0
    with own_database.app_context(), pytest.raises(LoginRequired):
        authenticate("nikos@example.gr", "καινούριος-κωδικός")
    assert run.invoke(args=["staff", "deactivate", "nobody@example.gr"]).exit_code == 1


def test_all_sessions_of_one_or_of_everybody_are_ended_from_the_shell(own_database: Flask) -> None:
    with own_database.app_context():
        town = the_town.build(db.session())
        for user in (town.nikos, town.maria):
            open_session(user, at=now())
        db.session.commit()
    run = own_database.test_cli_runner()

    def open_ones() -> int:
        with own_database.app_context():
            ended = StaffSession.ended_at.is_(None)
            return db.session.scalar(select(func.count()).select_from(StaffSession).where(ended)) or 0

    assert run.invoke(args=["staff", "sign-out"]).exit_code == 2
    assert run.invoke(args=["staff", "sign-out", "nikos@example.gr"]).exit_code == 0
    assert open_ones() == 1
    assert run.invoke(args=["staff", "sign-out", "--everybody"]).exit_code == 0
    assert open_ones() == 0
