"""How commands speak to the operator: language, refusals, tables, the progress bar."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Sequence
from typing import IO, Any, ParamSpec, TypeVar

import click
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError

from app.errors import DomainError

P = ParamSpec("P")
R = TypeVar("R")


class Refusal(click.ClickException):
    """One sentence that says what is wrong and what to do; exit code 1."""

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"✗ {self.format_message()}", err=file is None, file=file)


def operators_language() -> str:
    """Greek, unless the shell's locale is an English one."""
    env = os.environ.get
    return "en" if (env("LC_ALL") or env("LC_MESSAGES") or env("LANG") or "").startswith("en") else "el"


def for_operators(command: Callable[P, R]) -> Callable[P, R]:
    """Speak the operator's language, and turn errors of the domain into one sentence each."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with force_locale(operators_language()):
            try:
                return command(*args, **kwargs)
            except DomainError as refused:
                raise Refusal(str(refused.detail)) from refused
            except OperationalError as silent:
                reason = str(silent.orig).strip().splitlines()[0] if silent.orig else ""
                raise Refusal(
                    _("Η βάση δεν απαντά: %(reason)s. Ελέγξτε ότι τρέχει και το DATABASE_URL.", reason=reason)
                ) from silent

    return run


def table(rows: Sequence[Sequence[Any]], *, right: frozenset[int] = frozenset()) -> None:
    """Aligned columns; those in ``right`` hold figures."""
    lines = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = [c.rjust(w) if n in right else c.ljust(w) for n, (c, w) in enumerate(zip(line, widths, strict=True))]
        click.echo("  " + "  ".join(cells).rstrip())
