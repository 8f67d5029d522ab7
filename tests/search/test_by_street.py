"""Nikos looks for what was reported in a street; nobody wrote its name."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from shapely.geometry import Point
from sqlalchemy.orm import Session

from app.reports import submission
from app.reports.models import Report, Source
from app.search.filters import Filters
from app.search.queries import page
from tests.geo.conftest import lay
from tests.sketch import quarter
from tests.town import MONDAY, Town


@pytest.fixture
def report(app: Flask, session: Session, town: Town, tmp_path: Path) -> Report:
    lay(app, session, quarter(), tmp_path)
    spot = Point(23.5216, 41.06995)
    return submission.submit(category="bench", spot=spot, source=Source.WEB, at=MONDAY).report


@pytest.mark.parametrize("public", [True, False])
@pytest.mark.parametrize("typed", ["Μεραρχίας", "μεραρχιας 12", "merarxias", "MERARCHIAS 12", "μεραχιας"])
def test_a_report_is_found_by_the_street_it_lies_in(report: Report, typed: str, public: bool) -> None:
    assert [row.id for row in page(Filters(words=typed), public=public).reports] == [report.id]


def test_of_two_reports_in_a_street_the_number_tells_which(report: Report) -> None:
    spot = Point(23.5203, 41.06985)
    other = submission.submit(category="bench", spot=spot, source=Source.WEB, at=MONDAY).report
    assert [row.id for row in page(Filters(words="Μεραρχίας 2")).reports] == [other.id]
    assert [row.id for row in page(Filters(words="Μεραρχίας 12")).reports] == [report.id]
    assert len(page(Filters(words="Μεραρχίας")).reports) == 2
