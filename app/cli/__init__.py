"""``flask …``: everything an operator does from a shell."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup

from app.cli.crew import crew
from app.cli.doctor import doctor
from app.cli.prepare import prepare
from app.cli.recount import recount
from app.cli.retention import retention
from app.cli.role import app_role
from app.cli.staff import staff
from app.cli.work import worker


class Later(AppGroup):
    """A group whose module is loaded when it is asked for: GDAL and its like take 40 MB, which no web process needs."""

    def __init__(self, name: str, module: str, **more: Any) -> None:
        super().__init__(name, **more)
        self._module = module

    @property
    def _whole(self) -> click.Group:
        group: click.Group = import_module(self._module).group
        return group

    def list_commands(self, ctx: click.Context) -> list[str]:
        return self._whole.list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return self._whole.get_command(ctx, cmd_name)


def register(app: Flask) -> None:
    """Attach every command."""
    app.cli.add_command(worker)
    app.cli.add_command(staff)
    app.cli.add_command(crew)
    app.cli.add_command(recount)
    app.cli.add_command(retention)
    app.cli.add_command(app_role)
    app.cli.add_command(prepare)
    app.cli.add_command(
        Later("demo", "app.cli.demo_town", help="The demo town: an approximate Serres with people who do not exist.")
    )
    app.cli.add_command(doctor)
    app.cli.add_command(Later("geo", "app.cli.geo", help="Outlines, places and assets of the town."))
    app.cli.add_command(Later("import", "app.cli.imports", help="Take in what other systems know."))
