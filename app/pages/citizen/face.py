"""The blueprint that all of the citizen's pages hang on."""

from __future__ import annotations

from flask import Blueprint

citizen = Blueprint("citizen", __name__)
