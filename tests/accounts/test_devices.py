"""The key in a citizen's browser: kept well, and never told."""

from __future__ import annotations

import hashlib
import logging
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix

from app.media.models import Upload
from app.reports.models import Report
from tests.reports.test_submit_api import report
from tests.town import Town


def begin_upload(browser: FlaskClient, **more: Any) -> Any:
    return browser.put(f"/api/v1/uploads/{uuid4()}", json={"length": 1000}, **more)


def test_looking_around_gives_no_key(client: FlaskClient, town: Town) -> None:
    for path in ("/", "/reports", "/api/v1/reports", "/api/v1/categories"):
        client.get(path).close()
    assert client.get_cookie("device") is None


def test_whoever_begins_to_send_gets_a_key_that_no_script_reads(client: FlaskClient, town: Town) -> None:
    begin_upload(client)
    key = client.get_cookie("device")
    assert key is not None
    assert (key.http_only, key.same_site, key.secure, key.path) == (True, "Lax", False, "/")
    assert key.max_age is not None
    assert key.max_age >= 400 * 24 * 3600
    assert len(key.value) == 32


def test_over_https_the_key_is_sent_over_https_only(client: FlaskClient, town: Town) -> None:
    begin_upload(client, base_url="https://localhost")
    key = client.get_cookie("device")
    assert key is not None
    assert key.secure


def test_a_key_stays_the_same_and_is_given_anew_so_that_the_browser_does_not_forget_it(
    client: FlaskClient, town: Town
) -> None:
    begin_upload(client)
    first = client.get_cookie("device")
    assert first is not None
    again = report(client)
    assert f"device={first.value};" in again.headers["Set-Cookie"]


@pytest.mark.parametrize("made_up", ["", "x", "a" * 33, "é" * 32, "a b" * 11, "'; DROP TABLE report; --aaaaaaaa"])
def test_a_key_that_none_of_ours_looks_like_is_replaced(client: FlaskClient, town: Town, made_up: str) -> None:
    answer = client.put(
        f"/api/v1/uploads/{uuid4()}", json={"length": 1000}, headers={"Cookie": f"device={made_up}".encode().decode()}
    )
    assert answer.status_code == 200
    assert len(answer.headers["Set-Cookie"].partition("device=")[2].partition(";")[0]) == 32


def test_the_key_itself_is_neither_kept_nor_told_nor_logged(
    app: Flask, client: FlaskClient, town: Town, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        begun = begin_upload(client)
        made = report(client)
    key = client.get_cookie("device")
    assert key is not None
    digest = hashlib.sha256(key.value.encode()).hexdigest()
    assert {session.scalars(select(Upload.device)).one(), session.scalars(select(Report.device)).one()} == {digest}
    told = begun.text + made.text + client.get(f"/api/v1/reports/{made.json['reference']}").text
    assert key.value not in told + caplog.text
    assert digest not in told


def test_nobody_says_for_oneself_where_one_comes_from_and_a_trusted_proxy_does(
    client: FlaskClient, town: Town, session: Session, app: Flask
) -> None:
    def sender_of(browser: FlaskClient, said: str) -> str:
        upload = begin_upload(browser, headers={"X-Forwarded-For": said}).json["id"]
        session.expire_all()
        return session.get_one(Upload, UUID(upload)).sender

    assert sender_of(client, "192.0.2.1") == sender_of(client, "192.0.2.2")
    with_proxy = app.test_client()
    before = app.wsgi_app
    app.wsgi_app = ProxyFix(before, x_for=1)  # type: ignore[method-assign]
    try:
        assert sender_of(with_proxy, "192.0.2.1") != sender_of(with_proxy, "192.0.2.2")
        # Of several the last one is the proxy's own word.
        assert sender_of(with_proxy, "10.9.9.9, 192.0.2.1") == sender_of(with_proxy, "192.0.2.1")
    finally:
        app.wsgi_app = before  # type: ignore[method-assign]
