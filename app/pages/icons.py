"""Icons of the sprite, as templates set them."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup

from app.links import Link

_SPRITE = Link("static", filename="icons.svg")


def icon(name: str, css: str = "icon") -> Markup:
    """The icon of this name; beside words that say the same, so nothing reads it aloud."""
    return _icon(_SPRITE(), name, css)


@lru_cache(maxsize=512)
def _icon(sprite: str, name: str, css: str) -> Markup:
    return Markup(
        '<svg class="{}" width="24" height="24" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>'
    ).format(css, sprite, name)
