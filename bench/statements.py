"""What a request asks the database, and how long the same takes without us: pgbench with the very statements."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import event


class Asked:
    """The statements of one request in this process, with their values written into them."""

    def __init__(self, app: Flask) -> None:
        from app.extensions import db

        with app.app_context():
            self._engine = db.engine
        self.statements: list[str] = []

    def __enter__(self) -> Asked:
        event.listen(self._engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_error: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._note)

    def _note(self, connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        driver = connection.connection.driver_connection
        self.statements.append(psycopg.ClientCursor(driver).mogrify(statement, values))


def alone(url: str, statements: list[str], *, seconds: float) -> tuple[float, float]:
    """(milliseconds for one client, transactions a second of eight) of these statements in pgbench, unprepared."""
    parts = psycopg.conninfo.conninfo_to_dict(url)
    environment = os.environ | {
        "PGHOST": str(parts["host"]),
        "PGUSER": str(parts["user"]),
        "PGDATABASE": str(parts["dbname"]),
        **({"PGPORT": str(parts["port"])} if "port" in parts else {}),
    }
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        for statement in statements:
            script.write(" ".join(line.split("--")[0] for line in statement.splitlines()) + ";\n")
        script.flush()

        def run(clients: int) -> float:
            command = ["pgbench", "-n", "-M", "simple", "-f", script.name, "-c", str(clients), "-T", str(int(seconds))]
            told = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            found = re.search(r"tps = ([\d.]+)", told.stdout)
            if told.returncode or not found:
                raise RuntimeError(told.stderr or told.stdout)
            return float(found[1])

        return 1000 / run(1), run(8)
