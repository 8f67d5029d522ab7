"""What each route costs beside the bare SQL of its answer, on a town of its own.

    script/bench routes [--reports 100k|1m|10m] [--folder DIR] [--only WORDS] [--seconds S] [--write]

Makes a demo town in a folder of its own (``--folder`` keeps it for the next time), fills it, warms it, and measures
each route alone and with eight clients; then the statements of the same request in pgbench on the same cluster. Counts
statements and bytes, the memory of the web workers after the load, and a cold start. ``--write`` puts the table into
``bench/results.md`` and ``bench/results.json``.
"""

from __future__ import annotations

import argparse
import base64
import http.cookiejar
import io
import itertools
import json
import os
import platform
import random
import re
import tempfile
import time
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg
from cluster import Cluster
from load import Answer, Measured, ask, measure, request
from own_server import OwnServer, named
from statements import Asked, alone
from town import fill

HERE = Path(__file__).parent
MANY = {"k": 1000, "m": 1_000_000}
CLIENTS = 8
#: More at once than there are threads for pictures are told to come again, which is no measure of anything.
PHOTO, PHOTO_CLIENTS = "new report with a photo of 2 MB, 4 clients", 4


@dataclass
class Line:
    """One route: alone, with eight clients, and what the same asks the database without us."""

    name: str
    alone_ms: float
    p95_ms: float
    per_second: float
    bytes: int
    statements: int
    sql_ms: float | None
    sql_per_second: float | None

    @property
    def ratio(self) -> float | None:
        return self.alone_ms / self.sql_ms if self.sql_ms else None


class Town:
    """The served town, and those who ask it."""

    def __init__(self, server: OwnServer, url: str, seconds: float) -> None:
        self.server, self.url, self.seconds = server, url, seconds
        accounts = json.loads((server.folder / "demo.json").read_text())["accounts"]
        office, crew = (next(one for one in accounts if one["role"] == role) for role in ("dispatcher", "crew"))
        self.cookie, self.crew_cookie = self._signs_in(office), self._signs_in(crew)
        self.bearer = f"Bearer {self._token(office)}"
        self.crew = crew["crew"]
        self.dice = random.Random(1)
        with psycopg.connect(url) as connection:
            self.references = [
                row[0]
                for row in connection.execute(
                    "SELECT reference FROM report WHERE suspicion IS NULL ORDER BY received_at DESC LIMIT 2000"
                )
            ]
            self.open = [
                row[0]
                for row in connection.execute(
                    "SELECT reference FROM report WHERE status = 'received' AND suspicion IS NULL"
                    " ORDER BY id DESC LIMIT 2000"
                )
            ]
            self.category = self._first(
                connection,
                "SELECT code FROM category JOIN report ON category_id = category.id GROUP BY 1 ORDER BY count(*) DESC",
            )
            self.unit = self._first(connection, "SELECT code FROM area WHERE kind = 'unit' ORDER BY code")
            self.box = self._first(
                connection,
                "SELECT array[ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e)] FROM"
                " (SELECT ST_Extent(outline) AS e FROM area WHERE kind = 'municipality') m",
            )
            self.old_page = self._cursor(connection)
            self.spot = self._first(
                connection,
                # Where most reports are.
                "SELECT array[avg(ST_X(location::geometry)), avg(ST_Y(location::geometry))] FROM report"
                " GROUP BY near_place_id ORDER BY count(*) DESC",
            )

    @staticmethod
    def _cursor(connection: Any) -> str:
        """Of a page in the middle of all reports, as app/search/queries.py writes it."""
        middle = "SELECT received_at, id FROM report ORDER BY received_at DESC, id DESC OFFSET 20000"
        received_at, number = connection.execute(f"{middle} LIMIT 1").fetchone()
        return base64.urlsafe_b64encode(f"{received_at.isoformat()}|{number}".encode()).decode().rstrip("=")

    @staticmethod
    def _first(connection: Any, question: str) -> Any:
        return connection.execute(question + " LIMIT 1" if "LIMIT" not in question else question).fetchone()[0]

    def _token(self, account: dict[str, str]) -> str:
        wanted = json.dumps({key: account[key] for key in ("email", "password")}).encode()
        headers = {"Content-Type": "application/json"}
        asked = urllib.request.Request(f"{self.server.url}/api/v1/tokens", wanted, headers)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(asked) as answer:
            return str(json.load(answer)["token"])

    def _signs_in(self, account: dict[str, str]) -> str:
        jar = http.cookiejar.CookieJar()
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar), urllib.request.ProxyHandler({}))
        page = browser.open(f"{self.server.url}/login").read().decode()
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page) or re.search(
            r'value="([^"]+)"[^>]*name="csrf_token"', page
        )
        assert token, "no form at /login"
        form = {"csrf_token": token[1], "email": account["email"], "password": account["password"]}
        browser.open(f"{self.server.url}/login", urllib.parse.urlencode(form).encode())
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)

    def somebody(self) -> str:
        """A network address that has not sent too much yet."""
        return ".".join(["10", *(str(self.dice.randrange(250)) for _part in range(3))])

    def box_at(self, half_deg: float) -> str:
        lon, lat = self.spot
        return f"{lon - half_deg},{lat - half_deg * 0.75},{lon + half_deg},{lat + half_deg * 0.75}"


def get(path: str | Callable[[], str], cookie: str = "", gzip: bool = True, **headers: str) -> Callable[[], bytes]:
    more: dict[str, Any] = {
        **headers,
        **({"Cookie": cookie} if cookie else {}),
        **({"Accept-Encoding": "gzip"} if gzip else {}),
    }
    if isinstance(path, str):
        fixed = request(path, **more)
        return lambda: fixed
    return lambda: request(path(), **more)


def routes(town: Town) -> dict[str, Callable[[], bytes]]:
    """What is read, by its name in the table."""
    one = town.dice.choice
    whole = ",".join(map(str, town.box))
    office = town.cookie
    seconds = itertools.count()

    def fresh(path: str) -> Callable[[], str]:
        # No cache may answer for us.
        return lambda: f"{path}&x={next(seconds)}"

    return {
        "inbox": get("/office?queue=received", office),
        "inbox, filtered": get(f"/office?queue=accepted&category={town.category}&area={town.unit}", office),
        "inbox, overdue": get("/office?queue=overdue", office),
        "inbox, all, an old page": get(f"/office?queue=all&after={town.old_page}", office),
        "inbox, words": get("/office?queue=all&q=" + urllib.parse.quote("σχολειο"), office),
        "report beside the inbox": get(
            lambda: f"/office?queue=received&report={one(town.open)}", office, X_Part="pane"
        ),
        "report, office": get(lambda: f"/office/reports/{one(town.references)}", office),
        "crew's day": get("/crew", town.crew_cookie),
        "public list": get("/reports"),
        "public list, words": get("/reports?q=" + urllib.parse.quote("σχολειο")),
        "API list": get("/api/v1/reports?limit=50", gzip=False),
        "API report": get(lambda: f"/api/v1/reports/{one(town.references)}", gzip=False),
        "clusters, whole town": get(fresh(f"/api/v1/reports/clusters?bbox={whole}&zoom=11"), gzip=False),
        "clusters, city": get(fresh(f"/api/v1/reports/clusters?bbox={town.box_at(0.03)}&zoom=14"), gzip=False),
        "clusters, street": get(fresh(f"/api/v1/reports/clusters?bbox={town.box_at(0.004)}&zoom=17"), gzip=False),
        "clusters, open of a kind": get(
            fresh(f"/api/v1/reports/clusters?bbox={whole}&zoom=11&state=open&category={town.category}"), gzip=False
        ),
        "first page": get("/"),
        "citizen's report": get(lambda: f"/r/{one(town.references)}"),
    }


# -- what is written ---------------------------------------------------------------------------------------------------


def new_report(town: Town) -> Callable[[], bytes]:
    def following() -> bytes:
        lon, lat = town.spot
        body = {
            "category": town.category,
            "location": {
                "type": "Point",
                "coordinates": [lon + town.dice.gauss(0, 0.004), lat + town.dice.gauss(0, 0.003)],
            },
            "description": "Έσπασε εδώ και μέρες, μπροστά στο σχολείο",
            "contact": {"email": f"e{town.dice.random()}@example.gr"},
        }
        return request(
            "/api/v1/reports",
            method="POST",
            body=json.dumps(body).encode(),
            Content_Type="application/json",
            Idempotency_Key=str(uuid.uuid4()),
            X_Forwarded_For=town.somebody(),
        )

    return following


def grainy_photo() -> bytes:
    """About 2 MB, as a telephone makes them."""
    from PIL import Image

    image = Image.effect_noise((766, 574), 60).resize((4080, 3060)).convert("RGB")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()


def new_photo(town: Town) -> Callable[[], bytes]:
    """A report with its photo, as one request."""
    photo, make = grainy_photo(), new_report(town)

    def following() -> bytes:
        report = make().partition(b"\r\n\r\n")[2]
        mark = uuid.uuid4().hex.encode()
        parts = [
            b'Content-Disposition: form-data; name="report"\r\nContent-Type: application/json\r\n\r\n' + report,
            b'Content-Disposition: form-data; name="photo"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
            + photo,
        ]
        body = b"".join(b"--" + mark + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + mark + b"--\r\n"
        return request(
            "/api/v1/reports",
            method="POST",
            body=body,
            Content_Type=f"multipart/form-data; boundary={mark.decode()}",
            X_Forwarded_For=town.somebody(),
        )

    return following


#: Of each move: which rows it is done to (address and version), and what is sent.
MOVES = {
    "accept": (
        "SELECT 'reports/' || reference || '/moves', version FROM report WHERE status = 'received'"
        " AND suspicion IS NULL ORDER BY id",
        {"move": "accept"},
    ),
    "dispatch": (
        "SELECT 'reports/' || reference || '/work-orders', version FROM report WHERE status = 'accepted' ORDER BY id",
        None,
    ),
    "start": (
        "SELECT 'work-orders/' || o.id || '/moves', o.version FROM work_order o JOIN report r ON r.id = o.report_id"
        " WHERE o.status = 'assigned' AND r.status = 'scheduled' AND o.step = 1 ORDER BY o.id",
        {"move": "start"},
    ),
    "could not": (
        "SELECT 'work-orders/' || o.id || '/moves', o.version FROM work_order o JOIN report r ON r.id = o.report_id"
        " WHERE o.status = 'started' AND r.status = 'in_progress' ORDER BY o.id",
        {"move": "could_not", "reason": "Λείπει υλικό"},
    ),
}


def move(town: Town, name: str) -> Callable[[], bytes]:
    """One move after another, each on another report."""
    question, body = MOVES[name]
    with psycopg.connect(town.url) as connection:
        rows = iter(connection.execute(question).fetchall())
    sent = json.dumps(body or {"crew": town.crew}).encode()

    def following() -> bytes:
        path, version = next(rows)
        return request(
            f"/api/v1/{path}",
            method="POST",
            body=sent,
            Content_Type="application/json",
            Authorization=town.bearer,
            If_Match=f'"{version}"',
            Idempotency_Key=str(uuid.uuid4()),
        )

    return following


# -- measuring ---------------------------------------------------------------------------------------------------------


def statements_of(app: Any, following: Callable[[], bytes]) -> list[str]:
    """What such a request asks in this process, once everything is warm."""
    client = app.test_client(use_cookies=False)
    for _time in range(3):
        head, _gap, body = following().partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        method, path, _version = first.split()
        headers = dict(line.split(": ", 1) for line in lines)
        with Asked(app) as asked:
            answer = client.open(path, method=method, headers=headers, data=body)
        assert answer.status_code < 400, (path, answer.status_code, answer.text[:300])
    return asked.statements


def line(town: Town, app: Any, name: str, following: Callable[[], bytes], *, good: frozenset[int], sql: bool) -> Line:
    port = town.server.port
    for _time in range(30):
        answer: Answer = ask(port, following())
        assert answer.status in good, (name, answer.status, answer.body[:500])
    single: Measured = measure(port, following, clients=1, seconds=town.seconds, good=good)
    clients = PHOTO_CLIENTS if name == PHOTO else CLIENTS
    many: Measured = measure(port, following, clients=clients, seconds=town.seconds, good=good)
    assert not single.wrong, (name, single.wrong)
    assert not many.wrong, (name, many.wrong)
    statements = statements_of(app, following)
    bare = alone(town.url, statements, seconds=max(2, town.seconds / 2)) if sql else (None, None)
    return Line(name, single.median, single.p95, many.rate, len(answer.body), len(statements), *bare)


def table(lines: list[Line]) -> str:
    rows = [
        "| work | alone, p50 | p95 | 8 clients | bytes | statements | bare SQL | its rate | × SQL |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for one in lines:
        sql = (
            f"{one.sql_ms:.2f} ms | {one.sql_per_second:,.0f}/s | {one.ratio:.1f}"
            if one.sql_ms and one.ratio
            else "– | – | –"
        )
        rows.append(
            f"| {one.name} | {one.alone_ms:.1f} ms | {one.p95_ms:.1f} ms | {one.per_second:,.0f}/s | {one.bytes:,} |"
            f" {one.statements} | {sql} |"
        )
    return "\n".join(rows)


def number(typed: str) -> int:
    match = re.fullmatch(r"(\d+)([km]?)", typed.lower())
    if not match:
        raise argparse.ArgumentTypeError("100k, 1m or 10m")
    return int(match[1]) * MANY.get(match[2], 1)


def main() -> None:
    told = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    told.add_argument("--reports", type=number, default=100_000)
    told.add_argument("--folder", type=Path, help="keep the town here, and use it again")
    told.add_argument("--only", default="", help="only the routes whose names have this in them")
    told.add_argument("--seconds", type=float, default=4)
    told.add_argument("--no-sql", action="store_true", help="without the bare SQL")
    told.add_argument("--no-writes", action="store_true", help="only what is read")
    told.add_argument("--write", action="store_true", help="write bench/results.md and bench/results.json")
    given = told.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        Path(passing).chmod(0o755)  # the private cluster runs as another user
        folder = (given.folder or Path(passing) / "data").resolve()
        server = OwnServer(folder, DEMO="1", TRUSTED_PROXIES="1")
        try:
            server.wait_until_ready()
            run(server, given)
        finally:
            server.stop()


def run(server: OwnServer, given: argparse.Namespace) -> None:
    url = Cluster(server.folder).url.replace("+psycopg", "")
    full = server.folder / f"bench-{given.reports}"
    if not full.exists():
        fill(url, given.reports)
        full.touch()
    os.environ |= {
        "DATABASE_URL": url,
        "DATA_DIR": str(server.folder),
        "SECRET_KEY": (server.folder / "secret_key").read_text().strip(),
        "TRUSTED_PROXIES": "1",
    }
    from app import create_app

    app = create_app()
    town = Town(server, url, given.seconds)
    lines = []
    for name, following in routes(town).items():
        if given.only in name:
            lines.append(line(town, app, name, following, good=frozenset({200}), sql=not given.no_sql))
            print(table(lines[-1:]).splitlines()[-1], flush=True)
    if not given.no_writes:
        writes = {"new report": new_report(town), PHOTO: new_photo(town)}
        writes |= {name: move(town, name) for name in MOVES}
        for name, following in writes.items():
            if given.only in name:
                lines.append(line(town, app, name, following, good=frozenset({200, 201}), sql=False))
                print(table(lines[-1:]).splitlines()[-1], flush=True)
    memory = sorted(pss_mb(pid) for pid in named(server.folder, "town-web")[1:])
    began = time.monotonic()
    server.stop()
    again = OwnServer(server.folder, server.port, DEMO="1", TRUSTED_PROXIES="1")
    again.wait_until_ready()
    cold = time.monotonic() - began
    again.stop()
    facts = {
        "reports": given.reports,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "day": time.strftime("%Y-%m-%d"),
        "worker_mb": [round(each) for each in memory],
        "cold_start_s": round(cold, 1),
    }
    page = f"{table(lines)}\n\nWeb workers after the load: {memory} MB. Stop and cold start: {cold:.1f} s.\n"
    print("\n" + page)
    if given.write:
        (HERE / "results.md").write_text(
            f"# Measured {facts['day']}: {given.reports:,} reports, {facts['cores']} cores\n\n{page}"
        )
        (HERE / "results.json").write_text(
            json.dumps(facts | {"lines": [asdict(one) for one in lines]}, indent=1) + "\n"
        )


def pss_mb(pid: int) -> float:
    for row in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if row.startswith("Pss:"):
            return int(row.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    main()
