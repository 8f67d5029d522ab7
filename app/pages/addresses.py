"""The address by which the world knows a page: on the town's own name, in one language or in the reader's."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Flask, current_app, request

from app.language import LANGUAGES

#: Where the reader stands on a page, or came from; it is the same page.
_NOT_THE_PAGE = frozenset({"lang", "view", "chosen", "new", "fbclid", "gclid"})


def public_address(lang: str | None = None) -> str:
    """This page with its own choices, absolute; ``lang`` says in which language whoever comes there reads it."""
    query = [
        (name, value)
        for name, value in request.args.items(multi=True)
        if value and name not in _NOT_THE_PAGE and not name.startswith("utm_")
    ]
    if lang:
        query.append(("lang", lang))
    return f"{current_app.config['PUBLIC_URL']}{request.path}" + (f"?{urlencode(query)}" if query else "")


def canonical() -> str:
    """A page that was asked for in one language stands for that language."""
    wanted = request.args.get("lang")
    return public_address(wanted if wanted in LANGUAGES else None)


def alternates() -> list[tuple[str, str]]:
    """(hreflang, address) of this page in each language, and where the reader's own language decides."""
    return [*((code, public_address(code)) for code in LANGUAGES), ("x-default", public_address())]


def register(app: Flask) -> None:
    app.jinja_env.globals.update(alternates=alternates, canonical=canonical)
