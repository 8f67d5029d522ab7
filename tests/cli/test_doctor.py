"""Dimitra asks the doctor whether the installation is well."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from shapely.geometry import MultiPolygon, box
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from app.accounts.models import Role, User
from app.categories.models import Category
from app.cli import checkup
from app.cli.checkup import database, machine
from app.crews.models import Crew, Membership, crew_trade
from app.geo.models import Area, AreaKind
from app.geo.shapes import to_wkb
from app.media import disk_space
from tests.conftest import make_app
from tests.town import Town


@pytest.fixture
def well(app: Flask, town: Town, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The small town on a machine where everything is as it should be."""
    monkeypatch.setenv("LC_ALL", "el_GR.UTF-8")
    static = tmp_path / "static" / "dist" / ".vite"
    static.mkdir(parents=True)
    (static / "manifest.json").write_text("{}")
    words = tmp_path / "app" / "translations" / "en" / "LC_MESSAGES"
    words.mkdir(parents=True)
    (words / "messages.po").touch()
    (words / "messages.mo").touch()
    monkeypatch.setattr(machine, "ROOT", tmp_path)
    monkeypatch.setattr(app, "static_folder", str(tmp_path / "static"))
    for key, value in {
        "SECRET_KEY": "s" * 48,
        "SESSION_COOKIE_SECURE": True,
        "DATA_DIR": tmp_path,
        "PHOTO_STORE_URL": (tmp_path / "photos").as_uri(),
    }.items():
        monkeypatch.setitem(app.config, key, value)
    session.execute(text("INSERT INTO procrastinate_workers DEFAULT VALUES"))
    session.commit()
    return app


def ask(app: Flask) -> tuple[int, list[str]]:
    result = app.test_cli_runner().invoke(args=["doctor"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output.splitlines()


def told(app: Flask, mark: str = "✗") -> str:
    """The one line with this mark."""
    code, lines = ask(app)
    assert code == (1 if mark == "✗" else 0), lines
    (line,) = [line for line in lines if line.startswith(mark)]
    return line


def test_a_well_installation_is_told_so(well: Flask) -> None:
    code, lines = ask(well)
    assert code == 0, lines
    assert all(line.startswith("✓") for line in lines[:-1]), lines
    assert "καλά" in lines[-1]
    assert len(lines) > 18


@pytest.mark.parametrize(
    ("setting", "value", "mark", "hint"),
    [
        ("SECRET_KEY", "dev", "✗", "SECRET_KEY"),
        ("SECRET_KEY", "k" * 31, "✗", "31"),
        ("SESSION_COOKIE_SECURE", False, "!", "SECURE_COOKIES"),
        ("TILE_URL", "https://tiles.example.gr/map.png", "✗", "{z}"),
        ("TILE_URL", "https://tiles.example.gr/{z}/{x}/{y}.png", "!", "TILE_ATTRIBUTION"),
        ("PHOTO_STORE_URL", "file:///proc/nowhere", "✗", "PHOTO_STORE_URL"),
        ("DATA_DIR", Path("/nowhere/at/all"), "✗", "DATA_DIR"),
    ],
)
def test_a_wrong_setting_is_named(
    well: Flask, monkeypatch: pytest.MonkeyPatch, setting: str, value: Any, mark: str, hint: str
) -> None:
    monkeypatch.setitem(well.config, setting, value)
    assert hint in told(well, mark)


def test_missing_builds_are_named(well: Flask, tmp_path: Path) -> None:
    (tmp_path / "app" / "translations" / "en" / "LC_MESSAGES" / "messages.mo").unlink()
    assert "μεταφράσεις" in told(well)
    (tmp_path / "app" / "translations" / "en" / "LC_MESSAGES" / "messages.mo").touch()
    (tmp_path / "static" / "dist" / ".vite" / "manifest.json").unlink()
    assert "app/static/dist" in told(well)


@pytest.mark.parametrize(("free", "mark"), [(0.5, "✗"), (3, "!")])
def test_a_disk_that_fills_up_is_noticed(well: Flask, monkeypatch: pytest.MonkeyPatch, free: float, mark: str) -> None:
    class Usage:
        def __init__(self) -> None:
            self.free, self.total = free * machine.GIGABYTE, 40 * machine.GIGABYTE

    monkeypatch.setattr(disk_space, "_last", {})
    monkeypatch.setattr("app.media.disk_space.shutil.disk_usage", lambda _folder: Usage())
    assert "GB" in told(well, mark)


def test_a_worker_that_fell_silent_is_missed(well: Flask, session: Session) -> None:
    session.execute(text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"))
    session.commit()
    assert "flask worker" in told(well)


def test_failed_jobs_are_counted(well: Flask, session: Session) -> None:
    session.execute(
        text("INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('default', 'resize', 'failed')")
    )
    session.commit()
    assert "resize 1" in told(well, "!")


def test_clocks_that_disagree(well: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "now", lambda: datetime.now(UTC) + timedelta(minutes=2))
    assert "NTP" in told(well)


def test_a_database_behind_the_program(well: Flask, session: Session) -> None:
    session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    session.commit()
    assert "flask db upgrade" in told(well)


def test_a_town_without_outline(well: Flask, session: Session) -> None:
    session.execute(update(Area).values(kind=AreaKind.NEIGHBOUR))
    session.commit()
    assert "--kind municipality" in told(well)


def test_an_approximate_outline_is_worth_a_look(well: Flask, session: Session) -> None:
    session.execute(update(Area).where(Area.kind == AreaKind.MUNICIPALITY).values(approximate=True))
    session.commit()
    assert "κατά προσέγγιση" in told(well, "!")


def test_units_that_leave_a_gap_or_overlap(well: Flask, session: Session) -> None:
    west = session.scalars(select(Area).where(Area.code == "905401")).one()
    west.outline = to_wkb(MultiPolygon([box(23.50, 41.05, 23.55, 41.14)]))
    session.commit()
    code, lines = ask(well)
    gap, juts_out = [line for line in lines if line.startswith("✗")]
    assert code == 1
    assert "ενότητες" in gap
    assert "905401" in juts_out
    west.outline = to_wkb(MultiPolygon([box(23.50, 41.05, 23.56, 41.15)]))
    session.commit()
    _code, lines = ask(well)
    assert any("επικαλύψεις 9" in line for line in lines), lines


def test_a_unit_without_communities(well: Flask, session: Session) -> None:
    session.execute(update(Area).where(Area.code.startswith("9054020")).values(kind=AreaKind.NEIGHBOUR, parent_id=None))
    session.commit()
    assert "905402" in told(well)


def test_nothing_to_choose_and_nobody_to_send(well: Flask, session: Session) -> None:
    session.execute(update(Category).values(active=False))
    session.commit()
    assert "κατηγορία" in told(well)
    session.execute(update(Category).values(active=True))
    session.execute(update(Crew).values(active=False))
    session.commit()
    assert "συνεργείο" in told(well)


def test_a_crew_without_trade_or_members(well: Flask, session: Session, town: Town) -> None:
    session.execute(delete(crew_trade).where(crew_trade.c.crew_id == town.carpentry.id))
    session.commit()
    session.expire_all()
    assert "Συνεργείο Σοφίας" in told(well)
    session.execute(delete(Membership))
    session.commit()
    _code, lines = ask(well)
    assert sum(line.startswith("! Το συνεργείο") for line in lines) == 2


def test_nobody_in_charge_and_demo_accounts_in_the_open(
    well: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.execute(update(User).where(User.role == Role.ADMIN).values(demo=True))
    session.commit()
    assert "επίδειξης" in told(well)
    monkeypatch.setitem(well.config, "SESSION_COOKIE_SECURE", False)
    code, lines = ask(well)
    assert code == 0
    assert any(line.startswith("!") and "επίδειξης" in line for line in lines)
    session.execute(update(User).where(User.role == Role.ADMIN).values(active=False))
    session.commit()
    assert "διαχειριστής" in told(well)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://nobody@127.0.0.1:1/nothing",
        "postgresql+psycopg://nobody@/nothing?host=/nowhere",
    ],
)
def test_without_a_database_there_is_a_sentence_and_no_traceback(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "el_GR.UTF-8")
    code, lines = ask(make_app(url, tmp_path))
    assert code == 1
    assert lines[0].startswith("✗ Η βάση δεν απαντά")
    assert "DATABASE_URL" in lines[0]
    assert not any("Traceback" in line for line in lines)


def test_a_check_that_breaks_is_a_finding(well: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Iterator[checkup.finding.Finding]:
        raise ZeroDivisionError("τίποτα")
        yield

    monkeypatch.setattr(machine, "CHECKS", (broken, *machine.CHECKS))
    assert "ZeroDivisionError" in told(well)
