"""``flask …``: everything an operator does from a shell."""

from __future__ import annotations

from flask import Flask

from app.cli.demo_town import demo
from app.cli.doctor import doctor
from app.cli.geo import geo
from app.cli.imports import imports
from app.cli.prepare import prepare
from app.cli.role import app_role
from app.cli.staff import staff
from app.cli.work import worker


def register(app: Flask) -> None:
    """Attach every command."""
    app.cli.add_command(worker)
    app.cli.add_command(staff)
    app.cli.add_command(app_role)
    app.cli.add_command(prepare)
    app.cli.add_command(demo)
    app.cli.add_command(geo)
    app.cli.add_command(imports)
    app.cli.add_command(doctor)
