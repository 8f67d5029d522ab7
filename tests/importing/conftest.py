"""Dimitra at her terminal."""

from __future__ import annotations

from typing import Protocol

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.town import Town


class Run(Protocol):
    """``script/flask geo …``: what it says; a refusal is one sentence, and never a traceback."""

    def __call__(self, *args: str, fails: bool = False) -> str: ...


@pytest.fixture
def dimitra(app: Flask, town: Town, session: Session) -> Run:
    def run(*args: str, fails: bool = False) -> str:
        result = app.test_cli_runner().invoke(args=["geo", *args])
        assert (result.exit_code != 0) is fails, result.output
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        session.expire_all()
        return result.output

    return run
