"""A form that is refused comes back as the page it stood on, with the reason and everything typed still in it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, render_template, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from app.errors import (
    DomainError,
    Forbidden,
    Invalid,
    KeyReused,
    LoginRequired,
    MoveNotAllowed,
    PhotoRefused,
    Stale,
    plain,
)


@dataclass(frozen=True)
class Refusal:
    """Why a form was not taken, and what stood in it. ``errors`` maps a field to its sentences."""

    title: str
    sentence: str
    status: int
    errors: dict[str, list[str]]
    typed: MultiDict[str, str]
    #: The thing is no longer as the reader saw it: somebody else was quicker, or its life has gone on.
    overtaken: bool = False

    def at(self, field: str) -> str:
        """The sentence to show at a field, or nothing."""
        return " ".join(self.errors.get(field, []))

    @classmethod
    def of(cls, error: DomainError) -> Refusal:
        errors: dict[str, list[str]] = {}
        if isinstance(error, Invalid):
            errors = {field: _sentences(sentences) for field, sentences in plain(error.errors).items()}
        elif isinstance(error, PhotoRefused):
            errors = {"photo": [str(error.detail)]}
        twice = isinstance(error, KeyReused)
        return cls(
            title=_("Έχει ήδη σταλεί") if twice else str(error.title),
            sentence=_("Αυτή η φόρμα στάλθηκε ήδη μία φορά. Δείτε πώς είναι τώρα.") if twice else str(error.detail),
            status=error.status,
            errors=errors,
            typed=request.form,
            overtaken=isinstance(error, Stale | MoveNotAllowed),
        )


def _sentences(sentences: Any) -> list[str]:
    return [str(sentence) for sentence in sentences] if isinstance(sentences, list) else [str(sentences)]


Route = Callable[..., AnyResponse]


def typed_stays(
    show: Callable[..., str], *, but: tuple[type[DomainError], ...] = (LoginRequired, Forbidden)
) -> Callable[[Route], Route]:
    """Answer a refused form with ``show(refusal=…)`` and the error's own status.

    ``show`` gets the route's arguments. The errors ``but`` go on to their own page.
    """

    def decorate(route: Route) -> Route:
        @functools.wraps(route)
        def run(**where: Any) -> AnyResponse:
            try:
                return route(**where)
            except but:
                raise
            except DomainError as error:
                return Response(show(**where, refusal=Refusal.of(error)), status=error.status)

        return run

    return decorate


def version_seen() -> int:
    """The version of the thing that the form was made for. Raises Invalid."""
    version = request.form.get("version", type=int)
    if version is None:
        raise Invalid({"version": [_("Η φόρμα ήρθε μισή. Ανοίξτε ξανά τη σελίδα και δοκιμάστε πάλι.")]})
    return version


def no_entry(error: Forbidden) -> Response:
    """The page for somebody who is signed in but has no business here, with the way to where they belong."""
    return Response(render_template("account/no_entry.html", error=error), status=error.status)
