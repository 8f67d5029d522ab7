"""Whoever changes a component sees all of them on one page; a town at work has no such page."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.reports.lifecycle import STATUS_LABELS
from config import from_environment
from tests.conftest import make_app
from tests.pages.person import Person


@pytest.mark.parametrize("language", ["el", "en"])
def test_every_state_is_shown_in_both_languages(app: Flask, session: Session, language: str) -> None:
    page = Person(app.test_client()).sees(f"/styleguide?lang={language}")
    assert page.status == 200
    assert f'<html lang="{language}"' in page.text
    assert ("Whom to call" if language == "en" else "Ποιον να καλέσετε") in page.words
    for status in STATUS_LABELS:
        assert f'<div class="state is-{status.value}">' in page.text
    assert 'href="?lang=el"' in page.text
    assert 'href="?lang=en"' in page.text


def test_a_town_at_work_does_not_have_it(app: Flask, session: Session) -> None:
    at_work = make_app(app.config["SQLALCHEMY_DATABASE_URI"], Path(app.config["DATA_DIR"]), STYLEGUIDE=False)
    assert at_work.test_client().get("/styleguide").status_code == 404


def test_nobody_has_it_who_did_not_ask_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "tests")
    monkeypatch.setenv("DATABASE_URL", "postgresql:///town")
    monkeypatch.delenv("STYLEGUIDE", raising=False)
    assert from_environment()["STYLEGUIDE"] is False
    monkeypatch.setenv("STYLEGUIDE", "1")
    assert from_environment()["STYLEGUIDE"] is True
