"""The operator hears of the disk before the citizens do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from app.media import disk_space
from app.notices.housekeeping import watch_disk
from tests.notices.conftest import Box
from tests.town import Town


@pytest.fixture
def left(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """So many megabytes are left, of which 2000 are the reserve."""
    return lambda free: monkeypatch.setattr(
        disk_space, "free_space", lambda: disk_space.Space(free * 1024**2, 2000 * 1024**2)
    )


def test_a_disk_that_fills_is_told_once_a_day_and_one_with_room_is_not(
    app: Flask,
    town: Town,
    box: Box,
    work: Callable[[], list[str]],
    left: Callable[[int], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left(3500)
    watch_disk(0)
    assert work() == []
    assert box.letters == []
    monkeypatch.setitem(app.config, "OPERATOR_EMAIL", "technician@example.gr")
    left(90_000)
    watch_disk(0)
    assert work() == []
    assert box.letters == []
    left(3500)
    for _time in range(3):
        watch_disk(0)
    assert work() == []
    (letter,) = box.letters
    assert letter["To"] == "technician@example.gr"
    assert letter["Subject"] == "Ο δίσκος της Καθημερινά γεμίζει"
    plain = letter.get_body(("plain",))
    assert plain is not None
    assert "μένουν 3500 MB" in " ".join(plain.get_content().split())
