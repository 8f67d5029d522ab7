"""The operator decides how long the town keeps what it needs only for a while."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.categories.models import Category
from app.extensions import db, now
from app.reports import housekeeping
from app.reports.models import Draft
from app.retention import PERIODS, Kept
from tests import town as the_town


@pytest.fixture
def app(own_database: Flask) -> Flask:
    with own_database.app_context():
        the_town.build(db.session())
        db.session.commit()
    return own_database


def says(app: Flask, *words: str) -> Any:
    return FlaskCliRunner(app).invoke(args=["retention", *words])


def test_everything_that_is_kept_for_a_while_stands_in_one_list(app: Flask) -> None:
    told = says(app, "list")
    assert told.exit_code == 0
    for kind, days in PERIODS.items():
        assert f"{days.usual} ημ." in next(line for line in told.output.splitlines() if line.split()[0] == kind.value)
    assert "12 μήν." in next(line for line in told.output.splitlines() if line.split()[0] == "pothole")


def test_drafts_are_forgotten_earlier_when_the_town_says_so(app: Flask) -> None:
    with app.app_context():
        begun = now() - timedelta(hours=30)
        db.session.add(Draft(id=uuid4(), device="x", created_at=begun, updated_at=begun))
        db.session.commit()
        housekeeping.forget_unsent_photos(0)
        assert len(db.session.scalars(select(Draft)).all()) == 1
    assert "1 ημ." in says(app, "set", "unsent", "1").output
    with app.app_context():
        housekeeping.forget_unsent_photos(0)
        assert db.session.scalars(select(Draft)).all() == []


@pytest.mark.parametrize(("kind", "days"), [("actions", "14"), ("unsent", "0"), ("unsent", "31"), ("notices", "9999")])
def test_what_would_break_something_is_refused_with_what_may_be(app: Flask, kind: str, days: str) -> None:
    told = says(app, "set", kind, days)
    assert told.exit_code == 1
    period = PERIODS[Kept(kind)]
    assert f"από {period.least} έως {period.most} ημέρες για το «{kind}»" in told.output
    assert f"{period.usual} ημ." in says(app, "list").output


def test_contacts_of_a_category_are_kept_for_other_months(app: Flask) -> None:
    assert says(app, "contacts", "bench", "24").exit_code == 0
    with app.app_context():
        assert db.session.scalar(select(Category.contact_months).where(Category.code == "bench")) == 24
    assert "κωδικό «moon»" in says(app, "contacts", "moon", "24").output


def test_a_number_of_days_that_is_none_cannot_even_be_written(app: Flask) -> None:
    with app.app_context(), pytest.raises(IntegrityError):
        db.session.execute(text("INSERT INTO retention (kind, days) VALUES ('actions', 0)"))
