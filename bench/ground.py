"""What tiles and addresses cost in a town with 200,000 shapes on its map and 200,000 names of streets.

The demo's ground is laid out again and again around itself, so that the town lies in the middle of thirty towns. Writes
bench/ground.md with ``--write``.
"""

from __future__ import annotations

import argparse
import gzip
import math
import os
import statistics
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import psycopg
from cluster import Cluster
from own_server import OwnServer

CENTRE = (23.5484, 41.0876)
COPIES = 32
STREETS = 200_000
ROUNDS = 15
TYPED = (
    "Μεραρχίας 12",
    "merarxias 12",
    "Εμμ. Παππα",
    "25 martiou",
    "Εθν. Αντιστάσεως",
    "Μεραρχίας και Κύπρου",
    "μεραχιας",
    "Κεντρική 7",
)
SPOTS = ((23.5463, 41.0850), (23.5600, 41.0900), (23.497, 41.100))

_FULL = f"""
INSERT INTO ground_feature (osm_id, layer, kind, name_el, name_en, min_zoom, shape)
SELECT osm_id || '-' || n, layer, kind, name_el, name_en, min_zoom,
    ST_Translate(shape, (n % 6 - 3) * 4300.0, (n / 6 - 3) * 4300.0)
FROM ground_feature, generate_series(1, {COPIES}) n;
INSERT INTO street (drawn, name_el, name_en, area_id, shape, middle)
SELECT true, s.name_el || ' ' || n, s.name_en || ' ' || n, s.area_id,
    ST_Translate(s.shape, (n % 40 - 20) * 0.004, (n / 40 % 40 - 20) * 0.003),
    ST_Translate(s.middle, (n % 40 - 20) * 0.004, (n / 40 % 40 - 20) * 0.003)
FROM street s, generate_series(1, {STREETS} / (SELECT count(*)::int FROM street)) n;
INSERT INTO door (source, code, street_id, number, number_first, interpolated, location)
SELECT 'osm', d.code || '-' || n, d.street_id, d.number || 'x' || n, d.number_first + 500, d.interpolated,
    ST_Translate(d.location, (n % 4 - 2) * 0.05, (n / 4 - 1) * 0.05)
FROM door d, generate_series(1, 9) n;
VACUUM ANALYZE"""


def timed(do: Callable[[], object]) -> float:
    """Milliseconds, the median of some rounds after a first one."""
    do()
    taken = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        do()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def place(zoom: int) -> tuple[int, int, int]:
    lon, lat = CENTRE
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return zoom, int((lon + 180) / 360 * 2**zoom), int(y * 2**zoom)


def fetched(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=60) as answer:
        data: bytes = answer.read()
        return data


def measure(server: str) -> list[str]:
    from sqlalchemy import text

    from app import create_app
    from app.extensions import db
    from app.geo import tile_queries
    from app.geo.address_queries import addresses_like
    from app.geo.models import TileLayer
    from config import from_environment

    lines = ["| tile of the ground | bare SQL, p50 | by HTTP | bytes | gzip |", "|---|---|---|---|---|"]
    app = create_app(from_environment() | {"RATELIMIT_ENABLED": False})
    with app.test_request_context():
        for zoom in range(5, tile_queries.FINEST_ZOOM + 1):
            made = tile_queries.tile(TileLayer.GROUND, *place(zoom))
            taken = timed(partial(tile_queries.tile, TileLayer.GROUND, *place(zoom)))
            z, x, y = place(zoom)
            http = timed(partial(fetched, f"{server}/tiles/ground/{z}/{x}/{y}.mvt"))
            lines.append(
                f"| zoom {zoom} | {taken:.1f} ms | {http:.1f} ms | {len(made):,} | {len(gzip.compress(made)):,} |"
            )
        lines += ["", "| typed | SQL, p50 | by HTTP, places too | first |", "|---|---|---|---|"]
        for typed in TYPED:
            found = addresses_like(typed)
            taken = timed(partial(addresses_like, typed))
            http = timed(partial(fetched, f"{server}/new/places?q={urllib.parse.quote(typed)}"))
            lines.append(f"| {typed} | {taken:.1f} ms | {http:.1f} ms | {found[0][1].name if found else '–'} |")
        at = text("SELECT street_at(ST_SetSRID(ST_MakePoint(:lon, :lat), 4326))")
        lines += ["", "| the words of a spot | p50 |", "|---|---|"]
        for lon, lat in SPOTS:
            taken = timed(partial(db.session.scalar, at, {"lon": lon, "lat": lat}))
            lines.append(f"| {lon}, {lat} | {taken:.1f} ms |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(prog="script/bench ground", description=__doc__)
    parser.add_argument("--folder", type=Path, help="where the town is made and stays; default: a temporary one")
    parser.add_argument("--write", action="store_true", help="write bench/ground.md")
    given = parser.parse_args()
    folder = (given.folder or Path(tempfile.mkdtemp(prefix="ground-"))).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    server = OwnServer(folder, DEMO="1")
    try:
        server.wait_until_ready()
        url = Cluster(folder).url.replace("+psycopg", "")
        if not (folder / "ground-full").exists():
            with psycopg.connect(url, autocommit=True) as connection:
                for statement in _FULL.split(";\n"):
                    connection.execute(statement)
            (folder / "ground-full").touch()
        with psycopg.connect(url) as connection:
            tables = ("ground_feature", "street", "door", "crossing")
            counted = connection.execute("SELECT " + ", ".join(f"(SELECT count(*) FROM {t})" for t in tables))
            counts = ", ".join(f"{many:,} {table}" for many, table in zip(counted.fetchall()[0], tables, strict=True))
        os.environ |= {"DATABASE_URL": url, "DATA_DIR": str(folder), "SECRET_KEY": "bench"}
        lines = [
            f"# The ground, measured {datetime.now(UTC).date()} on {os.cpu_count()} cores: {counts}",
            "",
            *measure(server.url),
            "",
        ]
        print("\n".join(lines))
        if given.write:
            Path(__file__).with_suffix(".md").write_text("\n".join(lines))
    finally:
        server.stop()


if __name__ == "__main__":
    main()
