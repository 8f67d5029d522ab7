"""What is asked for each page with a key is planned once a connection, and everything else anew."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from app.accounts.sessions import session_in_force
from app.extensions import db, now
from app.reports.row_queries import rows_of
from app.search import queries as search_queries
from app.search.filters import Filters
from tests.town import build

PLANS = "SELECT statement, generic_plans + custom_plans FROM pg_prepared_statements WHERE statement LIKE 'SELECT%'"


@pytest.fixture
def town(own_database: Flask) -> Flask:
    with own_database.app_context():
        build(db.session())
        db.session.commit()
        db.session.remove()
    return own_database


def plans() -> dict[str, int]:
    """The statements that this connection has plans of, with how often they were asked."""
    return dict(map(tuple, db.session.execute(text(PLANS))))


def test_the_plan_of_a_row_outlives_the_request_it_was_made_for(town: Flask) -> None:
    for _request in range(3):
        with town.app_context():
            rows_of([1])
    with town.app_context():
        [calls] = plans().values()
        assert calls == 3


def test_a_search_is_planned_for_its_own_words(town: Flask) -> None:
    for _request in range(8):
        with town.app_context():
            search_queries.page(Filters(words="λάμπα"))
    with town.app_context():
        assert not [statement for statement in plans() if "folded_words" in statement]


def test_a_plan_outlives_a_statement_that_failed(town: Flask) -> None:
    with town.app_context():
        session_in_force("κλειδί", at=now())
        with pytest.raises(Exception, match="division by zero"):
            db.session.execute(text("SELECT 1 / 0"))
    with town.app_context():
        session_in_force("κλειδί", at=now())
        [calls] = plans().values()
        assert calls == 2
