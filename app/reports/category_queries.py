"""STUB by FLOW so that the app imports; REPORTS overwrites this file."""

from __future__ import annotations

from shapely.geometry import Point

from app.reports.models import Category


def categories_for(typed: str, spot: Point | None, limit: int = 3) -> list[Category]:
    return []


def search_categories(typed: str) -> list[Category]:
    return []
