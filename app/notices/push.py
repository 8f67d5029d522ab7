"""Web Push: the town's key, and messages that only the browser they are for can read (RFC 8030, 8291, 8292)."""

from __future__ import annotations

import base64
import contextlib
import ipaddress
import os
import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import orjson
import requests
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask, current_app
from py_vapid import Vapid02
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from app.notices.models import PushEndpoint
from app.notices.outside import asking, watched

PATIENCE_S = 10
#: A push service keeps a message this long for a telephone that is off.
KEPT_S = 2 * 24 * 3600
ANSWER_BYTES = 2000


class EndpointGone(Exception):
    """The push service says that this browser takes no more."""


class Refused(Exception):
    """The push service did not take it and never will."""


# -- the town's key ----------------------------------------------------------------------------------------------


def _key(app: Flask) -> Vapid02:
    """From VAPID_PRIVATE_KEY, else the one kept in DATA_DIR, made when it is first asked for."""
    vapid: Vapid02 | None = app.extensions.get("vapid")
    if vapid is None:
        private_key = app.config["VAPID_PRIVATE_KEY"]
        key_file = app.config["DATA_DIR"] / "vapid_key.pem"
        if private_key:
            vapid = (
                Vapid02.from_pem(private_key.encode()) if "BEGIN" in private_key else Vapid02.from_string(private_key)
            )
        else:
            if not key_file.exists():
                _make(key_file)
            vapid = Vapid02.from_pem(key_file.read_bytes())
        app.extensions["vapid"] = vapid
    return vapid


def _make(key_file: Path) -> None:
    """Write a new key whole or not at all; of two processes at once the first one's stays."""
    made = Vapid02()
    made.generate_keys()
    key_file.parent.mkdir(parents=True, exist_ok=True)
    half = key_file.with_name(f".{uuid4()}")
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(made.private_pem())
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(half, key_file)
    half.unlink()


def public_key() -> str:
    """What a browser subscribes with: the public point, as base64url."""
    raw = _key(current_app).public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


# -- sending -----------------------------------------------------------------------------------------------------


def send(endpoint: PushEndpoint, message: dict[str, Any]) -> None:
    """Send one message. Raises EndpointGone, Refused, or what ``requests`` says when it did not go this time."""
    from pywebpush import WebPushException, webpush  # takes 15 MB, and only the worker sends

    config = current_app.config
    if not welcome(endpoint.url, local=config["PUSH_LOCAL"]):
        raise Refused("not an address of a push service")
    subject = config["VAPID_SUBJECT"] or f"mailto:{config['MAIL_FROM']}"
    try:
        host = urlsplit(endpoint.url).netloc
        with asking(host, Refused, WebPushException), _session(local=config["PUSH_LOCAL"]) as session:
            webpush(
                {"endpoint": endpoint.url, "keys": {"p256dh": endpoint.p256dh, "auth": endpoint.auth}},
                data=orjson.dumps(message).decode(),
                vapid_private_key=_key(current_app),
                vapid_claims={"sub": subject},
                ttl=KEPT_S,
                headers={"Urgency": "normal"},
                timeout=PATIENCE_S,
                requests_session=session,
            )
    except WebPushException as answer:
        status = answer.response.status_code if answer.response is not None else 0
        answer_text = f"{status} {answer.response.text if answer.response is not None else answer.message}".strip()
        if status in (404, 410):
            raise EndpointGone(answer_text) from answer
        if status in (400, 401, 403, 413):
            raise Refused(answer_text) from answer
        raise ConnectionError(answer_text) from answer


def welcome(url: str, *, local: bool = False) -> bool:
    """Whether this may be a push service: https, a name of the open internet, no address inside our own network."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if local:
        return parts.scheme in ("http", "https") and bool(host)
    if parts.scheme != "https" or port not in (None, 443) or parts.username or "." not in host:
        return False
    with contextlib.suppress(ValueError):
        return _open(host)
    return not host.endswith((".local", ".localhost", ".internal"))


def real_keys(p256dh: str, auth: str) -> bool:
    """Whether a browser could have made these: a point on the curve, and 16 bytes."""
    try:
        point, secret = (base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in (p256dh, auth))
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return False
    return len(point) == 65 and len(secret) == 16


def _open(address: str) -> bool:
    return ipaddress.ip_address(address).is_global


class _Connection(HTTPConnection):
    """Under the deadline of its delivery."""

    def _new_conn(self) -> socket.socket:
        return watched(super()._new_conn())


class _TlsConnection(HTTPSConnection, _Connection):
    """The same over TLS."""


class _OpenConnection(_TlsConnection):
    """Speaks only to the open internet: the address is looked at once connected, so no name can lead inside."""

    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        if not _open(made.getpeername()[0]):
            made.close()
            raise Refused("the address is inside our own network")
        return made


class _OpenPool(HTTPSConnectionPool):
    ConnectionCls = _OpenConnection


class _LocalPool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _LocalTlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class _Adapter(HTTPAdapter):
    """Reads no more of an answer than the office will see."""

    local = False

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        pools = {"http": _LocalPool, "https": _LocalTlsPool}
        self.poolmanager.pool_classes_by_scheme = pools if self.local else {"https": _OpenPool}

    def send(self, request: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        answer = super().send(request, **kwargs | {"stream": True})
        answer._content = answer.raw.read1(ANSWER_BYTES) or b""
        answer.raw.close()
        return answer


class _LocalAdapter(_Adapter):
    local = True


def _session(*, local: bool) -> requests.Session:
    session = requests.Session()
    adapter = _LocalAdapter() if local else _Adapter()
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.max_redirects = 0
    session.trust_env = not local
    return session
