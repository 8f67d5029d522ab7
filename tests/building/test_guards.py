"""What must stay true of the code itself."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = sorted((ROOT / "app").rglob("*.py"))


def lines_with(pattern: str, paths: list[Path] = CODE) -> list[str]:
    found = []
    for path in paths:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if re.search(pattern, line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()}")
    return found


def test_there_is_one_commit_in_the_program() -> None:
    assert [line.split(":")[0] for line in lines_with(r"\.commit\(\)")] == ["app/extensions.py"]


def test_one_hand_writes_a_reports_status_and_one_an_orders() -> None:
    writers = {line.split(":")[0] for line in lines_with(r"\b(report|order)\.status = ")}
    assert writers == {"app/reports/transitions.py", "app/dispatch/service.py"}
    assert len(lines_with(r"\breport\.status = ")) == 1
    assert len(lines_with(r"\border\.status = ")) == 1


def test_spatial_sql_stands_in_queries_only() -> None:
    places = [line for line in lines_with(r"\bST_[A-Z]") if "queries.py:" not in line]
    # The outline's CHECK belongs to the model it guards.
    assert [p for p in places if not p.startswith("app/geo/models.py")] == []


def test_the_migration_head_file_names_the_newest_revision() -> None:
    newest = max(path.name.split("_")[0] for path in (ROOT / "migrations/versions").glob("*.py"))
    assert (ROOT / "migrations/HEAD").read_text().strip() == newest


def test_no_test_or_page_asks_the_network() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    pages = [ROOT / name for name in tracked if name.endswith((".html", ".ts", ".scss"))]
    outside = lines_with(r"""(src|href|url)\s*[=(]\s*["']?https?://""", pages)
    assert [line for line in outside if "openstreetmap.org/copyright" not in line] == []


def test_every_flat_can_be_imported_by_its_name() -> None:
    """A blueprint called like its flat would stand in its place."""
    import importlib
    import types

    import app

    for path in (ROOT / "app").glob("*/__init__.py"):
        importlib.import_module(f"app.{path.parent.name}")
        assert isinstance(getattr(app, path.parent.name), types.ModuleType), path.parent.name


#: What each room of web/src may import from, beside itself; the entries at the top may import from all.
WEB_FLOORS = {
    "core": set(),
    "ports": {"core"},
    "pages": {"core", "ports"},
    "new": {"core", "ports", "pages"},
    "office": {"core", "ports", "pages"},
    "crew": {"core", "ports", "pages"},
}


def test_the_floors_of_the_web_parts_only_go_down() -> None:
    rooms = {path.name for path in (ROOT / "web/src").iterdir() if path.is_dir()}
    assert rooms == set(WEB_FLOORS), "every room has a place"
    wrong = []
    for path in (ROOT / "web/src").rglob("*.ts"):
        room = path.relative_to(ROOT / "web/src").parts[0]
        for imported in re.findall(r"""(?:from|import)\s*\(?\s*["'](\.[^"']+)["']""", path.read_text()):
            where = os.path.relpath(path.parent / imported, ROOT / "web/src").split(os.sep)[0]
            if room in WEB_FLOORS and where not in WEB_FLOORS[room] | {room}:
                wrong.append(f"{path.relative_to(ROOT)}: {imported}")
    assert wrong == []
