"""The demo town is loaded once, whatever happens on the way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.service import authenticate
from app.cli import demo_town
from app.extensions import db
from app.reports.models import Report


def test_a_first_start_that_was_killed_goes_on_where_it_stopped(
    own_database: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = json.loads((demo_town.CONTENT / "reports.json").read_text())[:12]
    content = demo_town._content
    monkeypatch.setattr(demo_town, "_content", lambda name: told if name == "reports.json" else content(name))
    tell = demo_town.Story.tell
    heard: list[int] = []

    def until_killed(story: demo_town.Story) -> str:
        if len(heard) == 5:
            raise KeyboardInterrupt
        heard.append(story.number)
        return tell(story)

    monkeypatch.setattr(demo_town.Story, "tell", until_killed)
    run = own_database.test_cli_runner()
    assert run.invoke(args=["demo", "load"]).exit_code != 0
    logins = Path(own_database.config["DATA_DIR"]) / "demo.json"
    assert not logins.exists()
    monkeypatch.setattr(demo_town.Story, "tell", tell)
    for _start in range(2):
        assert run.invoke(args=["demo", "load", "--base-url", "http://127.0.0.1:1"]).exit_code == 0
    with own_database.app_context():
        assert db.session.scalar(select(func.count()).select_from(Report)) == len(told)
        accounts: list[dict[str, Any]] = json.loads(logins.read_text())["accounts"]
        assert authenticate(accounts[0]["email"], accounts[0]["password"])
    assert logins.stat().st_mode & 0o077 == 0


def test_old_logins_beside_a_new_database_are_made_anew(own_database: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_town, "load_reports", lambda: None)
    logins = Path(own_database.config["DATA_DIR"]) / "demo.json"
    logins.write_text('{"base_url": "x", "accounts": []}')
    assert own_database.test_cli_runner().invoke(args=["demo", "load"]).exit_code == 0
    told = json.loads(logins.read_text())
    with own_database.app_context():
        assert authenticate(told["accounts"][0]["email"], told["accounts"][0]["password"])
