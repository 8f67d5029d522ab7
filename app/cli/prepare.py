"""``flask prepare``: what a server does before it opens, in one process, since each costs seconds to begin."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from flask_migrate import upgrade

from app.appearance.face import face_in_use
from app.cli.role import give_role


@click.command("prepare")
@click.option("--demo-at", metavar="URL", help="Also look after the demo town; its logins name this address.")
@click.option("--role", metavar="NAME", help="Also give web and worker this role (flask app-role).")
@with_appcontext
def prepare(demo_at: str | None, role: str | None) -> None:
    """Bring the database up to date; with options, the demo town and the role of web and worker."""
    upgrade()
    face_in_use()  # scales the town's crest and photograph, for which the first reader would wait
    if demo_at:
        from app.cli.demo_town import look_after_demo  # draws, for which nobody else loads 7 MB

        look_after_demo(demo_at)
    if role:
        give_role(role)
