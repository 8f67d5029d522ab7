"""A push service on this machine: takes messages like the big ones do, and reads them like the browser would."""

from __future__ import annotations

import base64
import json
import os
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def coded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@dataclass
class PushService:
    """``answers`` is the status given to every message; ``messages`` what the browser could read."""

    answers: int = 201
    messages: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = os.urandom(16)
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.headers.append(
                    {name.title().replace("Ttl", "TTL"): value for name, value in self.headers.items()}
                )
                if outer.answers == 201:
                    outer.messages.append(outer._read(body))
                self.send_response(outer.answers)
                if outer.answers == 307:
                    self.send_header("Location", self.path)
                self.send_header("Content-Length", "5")
                self.end_headers()
                self.wfile.write(b"words")

            def log_message(self, *_args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/push/eleni"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def keys(self) -> dict[str, str]:
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"p256dh": coded(point), "auth": coded(self._auth)}

    def _read(self, body: bytes) -> dict[str, Any]:
        plain = http_ece.decrypt(body, private_key=self._key, auth_secret=self._auth, version="aes128gcm")
        told: dict[str, Any] = json.loads(plain)
        return told

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
