"""``flask …``: everything an operator does from a shell."""

from __future__ import annotations

from flask import Flask

from app.cli.work import worker


def register(app: Flask) -> None:
    """Attach every command."""
    app.cli.add_command(worker)
